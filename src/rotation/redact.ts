import { decodings } from "./redaction/encodings.ts";
import { SecretIndex } from "./redaction/secret-index.ts";
import { MASK } from "./redaction/window-index.ts";
import { REDACTED, type Secret } from "./secret.ts";

/** Longer texts are cut, unless the caller sets another limit. */
const MAX_SHOWN = 500;
/** How many characters after the shown part are searched, so that a secret across the cut is recognised. */
const LOOKAHEAD = 4_096;
/** The most characters that an encoded secret across the end of the searched part can show before that end. */
const UNCERTAIN = 256;

/** Names of places are compared with longer credentials only. */
const MIN_LENGTH_IN_NAME = 12;

/**
 * Knows every secret value of a run and removes them from text that comes from outside, in any encoding in which a
 * server may quote a request: plain, JSON-escaped, base64 and base64url at any alignment, URL-encoded, hex.
 * Any twelve characters in a row are recognised. A short value is removed only as a whole word, and only if it is sent.
 */
export class Redactor {
  readonly #secrets = new SecretIndex();
  readonly #credentials = new SecretIndex();

  /** The secret itself, which is sent as a credential; if it is JSON, each text in it, which may be no secret. */
  add(secret: Secret): void {
    secret.addTo(this);
  }

  addText(text: string, isCredential: boolean): void {
    this.#secrets.add(text, isCredential);
    if (isCredential && text.length >= MIN_LENGTH_IN_NAME) this.#credentials.add(text, true);
  }

  /** `text` without any secret, cut to `limit` characters; nothing of it if a secret would show in it when it is decoded. */
  redact(text: string, limit = MAX_SHOWN): string {
    return clean(this.#secrets, text, limit);
  }

  /** The same for a name or an address, in which only a credential is a secret. */
  redactName(name: string): string {
    return clean(this.#credentials, name, MAX_SHOWN);
  }
}

function clean(index: SecretIndex, text: string, limit: number): string {
  const searched = text.slice(0, limit + LOOKAHEAD);
  const marks = index.marksIn(searched);
  const masked = replaceMarked(searched, marks, MASK);
  if (decodings(masked).some((decoded) => index.marksIn(decoded).includes(1))) return REDACTED;
  const isWhole = searched.length === text.length;
  const shown = replaceMarked(isWhole ? searched : searched.slice(0, -UNCERTAIN), marks, REDACTED);
  return isWhole && shown.length <= limit ? shown : `${shown.slice(0, limit - 1).toWellFormed()}…`;
}

function replaceMarked(text: string, marks: Uint8Array, replacement: string): string {
  let clean = "";
  for (let at = 0; at < text.length; ) {
    const isHidden = marks[at] === 1;
    let end = at + 1;
    while (end < text.length && (marks[end] === 1) === isHidden) end += 1;
    clean += isHidden ? replacement : text.slice(at, end);
    at = end;
  }
  return clean;
}
