import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** As much of `process.stdout` as is needed. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly getColorDepth?: () => number;
  readonly write: (text: string) => unknown;
}

const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

/** A stream that a person may be looking at: in a terminal lines can be drawn over, in a pipe they are only added. */
export class Terminal {
  readonly isLive: boolean;
  readonly #stream: Stream;
  readonly #hasColour: boolean;
  #drawn = 0;

  constructor(stream: Stream, env: Readonly<Record<string, string | undefined>> = process.env) {
    this.#stream = stream;
    this.isLive = stream.isTTY === true && env["TERM"] !== "dumb";
    this.#hasColour = this.isLive && !env["NO_COLOR"] && (stream.getColorDepth?.() ?? 1) > 1;
  }

  /** How many lines can be drawn over. */
  get height(): number {
    return (this.#stream.rows ?? 24) - 1;
  }

  paint(style: Style, text: string): string {
    return this.#hasColour ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Adds lines for good. */
  print(...lines: readonly string[]): void {
    this.clear();
    this.#stream.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Draws lines over the ones that were drawn before. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    this.#stream.write(`${this.#erasure()}${NO_WRAP}${text}${WRAP}`);
    this.#drawn = lines.length;
  }

  /** Removes what was drawn. */
  clear(): void {
    if (this.#drawn > 0) this.#stream.write(this.#erasure());
    this.#drawn = 0;
  }

  #erasure(): string {
    return this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : "";
  }
}
