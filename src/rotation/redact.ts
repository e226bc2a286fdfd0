import { REDACTED, type Secret } from "./secret.ts";

const KEY_LENGTH = 4;
const TELLTALE_LENGTH = 12;

/**
 * Knows every secret value of a run and takes them out of text that comes from outside, in any encoding in which a
 * server may quote a request: plain, JSON-escaped, base64 and base64url at any alignment, URL-encoded, hex.
 * A quotation that was cut short is recognised by its first twelve characters, or by four where the text ends there.
 */
export class Redactor {
  readonly #known = new Set<string>();
  /** By the first characters of an encoded secret: its telltale, and how long what begins so can be. */
  readonly #families = new Map<string, Map<string, number>>();

  /** The secret itself and, where it is JSON, each text in it, at any depth. */
  add(secret: Secret): void {
    secret.addTo(this);
  }

  addText(text: string): void {
    if (this.#known.has(text)) return;
    this.#known.add(text);
    for (const form of encodings(text.trim())) this.#remember(form);
  }

  /** `text` without any secret, cut to `limit` characters; nothing of it where a secret would show when it is decoded. */
  redact(text: string, limit = 500): string {
    const clean = this.#hide(text, limit);
    return decodings(clean).some((decoded) => this.#isIn(decoded)) ? REDACTED : clean;
  }

  #isIn(text: string): boolean {
    return Array.from(text).some((_, at) => this.#secretAt(text, at) > 0);
  }

  #hide(text: string, limit: number): string {
    let clean = "";
    let hiddenUntil = 0;
    for (let at = 0; at < text.length && clean.length <= limit; at += 1) {
      const length = this.#secretAt(text, at);
      if (at >= hiddenUntil) clean += length > 0 ? REDACTED : text.charAt(at);
      hiddenUntil = Math.max(hiddenUntil, at + length);
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

/** What every escape that is undone below begins with. */
const ESCAPE = /[\\%&]/;

/** What `text` says when escapes are undone, which a server may write in other ways than ours, layer by layer. */
function decodings(text: string): string[] {
  if (!ESCAPE.test(text)) return [];
  const layers: string[] = [];
  let current = text;
  for (let round = 0; round < 3; round += 1) {
    for (const decode of [fromJson, fromUrl, fromHtml]) {
      const decoded = decode(current);
      if (decoded !== current) layers.push(decoded);
      current = decoded;
    }
  }
  return layers;
}

function fromJson(text: string): string {
  const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  return text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/\\(.)/g, (_, mark: string) => controls[mark] ?? mark);
}

function fromUrl(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8"),
  );
}

function fromHtml(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text
    .replace(/&#x([0-9a-f]{1,5});/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&([a-z]{2,4});/g, (entity, name: string) => named[name] ?? entity);
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
  const whole = bytes.toString("base64url");
  const sure = whole.slice(Math.ceil((offset * 8) / 6), bytes.length % 3 === 0 ? undefined : -1);
  return sure.length < KEY_LENGTH ? [] : [sure, sure.replaceAll("-", "+").replaceAll("_", "/")];
}
