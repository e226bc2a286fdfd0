const EMPTY = 0;
const MULTIPLIER = 0x01_00_01_93;

/** The characters of a text as the index compares them: without letter case, and with one alphabet for base64. */
export function fold(text: string): Uint16Array {
  const folded = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    folded[at] = FOLDED[unit] ?? foldUnit(unit);
  }
  return folded;
}

function foldUnit(unit: number): number {
  const lower = String.fromCharCode(unit).toLowerCase();
  return (BASE64[lower] ?? lower).charCodeAt(0);
}

/** The letters that base64url has instead of base64's. */
const BASE64: Readonly<Record<string, string>> = { "-": "+", _: "/" };
const FOLDED = Uint16Array.from({ length: 128 }, (_, unit) => foldUnit(unit));

/** Stands for a secret that was found; it separates what is before it from what is after it. */
export const MASK = "\uFFFF";

/** The ASCII letters and digits of a folded text, and where each of them is. */
export function lettersIn(folded: Uint16Array): {
  readonly letters: Uint16Array;
  readonly positions: Int32Array;
} {
  const letters = new Uint16Array(folded.length);
  const positions = new Int32Array(folded.length);
  let count = 0;
  for (let at = 0; at < folded.length; at += 1) {
    const unit = folded[at] ?? 0;
    const isLetter = (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
    if (!isLetter && unit !== 0xffff) continue;
    letters[count] = unit;
    positions[count] = at;
    count += 1;
  }
  return { letters: letters.subarray(0, count), positions };
}

/** A set of all runs of `width` characters in the texts that were added: an open-addressing hash table of their positions. */
export class WindowIndex {
  readonly width: number;
  /** The added texts, one after the other. */
  #units = new Uint16Array(1_024);
  #length = 0;
  /** Where in `#units` a run starts, plus one. */
  #slots = new Int32Array(2_048);
  #count = 0;
  /** The factor of the character that leaves the rolling hash. */
  readonly #leaving: number;

  constructor(width: number) {
    this.width = width;
    this.#leaving = Array.from({ length: width }).reduce<number>((power) => Math.imul(power, MULTIPLIER), 1);
  }

  /** Adds each run of a text that is at least `width` characters long. */
  add(text: Uint16Array): void {
    const offset = this.#append(text);
    this.#scan(text, (hash, at) => this.#insert(hash, offset + at));
  }

  /** Calls `onFound` with the position of each run of `text` that is in the index. */
  find(text: Uint16Array, onFound: (at: number) => void): void {
    this.#scan(text, (hash, at) => {
      if (this.#slots[this.#slotOf(hash, text, at)] !== EMPTY) onFound(at);
    });
  }

  #scan(text: Uint16Array, visit: (hash: number, at: number) => void): void {
    let hash = 0;
    for (let end = 0; end < text.length; end += 1) {
      const left = Math.imul(text[end - this.width] ?? 0, this.#leaving);
      hash = (Math.imul(hash, MULTIPLIER) + (text[end] ?? 0) - left) | 0;
      if (end + 1 >= this.width) visit(hash, end + 1 - this.width);
    }
  }

  #append(text: Uint16Array): number {
    const offset = this.#length;
    this.#length += text.length;
    if (this.#length > this.#units.length) {
      const grown = new Uint16Array(this.#length * 2);
      grown.set(this.#units);
      this.#units = grown;
    }
    this.#units.set(text, offset);
    return offset;
  }

  #insert(hash: number, start: number): void {
    const slot = this.#slotOf(hash, this.#units, start);
    if (this.#slots[slot] !== EMPTY) return;
    this.#slots[slot] = start + 1;
    this.#count += 1;
    if (this.#count * 2 > this.#slots.length) this.#grow();
  }

  /** The slot that holds this run, or the empty one in which it would be. */
  #slotOf(hash: number, text: Uint16Array, at: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(hash ^ (hash >>> 15), MULTIPLIER) & mask;
    for (;;) {
      const start = this.#slots[slot] ?? EMPTY;
      if (start === EMPTY || this.#isSame(start - 1, text, at)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isSame(start: number, text: Uint16Array, at: number): boolean {
    for (let offset = 0; offset < this.width; offset += 1) {
      if (this.#units[start + offset] !== text[at + offset]) return false;
    }
    return true;
  }

  #grow(): void {
    const starts = this.#slots.filter((start) => start !== EMPTY);
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (const start of starts) {
      const run = this.#units.subarray(start - 1, start - 1 + this.width);
      this.#scan(run, (hash) => {
        this.#slots[this.#slotOf(hash, run, 0)] = start;
      });
    }
  }
}
