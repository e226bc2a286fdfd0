import { brokenForms, encodings, wholeEncodings } from "./encodings.ts";
import { fold, lettersIn, WindowIndex } from "./window-index.ts";

/** Any run of this many characters of a secret is recognised. */
const WINDOW_LENGTH = 12;
/** The same for letters and digits without what separates them, which words of a sentence may have in common by chance. */
const LETTERS_LENGTH = 16;
/** A shorter value is recognised only as a whole word, since it may be part of any other. */
const MIN_LENGTH = 8;
/** A shorter value protects nothing, and hiding it would reveal it. */
const MIN_WORD_LENGTH = 4;
/** This many characters at the end of a text are recognised as the start of a credential that was cut there. */
const MIN_START_LENGTH = 4;
const MIN_START_LETTERS = 8;

/** Finds the values of secrets in texts. Values are indexed with the first text: most runs have none. */
export class SecretIndex {
  /** Every value that was added; true for a credential. */
  readonly #known = new Map<string, boolean>();
  readonly #pending = new Map<string, boolean>();
  /** By the length of their windows: shorter ones are for forms that are shorter as a whole. */
  readonly #windows = new Map<number, WindowIndex>();
  /** Letters and digits of credentials: a server may break them into lines, or space them out. */
  readonly #letters = new WindowIndex(LETTERS_LENGTH);
  readonly #words = new Set<string>();
  readonly #wordLengths = new Set<number>();
  /** How credentials start, by the first characters of that. */
  readonly #starts = new Map<string, Set<string>>();

  /** @param isCredential a value that is sent, and not only stored beside one: hidden even if it is a common word. */
  add(text: string, isCredential: boolean): void {
    const known = this.#known.get(text);
    if (known === true || known === isCredential) return;
    this.#known.set(text, isCredential);
    this.#pending.set(text, isCredential);
  }

  /** A mark for each character of `text`: 1 if it belongs to a secret. */
  marksIn(text: string): Uint8Array {
    for (const [value, isCredential] of this.#pending) this.#addToIndex(value, isCredential);
    this.#pending.clear();
    const marks = new Uint8Array(text.length);
    const folded = fold(text);
    for (const [width, index] of this.#windows) index.find(folded, (at) => marks.fill(1, at, at + width));
    this.#markSpacedOut(folded, marks);
    if (this.#words.size > 0) this.#markWords(text, marks);
    this.#markCutStart(folded, marks);
    return marks;
  }

  #addToIndex(text: string, isCredential: boolean): void {
    const value = text.trim().replace(isCredential ? SCHEME : SCHEME_AND_HOST, "");
    if (value.length >= MIN_LENGTH) {
      if (!isCredential && isPublic(value)) return;
      for (const form of encodings(value)) this.#addForm(form, isCredential);
      if (isCredential)
        for (const form of brokenForms(value)) this.#letters.add(lettersIn(fold(form)).letters);
    } else if (isCredential && value.length >= MIN_WORD_LENGTH) {
      for (const form of wholeEncodings(value)) {
        this.#words.add(form);
        this.#wordLengths.add(form.length);
      }
    }
  }

  #addForm(form: string, isCredential: boolean): void {
    const folded = fold(form);
    const width = Math.min(folded.length, WINDOW_LENGTH);
    const index = this.#windows.get(width) ?? new WindowIndex(width);
    this.#windows.set(width, index);
    index.add(folded);
    if (!isCredential) return;
    const start = String.fromCharCode(...folded.subarray(0, WINDOW_LENGTH));
    const key = start.slice(0, MIN_START_LENGTH);
    this.#starts.set(key, (this.#starts.get(key) ?? new Set()).add(start));
  }

  #markSpacedOut(folded: Uint16Array, marks: Uint8Array): void {
    const { letters, positions } = lettersIn(folded);
    this.#letters.find(letters, (at) => {
      marks.fill(1, positions[at], (positions[at + LETTERS_LENGTH - 1] ?? 0) + 1);
    });
  }

  #markWords(text: string, marks: Uint8Array): void {
    for (let at = 0; at < text.length; at += 1) {
      if (STARTS_INSIDE_WORD.test(text.slice(Math.max(0, at - 2), at))) continue;
      for (const length of this.#wordLengths) {
        const end = at + length;
        const isWord = this.#words.has(text.slice(at, end)) && !GOES_ON.test(text.slice(end, end + 2));
        if (isWord) marks.fill(1, at, end);
      }
    }
  }

  /** A text may have been cut in the middle of a credential. */
  #markCutStart(folded: Uint16Array, marks: Uint8Array): void {
    const tail = String.fromCharCode(...folded.subarray(-MAX_TAIL_LENGTH));
    const end = tail.replace(CUT_MARKS, "").length;
    for (let length = Math.min(end, WINDOW_LENGTH - 1); length >= MIN_START_LENGTH; length -= 1) {
      const cut = tail.slice(end - length, end);
      if (length < MIN_START_LETTERS && LETTERS.test(cut)) continue;
      const starts = this.#starts.get(cut.slice(0, MIN_START_LENGTH)) ?? [];
      if (![...starts].some((start) => start.startsWith(cut))) continue;
      const from = folded.length - tail.length + end - length;
      marks.fill(1, from, from + length);
      return;
    }
  }
}

const MAX_TAIL_LENGTH = WINDOW_LENGTH + 8;
const CUT_MARKS = /[\s.…"')\]]{0,8}$/;
const LETTERS = /^[a-z]+$/;
const STARTS_INSIDE_WORD = /[\p{L}\p{N}_][-.]?$/u;
const GOES_ON = /^[-.]?[\p{L}\p{N}_]/u;

/** Every address starts with one of these, so they identify none. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const SCHEME_AND_HOST = /^[a-z][a-z0-9+.-]*:\/\/(?:[a-z0-9.-]+(?::\d+)?(?=[/?#]|$))?/i;

const PUBLIC = [
  /^[A-Z]?[a-z]{1,11}$/,
  /^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?$/,
  /^[\w.+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}$/,
  /^[a-z]{2}(?:-[a-z]+)+-\d$/,
  /^arn:aws/,
];

/** Common words, and names of hosts, regions, people and resources. */
function isPublic(value: string): boolean {
  return PUBLIC.some((shape) => shape.test(value));
}
