import { inspect } from "node:util";

/** Stands for a text from outside until it is redacted. */
export const WITHHELD = "[withheld]";

/** Longer texts are cut; the redactor needs some of what follows the part that is shown. */
const MAX_LENGTH = 16_384;
const MAX_NAME_LENGTH = 300;

/** How a text from outside is made fit to be shown. */
export interface TextRedactor {
  /** Removes all secrets. */
  redact(text: string): string;
  /** Removes credentials from a name or an address, which is no secret by itself. */
  redactName(name: string): string;
}

/** A text of the rotator, or one that comes from outside or contains text from outside. */
export type Text = string | UntrustedText;

type Part = string | ((redactor: TextRedactor) => string);

/**
 * Text from outside the process, which may quote a secret, or a sentence of the rotator with such text in it.
 * It prints as `[withheld]` everywhere; only `redactWith` shows it.
 */
export class UntrustedText {
  readonly #parts: readonly Part[];
  /** False for an id that is certainly no quotation. */
  readonly mayQuote: boolean;

  private constructor(parts: readonly Part[], mayQuote = true) {
    this.#parts = parts;
    this.mayQuote = mayQuote;
  }

  /** A text that may quote anything; `undefined` if it is empty. */
  static from(text: string): UntrustedText | undefined {
    const raw = text.slice(0, MAX_LENGTH);
    if (raw.trim() === "") return undefined;
    return new UntrustedText([(redactor) => printable(redactor.redact(raw))]);
  }

  /** The same for an id that somebody else has generated. */
  static id(text: string): UntrustedText | undefined {
    const id = UntrustedText.from(text);
    return id && new UntrustedText(id.#parts, !OPAQUE_ID.test(text));
  }

  /** The name, type or address of something: no secret by itself. */
  static name(text: string): UntrustedText {
    const raw = text.slice(0, MAX_LENGTH);
    return new UntrustedText([(redactor) => printable(redactor.redactName(raw), MAX_NAME_LENGTH)]);
  }

  /** A sentence of the rotator around texts that may come from outside. Used as a tag: UntrustedText.sentence`It said ${text}.` */
  static sentence(words: TemplateStringsArray, ...texts: readonly Text[]): Text {
    if (texts.every((text) => typeof text === "string")) return String.raw({ raw: words }, ...texts);
    const parts = words.flatMap((word, index): Part[] => {
      const text = texts[index] ?? "";
      return [word, ...(typeof text === "string" ? [text] : text.#parts)];
    });
    return new UntrustedText(parts);
  }

  /** The text as it may be shown. */
  redactWith(redactor: TextRedactor): string {
    return this.#parts.map((part) => (typeof part === "string" ? part : part(redactor))).join("");
  }

  toString(): string {
    return this.#parts.map((part) => (typeof part === "string" ? part : WITHHELD)).join("");
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** A UUID, hex digits, a counter, or too short to quote a secret. */
const OPAQUE_ID = /^(?:.{0,11}|[0-9a-f-]{12,64}|[a-z]+-\d{1,12})$/i;

/** A line break could forge a line of an alert or a log; a change of direction could hide what a line says. */
const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** One line, of at most `limit` characters. */
export function printable(text: string, limit = Number.POSITIVE_INFINITY): string {
  const line = text.replace(CONTROL_CHARACTERS, " ");
  return line.length <= limit ? line : `${line.slice(0, limit - 1).toWellFormed()}…`;
}
