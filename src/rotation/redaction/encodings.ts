/** The forms in which a server may quote a text: plain, JSON-escaped, URL-encoded, hex, and inside of larger base64. */
export function encodings(text: string): Set<string> {
  const forms = escapings(text).flatMap((escaped) => [
    escaped,
    ...urlForms(escaped),
    hexOf(escaped),
    ...[0, 1, 2].map((offset) => base64At(escaped, offset)),
  ]);
  return new Set(forms);
}

/** The forms that a server breaks into lines. */
export function brokenForms(text: string): readonly string[] {
  return [text, ...[0, 1, 2].map((offset) => base64At(text, offset))];
}

/** The forms in which a text can stand alone, for texts that are too short to be recognised inside of others. */
export function wholeEncodings(text: string): Set<string> {
  const forms = escapings(text).flatMap((escaped) => {
    const bytes = Buffer.from(escaped);
    const base64 = [bytes.toString("base64").replaceAll("=", ""), bytes.toString("base64url")];
    return [escaped, ...urlForms(escaped), hexOf(escaped), hexOf(escaped).toUpperCase(), ...base64];
  });
  return new Set(forms);
}

/** A document inside `data` inside a body is escaped three times. */
function escapings(text: string): string[] {
  const once = jsonEscaped(text);
  const twice = jsonEscaped(once);
  return [...new Set([text, once, twice, jsonEscaped(twice)])];
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function hexOf(text: string): string {
  return Buffer.from(text).toString("hex");
}

/** Percent-encoded as a component, by RFC 3986, and as a form's field. */
function urlForms(text: string): string[] {
  const component = encodeURIComponent(text.toWellFormed());
  const strict = component.replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  return [component, strict, component.replaceAll("%20", "+"), strict.replaceAll("%20", "+")];
}

/** The part of the base64 that `text` alone determines if it starts `offset` bytes after a multiple of three. */
function base64At(text: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
  const whole = bytes.toString("base64url");
  return whole.slice(Math.ceil((offset * 8) / 6), bytes.length % 3 === 0 ? undefined : -1);
}

/** A text with its escapes undone, layer by layer: servers have more ways to write an escape than `encodings` knows. */
export function decodings(text: string): string[] {
  const layers: string[] = [];
  let current = text;
  for (let round = 0; round < 3; round += 1) {
    for (const decode of [fromBackslashes, fromUrl, fromMarkup, fromMail]) {
      const decoded = decode(current);
      if (decoded !== current) layers.push(decoded);
      current = decoded;
    }
  }
  const base64 = fromBase64(text);
  const others = [fromNumbers(text), fromHex(text), base64, fromBase64(base64), text.normalize("NFKC")];
  return [...layers, ...others.filter((other) => other !== text)];
}

/** Of JSON, JavaScript, Python, C and shells. */
function fromBackslashes(text: string): string {
  const controls: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };
  return text
    .replace(/\\U00([\da-fA-F]{6})/g, (_, code: string) => fromCode(code, 16))
    .replace(/\\u\{0*([\da-f]{1,6})\}/gi, (_, code: string) => fromCode(code, 16))
    .replace(/\\u([\da-f]{4})/gi, (_, code: string) => fromCode(code, 16))
    .replace(/\\x([\da-f]{2})/gi, (_, code: string) => fromCode(code, 16))
    .replace(/\\([0-3][0-7]{2})/g, (_, code: string) => fromCode(code, 8))
    .replace(/\\(.)/g, (_, mark: string) => controls[mark] ?? mark);
}

function fromUrl(text: string): string {
  return text
    .replace(/(%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8"))
    .replace(/%u([0-9a-f]{4})/gi, (_, code: string) => fromCode(code, 16));
}

/** Of HTML, and the colours of a terminal. */
function fromMarkup(text: string): string {
  return text
    .replace(/<\/?\w[^<>]*>|\p{Cc}\[[\d;]*m/gu, "")
    .replace(/&#x0*([0-9a-f]{1,6});?/gi, (_, code: string) => fromCode(code, 16))
    .replace(/&#0*(\d{1,7});?/g, (_, code: string) => fromCode(code, 10))
    .replace(/&([a-z]{2,6});/gi, (entity, name: string) => ENTITIES[name.toLowerCase()] ?? entity);
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  sol: "/",
  plus: "+",
  equals: "=",
  lowbar: "_",
  hyphen: "-",
  dash: "-",
  colon: ":",
  period: ".",
  percnt: "%",
  nbsp: " ",
  shy: "",
};

/** Quoted-printable, whose lines end in `=`. */
function fromMail(text: string): string {
  return text
    .replace(/=[ \t]*\r?\n/g, "")
    .replace(/(=[0-9A-F]{2})+/g, (bytes) => Buffer.from(bytes.replaceAll("=", ""), "hex").toString("utf8"));
}

/** Lists of bytes, such as `[115 107 45]`. */
function fromNumbers(text: string): string {
  return text
    .replace(/0x([\da-f]{2})[\s,;]*/gi, (_, code: string) => fromCode(code, 16))
    .replace(/(?:\d{1,3}[\s,;]+){7,}\d{1,3}/g, (bytes) =>
      bytes.replace(/(\d+)\D*/g, (_, code: string) => fromCode(code, 10)),
    );
}

function fromBase64(text: string): string {
  return text.replace(/[A-Za-z0-9+/_-]{16,}/g, (run) =>
    withoutNulls(Buffer.from(run, "base64").toString("latin1")),
  );
}

function fromHex(text: string): string {
  return withoutNulls(text.replace(/([\da-f]{2})[\s:-]?/gi, (_, code: string) => fromCode(code, 16)));
}

/** Without every second byte of UTF-16. */
function withoutNulls(text: string): string {
  return text.replaceAll("\0", "");
}

function fromCode(code: string, radix: number): string {
  const point = Number.parseInt(code, radix);
  return point <= 0x10ffff ? String.fromCodePoint(point) : "";
}
