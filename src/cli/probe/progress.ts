import { type Connection, qualifiedName } from "../../rotation/connection.ts";
import type { Style, Terminal } from "../../terminal/terminal.ts";
import { seconds } from "../../terminal/text.ts";
import type { ProbedKey, Step } from "./observation.ts";

const KEY_NAMES = {
  current: "the current key",
  invalid: "an invalid key",
  restored: "the current key again",
} as const satisfies Record<ProbedKey, string>;

const ACCEPTED = {
  current: ["the current key was accepted", "green"],
  invalid: ["an invalid key is in place; Ctrl-C restores the current one at once", "yellow"],
  restored: ["the current key is back", "green"],
} as const satisfies Record<ProbedKey, readonly [string, Style]>;

const PUTTING_BACK =
  "Stopping: the current key is restored first. Please wait; ending the process now would leave an invalid key in place.";

/** Prints the steps of a probe: one line for each change, and on a terminal one line about the current wait. */
export class StepPrinter {
  readonly #terminal: Terminal;
  readonly #name: string;
  readonly #watchMs: number;
  #phase: string | undefined;
  #isInvalidInPlace = false;
  #isInterrupted = false;

  constructor(terminal: Terminal, connection: Connection, watchMs: number) {
    this.#terminal = terminal;
    this.#name = qualifiedName(connection);
    this.#watchMs = watchMs;
  }

  readonly print = (step: Step): void => {
    const { kind } = step;
    if (kind === "put") this.#put(step.key);
    if (kind === "accepted") this.#accepted(step.key);
    if (kind === "read") {
      const { phases, watchedMs } = step.seen;
      this.#read(phases.at(-1)?.phase, watchedMs);
    }
    if (kind === "restore-failed")
      this.#line(`the current key could not be restored, retrying: ${step.error.message}`, "red");
  };

  interrupted(): void {
    if (this.#isInterrupted && !this.#isInvalidInPlace) return;
    this.#isInterrupted = true;
    this.#terminal.print(...this.#terminal.wrap(this.#isInvalidInPlace ? PUTTING_BACK : "Stopping."));
  }

  /** Removes the temporary line. */
  end(): void {
    this.#terminal.clear();
  }

  #put(key: ProbedKey): void {
    this.#phase = undefined;
    if (key === "invalid") this.#isInvalidInPlace = true;
    this.#line(`putting ${KEY_NAMES[key]}`);
  }

  #accepted(key: ProbedKey): void {
    if (key === "restored") this.#isInvalidInPlace = false;
    const [text, style] = ACCEPTED[key];
    this.#line(text, style);
  }

  #read(phase: string | undefined, watchedMs: number): void {
    if (phase !== undefined && phase !== this.#phase)
      this.#line(`${phase || "no phase"} after ${seconds(watchedMs)}`);
    this.#phase = phase;
    if (this.#terminal.isLive)
      this.#terminal.draw([
        this.#terminal.paint("dim", `  watching for ${seconds(this.#watchMs)}: ${seconds(watchedMs)}`),
      ]);
  }

  #line(text: string, style: Style = "dim"): void {
    const lines = this.#terminal.wrap(`${this.#name}: ${text}`);
    this.#terminal.print(...lines.map((line) => this.#terminal.paint(style, line)));
  }
}
