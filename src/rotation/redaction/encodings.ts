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

/** The forms in which a text can stand alone, for texts that are too short to be recognised inside of others. */
export function wholeEncodings(text: string): Set<string> {
  const forms = escapings(text).flatMap((escaped) => {
    const bytes = Buffer.from(escaped);
    const base64 = [bytes.toString("base64").replace(/=+$/, ""), bytes.toString("base64url")];
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
