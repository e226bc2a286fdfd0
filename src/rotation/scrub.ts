import { Secret } from "./secret.ts";

const REDACTED = "[redacted]";
const KEY_LENGTH = 4;
const TELLTALE_LENGTH = 12;
const PREFIX_LENGTH = 32;

interface Form {
  readonly prefix: string;
  readonly length: number;
}

/**
 * Knows every secret value of a run and takes them out of text that comes from outside, in any encoding in which a
 * server may quote a request: plain, JSON-escaped (twice at most), base64 and base64url at any alignment, URL-encoded, hex.
 * A quotation that was cut short is recognised by its first twelve characters.
 */
export class Scrubber {
  readonly #forms = new Map<string, Form[]>();
  readonly #short = new Set<string>();
  readonly #known = new Set<string>();

  /** The secret itself and, where it is a JSON object, each value in it, at any depth. */
  add(secret: Secret): void {
    secret.teach(this);
    const fields = secret.fields();
    if (fields === undefined || fields === "malformed") return;
    for (const field of fields.values()) if (field instanceof Secret) this.add(field);
  }

  learn(text: string): void {
    if (text === "" || this.#known.has(text)) return;
    this.#known.add(text);
    for (const form of new Set(encodings(text))) this.#remember(form);
  }

  /** `text` without any secret, cut to `limit` characters. */
  scrub(text: string, limit = 500): string {
    for (const short of this.#short) if (text.includes(short)) return REDACTED;
    let clean = "";
    for (let at = 0; at < text.length && clean.length < limit; ) {
      const length = this.#secretAt(text, at);
      clean += length > 0 ? REDACTED : text.charAt(at);
      at += Math.max(1, length);
    }
    return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
  }

  #remember(form: string): void {
    if (form.length < KEY_LENGTH) {
      this.#short.add(form);
      return;
    }
    const key = form.slice(0, KEY_LENGTH);
    const known = this.#forms.get(key) ?? [];
    known.push({ prefix: form.slice(0, PREFIX_LENGTH), length: form.length });
    this.#forms.set(key, known);
  }

  #secretAt(text: string, at: number): number {
    const candidates = this.#forms.get(text.slice(at, at + KEY_LENGTH)) ?? [];
    return Math.max(0, ...candidates.filter((form) => quotes(text, at, form)).map((form) => form.length));
  }
}

function quotes(text: string, at: number, form: Form): boolean {
  return text.startsWith(form.prefix.slice(0, Math.min(form.prefix.length, TELLTALE_LENGTH)), at);
}

function encodings(text: string): string[] {
  const escaped = JSON.stringify(text).slice(1, -1);
  const twice = JSON.stringify(escaped).slice(1, -1);
  const url = encodeURIComponent(text.toWellFormed());
  const hex = Buffer.from(text).toString("hex");
  const aligned = [0, 1, 2].flatMap((offset) => base64At(text, offset));
  return [text, escaped, twice, url, url.replaceAll("%20", "+"), hex, hex.toUpperCase(), ...aligned].filter(
    (form) => form !== "",
  );
}

/** The characters that depend on nothing but `text`, in the base64 of anything in which `text` begins `offset` bytes after a multiple of three. */
function base64At(text: string, offset: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const whole = bytes.toString("base64").replace(/=+$/, "");
  const sure = whole.slice(Math.ceil((offset * 8) / 6), bytes.length % 3 === 0 ? undefined : -1);
  return sure.length < KEY_LENGTH ? [] : [sure, sure.replaceAll("+", "-").replaceAll("/", "_")];
}
