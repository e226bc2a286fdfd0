import { inspect } from "node:util";

/** This many consecutive characters of a secret, in any form, are a leak. */
const FRAGMENT_LENGTH = 12;

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
const base64At = (offset: number) => (text: string) =>
  Buffer.concat([Buffer.alloc(offset, "."), Buffer.from(text)]).toString("base64");

/** The forms in which a server, a log or an error may write a text. */
export const FORMS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  "JSON-escaped": escaped,
  "JSON-escaped twice": (text) => escaped(escaped(text)),
  "JSON-escaped three times": (text) => escaped(escaped(escaped(text))),
  base64: base64At(0),
  "base64, one byte on": base64At(1),
  "base64, two bytes on": base64At(2),
  base64url: (text) => Buffer.from(text).toString("base64url"),
  "URL-encoded": encodeURIComponent,
  "URL-encoded as a form": (text) => new URLSearchParams({ "": text }).toString().slice(1),
  hex: (text) => Buffer.from(text).toString("hex"),
};

/** The markers of which a text contains a fragment, with the form. Case is ignored. */
export function leaksIn(text: string, markers: readonly string[]): string[] {
  return new WindowSearch(markers).leaksIn(text);
}

/** Looks for fragments of many markers in long texts. */
export class WindowSearch {
  readonly #windows = new Map<string, string>();
  readonly #short = new Map<string, string>();
  /** Two characters exclude most positions of a text. */
  readonly #starts = new Uint8Array(1 << 16);

  constructor(markers: readonly string[]) {
    for (const marker of markers)
      for (const [name, form] of Object.entries(FORMS))
        for (const fragment of fragmentsOf(form(marker), name))
          this.#add(fragment.toLowerCase(), `${name} form of ${marker}`);
  }

  leaksIn(text: string): string[] {
    const lowerCase = text.toLowerCase();
    const found = new Map<string, string>();
    for (const [fragment, origin] of this.#short)
      if (lowerCase.includes(fragment)) found.set(origin, fragment);
    for (let at = 0; at + FRAGMENT_LENGTH <= lowerCase.length; at += 1) {
      if (this.#starts[startOf(lowerCase, at)] === 0) continue;
      const fragment = lowerCase.slice(at, at + FRAGMENT_LENGTH);
      const origin = this.#windows.get(fragment);
      if (origin !== undefined && !found.has(origin)) found.set(origin, fragment);
    }
    return [...found].map(([origin, fragment]) => `${origin}: ${fragment}`);
  }

  #add(fragment: string, origin: string): void {
    const isShort = fragment.length < FRAGMENT_LENGTH;
    const fragments = isShort ? this.#short : this.#windows;
    if (!fragments.has(fragment)) fragments.set(fragment, origin);
    this.#starts[startOf(fragment, 0)] = 1;
  }
}

function startOf(text: string, at: number): number {
  return ((text.charCodeAt(at) << 8) ^ text.charCodeAt(at + 1)) & 0xffff;
}

/** In base64, the characters at both ends depend on the text around the secret. */
function fragmentsOf(form: string, name: string): string[] {
  const sure = name.startsWith("base64") ? form.slice(4, -4) : form;
  const starts = Math.max(1, sure.length - FRAGMENT_LENGTH + 1);
  return Array.from({ length: starts }, (_, at) => sure.slice(at, at + FRAGMENT_LENGTH));
}

/** A value with its message, stack, causes, own and hidden properties as text. */
export function everythingOf(value: unknown): string {
  return `${inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null })}\n${JSON.stringify(value)}`;
}
