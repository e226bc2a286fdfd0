import { styleText } from "node:util";
import wrapAnsi from "wrap-ansi";
import { isUtf8Locale, toAscii } from "./locale.ts";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** The used part of `process.stdout`. */
export interface Stream {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  readonly getColorDepth?: () => number;
  readonly write: (text: string) => unknown;
}

/** Such as "To send it: npx . rotate a". */
const COMMAND_AT_END = /^(.*:) ((?:aws|npx|terraform|flink-connection-rotator) [^,]*[^,.)])$/;
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";
const HELP_WIDTH = 100;
const MIN_WIDTH = 20;

/** An output stream. On a terminal, lines are wrapped and can be redrawn; in a pipe they are only appended. */
export class Terminal {
  /** True if lines can be redrawn. */
  readonly isLive: boolean;
  readonly isTTY: boolean;
  readonly #stream: Stream;
  readonly #hasColour: boolean;
  readonly #encode: (text: string) => string;
  readonly #columns: number | undefined;
  #drawn = 0;

  constructor(stream: Stream, env: Readonly<Record<string, string | undefined>> = process.env) {
    this.#stream = stream;
    this.isTTY = stream.isTTY === true;
    this.isLive = this.isTTY && env["TERM"] !== "dumb";
    this.#hasColour = this.isLive && !env["NO_COLOR"] && (stream.getColorDepth?.() ?? 1) > 1;
    this.#encode = isUtf8Locale(env) ? (text) => text : toAscii;
    this.#columns = Number(env["COLUMNS"]) || undefined;
  }

  /** How many characters fit into a line; unlimited in a pipe. */
  get columns(): number {
    if (!this.isTTY) return Number.POSITIVE_INFINITY;
    return Math.max(this.#columns ?? this.#stream.columns ?? HELP_WIDTH, MIN_WIDTH);
  }

  /** The width of a help text. */
  get width(): number {
    return Number.isFinite(this.columns) ? this.columns : HELP_WIDTH;
  }

  /** How many lines can be redrawn. */
  get height(): number {
    return (this.#stream.rows ?? 24) - 1;
  }

  paint(style: Style, text: string): string {
    return this.#hasColour ? styleText(style, text, { validateStream: false }) : text;
  }

  mark(isGood: boolean): string {
    return isGood ? this.paint("green", "✓") : this.paint("red", "✗");
  }

  /**
   * Wraps a text. Each line has this indentation plus that of its original line. Words are not broken, and neither is a command
   * at the end, so that it can be pasted.
   */
  wrap(text: string, indent = ""): string[] {
    return text.split("\n").flatMap((line) => this.#wrapLine(line, indent));
  }

  #wrapLine(line: string, indent: string): string[] {
    const [own = ""] = /^ *(- )?/.exec(line) ?? [];
    const width = this.columns - indent.length - own.length;
    if (!Number.isFinite(width)) return [`${indent}${line}`];
    const text = line.slice(own.length);
    const [, explanation = text, command] = (text.length > width && COMMAND_AT_END.exec(text)) || [];
    const [first = "", ...rest] = wrapAnsi(explanation, width).split("\n");
    const hanging = `${indent}${" ".repeat(own.length)}`;
    const others = [...rest, ...(command === undefined ? [] : [`  ${command}`])];
    return [`${indent}${own}${first}`, ...others.map((each) => `${hanging}${each}`)];
  }

  /** Writes lines that remain. */
  print(...lines: readonly string[]): void {
    this.clear();
    this.#write(lines.map((line) => `${line}\n`).join(""));
  }

  /** Replaces the lines of the previous call. */
  draw(lines: readonly string[]): void {
    const text = lines.map((line) => `${line}\n`).join("");
    this.#write(`${this.#erasure()}${NO_WRAP}${text}${WRAP}`);
    this.#drawn = lines.length;
  }

  /** Removes the lines that were drawn. */
  clear(): void {
    if (this.#drawn > 0) this.#write(this.#erasure());
    this.#drawn = 0;
  }

  #write(text: string): void {
    this.#stream.write(this.#encode(text));
  }

  #erasure(): string {
    return this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : "";
  }
}
