import { SecretError } from "../errors.ts";
import { Secret } from "../secret.ts";

/** What may stand around a value, and what a value may contain. */
type ValueForm = "key" | "token" | "id" | "document" | "address" | "text" | "verbatim";

/** By backend key. */
const FORMS: ReadonlyMap<string, ValueForm> = new Map<string, ValueForm>([
  ["API_KEY", "key"],
  ["AWS_ACCESS_KEY_ID", "token"],
  ["AWS_SECRET_ACCESS_KEY", "token"],
  ["AWS_SESSION_TOKEN", "token"],
  ["BEARER_TOKEN", "token"],
  ["OAUTH2_CLIENT_ID", "id"],
  ["OAUTH2_CLIENT_SECRET", "key"],
  ["SERVICE_KEY", "document"],
  ["OAUTH2_TOKEN_ENDPOINT", "address"],
  ["OAUTH2_SCOPE", "text"],
  ["SSE_ENDPOINT", "address"],
  ["TRANSPORT_TYPE", "text"],
  ["USERNAME", "verbatim"],
  ["PASSWORD", "verbatim"],
]);

/** A backend key that is not in the table may hold anything, so as little as possible is changed or refused. */
export function formOf(backendKey: string): ValueForm {
  return FORMS.get(backendKey) ?? (/USER|PASS/i.test(backendKey) ? "verbatim" : "text");
}

/**
 * The value as it is sent: without the white space around a key, a token or another text, and with all of a password.
 * @param place where the value was found, for messages, such as `Field "api-key" of secret prod/openai`.
 * @throws SecretError for a key that is wrapped in quotes or JSON, or that no provider can have issued.
 */
export function cleanValue(value: Secret, form: ValueForm, place: string): Secret {
  if (form === "verbatim") return value;
  if (form === "document" && isJsonObject(value, place)) return checkPrivateKey(value, place);
  const clean = value.map((text) => text.replace(AROUND, ""));
  if (clean.isBlank) throw new SecretError(`${place} is empty.`);
  const fault = FAULTS[form].find(({ pattern }) => clean.matches(pattern));
  if (fault !== undefined) throw new SecretError(`${place} ${fault.message}`);
  return clean;
}

/** @throws SecretError for a secret that is a JSON string, which was encoded once too often. */
export function refuseJsonString(secret: Secret, place: string): void {
  if (secret.matches(/^\s*".*"\s*$/s)) throw new SecretError(`${place} ${IN_QUOTES.message}`);
}

export function hasWhiteSpaceAround(value: Secret): boolean {
  return value.matches(/^[\s\p{Cf}]|[\s\p{Cf}]$/u);
}

function isJsonObject(value: Secret, place: string): boolean {
  const fields = value.fields();
  if (fields === "malformed") throw new SecretError(`${place} begins like JSON but cannot be parsed.`);
  return fields !== undefined;
}

/** The line breaks of a PEM are lost if the JSON is escaped twice or written in one line. */
const BROKEN_PEM = /-----BEGIN[^\n]*(\\n|-----END)/;

function checkPrivateKey(document: Secret, place: string): Secret {
  const fields = document.fields();
  const privateKey = fields instanceof Map ? fields.get("private_key") : undefined;
  if (privateKey instanceof Secret && privateKey.matches(BROKEN_PEM))
    throw new SecretError(
      `${place} holds a private key without its line breaks; store the file as it was downloaded.`,
    );
  return document;
}

/** White space and characters without a width, such as a byte order mark. */
const AROUND = /^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu;

interface Fault {
  readonly pattern: RegExp;
  readonly message: string;
}

const IN_QUOTES: Fault = { pattern: /^\\?".*"$/s, message: "is in quotes; store it without them." };

/** What shows that a key was copied together with something else; no provider issues a key that looks like this. */
const KEY_FAULTS: readonly Fault[] = [
  IN_QUOTES,
  { pattern: /^\[.*\]$/s, message: "holds a JSON list where a key is expected; store the key alone." },
  { pattern: /^\{.*\}$/s, message: "holds a JSON document where a key is expected; store the key alone." },
  {
    pattern:
      /^<.*>$|^\$\{?[A-Z][A-Z\d_]*\}?$|^%[A-Z][A-Z\d_]*%$|^(change[-_ ]?me|your[-_ ].*(key|token|secret)([-_ ]here)?|to-?do|tbd)$/is,
    message: "holds a placeholder; store the key that belongs there.",
  },
  {
    pattern: /^(null|undefined|None|nil|NaN)$/,
    message: "holds what a program writes for a missing value; store the key.",
  },
  {
    pattern: /^\\?"|"[,;]?$|^b?'.*'[,;]?$|^`.*`$|^[\u2018-\u201F«‹»›].*[\u2018-\u201F«‹»›]$/s,
    message: "holds a key with a quotation mark at its beginning or end; store it without.",
  },
  {
    pattern: /[^\S ]|[\p{Cc}\p{Cf}\p{Cs}]/u,
    message: "holds a line break or another control character inside a key; store the key alone.",
  },
  {
    pattern: /\*{4}|[\u2022\u2026]|\.{3}/,
    message: "is a masked key, as a console shows it; store the whole key.",
  },
  {
    pattern: /[^\p{ASCII}\u00A0-\u00FF]/u,
    message: "holds a character that no header can carry, such as a long dash; copy the key again.",
  },
  {
    pattern: /^((proxy-)?authorization: *)?(Bearer|Basic|Token|ApiKey|Api-Key)\s/i,
    message: "begins with the name of an authorization scheme; store the key alone.",
  },
  {
    pattern: /^(export |set )?[A-Z][A-Z\d]*(_[A-Z\d]+)+ ?= ?[^=\s]/,
    message: "begins with the name of a variable; store the key alone.",
  },
  { pattern: /^(export|setx?|declare|curl|-H) /, message: "begins with a command; store the key alone." },
  { pattern: / (#|\/\/)/, message: "holds a comment after the key; store the key alone." },
  {
    pattern: /\\[nrt]$/,
    message: "holds a key that ends in an escape sequence such as \\n; store it without.",
  },
];

/** A client id may look like this. */
const LABEL: Fault = {
  pattern: /^[\w$:. -]*(api|access|auth|secret|session)[-_ ]?(key|token)[\w-]*["']?\s*[:=]\s*[^=\s]/i,
  message: "begins with the name of a variable or a header; store the key alone.",
};

/** A client id may be an address. */
const ADDRESS: Fault = {
  pattern: /^(https?:\/\/|arn:aws)/i,
  message: "holds an address where a key is expected; store the key itself.",
};

const WHITE_SPACE_INSIDE: Fault = {
  pattern: /[\s\p{Cc}\p{Cf}]/u,
  message: "holds white space or a control character inside; store it without.",
};

const FAULTS: Readonly<Record<Exclude<ValueForm, "verbatim">, readonly Fault[]>> = {
  key: [LABEL, ADDRESS, ...KEY_FAULTS],
  token: [LABEL, ADDRESS, ...KEY_FAULTS, WHITE_SPACE_INSIDE],
  id: KEY_FAULTS,
  document: KEY_FAULTS,
  address: [IN_QUOTES, WHITE_SPACE_INSIDE],
  text: [IN_QUOTES],
};
