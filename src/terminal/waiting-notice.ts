import type { Terminal } from "./terminal.ts";

const INTERVAL_MS = 1_000;

/** Shows on a terminal what the program waits for, after one second; on a separate line if it cannot be redrawn. */
export class WaitingNotice {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #pending = new Map<symbol, string>();
  #timer: NodeJS.Timeout | undefined;
  #startedAt = 0;

  constructor(terminal: Terminal, now: () => number = Date.now) {
    this.#terminal = terminal;
    this.#now = now;
  }

  /** @param subject such as "Secrets Manager". */
  async during<T>(subject: string, work: () => Promise<T>): Promise<T> {
    const key = Symbol(subject);
    this.#begin(key, subject);
    try {
      return await work();
    } finally {
      this.#end(key);
    }
  }

  #begin(key: symbol, subject: string): void {
    this.#pending.set(key, subject);
    if (this.#timer !== undefined || !this.#terminal.isTTY) return;
    this.#startedAt = this.#now();
    this.#timer = setInterval(() => this.#draw(), INTERVAL_MS);
  }

  #end(key: symbol): void {
    this.#pending.delete(key);
    if (this.#pending.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#terminal.clear();
  }

  #draw(): void {
    const subjects = [...new Set(this.#pending.values())];
    const [first = ""] = subjects;
    const others = subjects.length > 1 ? ` and ${subjects.length - 1} more` : "";
    const seconds = Math.round((this.#now() - this.#startedAt) / 1_000);
    const text = `Waiting for ${first}${others} …`;
    if (this.#terminal.isLive) this.#terminal.draw([this.#terminal.paint("dim", `${text} ${seconds} s`)]);
    else if (seconds <= 1) this.#terminal.print(text);
  }
}
