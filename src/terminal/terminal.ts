import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The part of `process.stdout` that is used. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  readonly getColorDepth?: () => number;
  readonly write: (text: string) => unknown;
}

const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";

/** An output stream. On a terminal, lines can be redrawn; in a pipe they are only appended. */
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

  get width(): number {
    return (this.isLive ? this.#stream.columns : undefined) ?? 100;
  }

  /** How many lines can be redrawn. */
  get height(): number {
    return (this.#stream.rows ?? 24) - 1;
  }

  paint(style: Style, text: string): string {
    return this.#hasColour ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Writes lines that stay. */
  print(...lines: readonly string[]): void {
    this.clear();
    this.#stream.write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Replaces the lines of the previous call. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    this.#stream.write(`${this.#erasure()}${NO_WRAP}${text}${WRAP}`);
    this.#drawn = lines.length;
  }

  /** Removes the lines that were drawn. */
  clear(): void {
    if (this.#drawn > 0) this.#stream.write(this.#erasure());
    this.#drawn = 0;
  }

  #erasure(): string {
    return this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : "";
  }
}
