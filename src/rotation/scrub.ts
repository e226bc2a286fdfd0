import { REDACTED, type Secret } from "./secret.ts";

const KEY_LENGTH = 4;
const TELLTALE_LENGTH = 12;

/**
 * Knows every secret value of a run and takes them out of text that comes from outside, in any encoding in which a
 * server may quote a request: plain, JSON-escaped, base64 and base64url at any alignment, URL-encoded, hex.
 * A quotation that was cut short is recognised by its first twelve characters, or by four where the text ends there.
 */
export class Scrubber {
  /** By the first characters of an encoded secret: its telltale, and how long what begins so can be. */
  readonly #families = new Map<string, Map<string, number>>();

  /** The secret itself and, where it is JSON, each text in it, at any depth. */
  add(secret: Secret): void {
    secret.teach(this);
  }

  learn(text: string): void {
    for (const form of encodings(text.trim())) this.#remember(form);
  }

  /** `text` without any secret, cut to `limit` characters. */
  scrub(text: string, limit = 500): string {
    let clean = "";
    let hiddenUntil = 0;
    for (let at = 0; at < text.length && clean.length <= limit; at += 1) {
      const length = this.#secretAt(text, at);
      if (at >= hiddenUntil) clean += length > 0 ? REDACTED : text.charAt(at);
      if (length > 0) hiddenUntil = Math.max(hiddenUntil, at + length);
    }
    return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
  }

  #remember(form: string): void {
    const key = form.slice(0, KEY_LENGTH);
    const telltale = form.slice(0, TELLTALE_LENGTH);
    const family = this.#families.get(key) ?? new Map<string, number>();
    family.set(telltale, Math.max(form.length, family.get(telltale) ?? 0));
    this.#families.set(key, family);
  }

  #secretAt(text: string, at: number): number {
    let longest = 0;
    for (let width = 1; width <= KEY_LENGTH; width += 1) {
      for (const [telltale, length] of this.#families.get(text.slice(at, at + width)) ?? []) {
        const isQuoted = telltale.startsWith(text.slice(at, at + telltale.length));
        if (isQuoted) longest = Math.max(longest, length);
      }
    }
    return longest;
  }
}

function encodings(text: string): string[] {
  const once = jsonEscaped(text);
  const twice = jsonEscaped(once);
  // A document inside of `data` inside of a body is escaped three times.
  const escaped = new Set([text, once, twice, jsonEscaped(twice)]);
  return [...escaped].flatMap((each) => {
    const hex = Buffer.from(each).toString("hex");
    const base64 = [0, 1, 2].flatMap((offset) => base64At(each, offset));
    return [each, ...urlForms(each.toWellFormed()), hex, hex.toUpperCase(), ...base64];
  });
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Percent-encoded as a component, as RFC 3986 has it, and as a form's field; in upper and in lower case. */
function urlForms(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const forms = [component, component.replaceAll("%20", "+"), strict, strict.replaceAll("%20", "+")];
  return forms.flatMap((form) => [form, form.replace(/%../g, (byte) => byte.toLowerCase())]);
}

/** The characters that depend on nothing but `text`, in the base64 of anything in which `text` begins `offset` bytes after a multiple of three. */
function base64At(text: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const whole = bytes.toString("base64").replace(/=+$/, "");
  const sure = whole.slice(Math.ceil((offset * 8) / 6), bytes.length % 3 === 0 ? undefined : -1);
  return sure.length < KEY_LENGTH ? [] : [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
}
