import { inspect } from "node:util";

/** Printed in place of a secret. */
export const REDACTED = "[redacted]";

/** A value in the JSON object of a secret, or the name of a type that cannot be used. */
export type Field = Secret | "number" | "boolean" | "null" | "array" | "object";

/** A string that prints as `[redacted]` everywhere: templates, JSON, `console.log`, debuggers. */
export class Secret {
  readonly #value: string;
  /** True for an object inside the JSON of another secret. */
  readonly isObject: boolean;

  constructor(value: string, isObject = false) {
    this.#value = value;
    this.isObject = isObject;
  }

  /** The value itself. Called in three places only: the Basic header, the body of a PUT, and the request to a provider. */
  reveal(): string {
    return this.#value;
  }

  /** Size in UTF-8 bytes. */
  get bytes(): number {
    return Buffer.byteLength(this.#value);
  }

  get isBlank(): boolean {
    return this.#value.trim() === "";
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  matches(pattern: RegExp): boolean {
    return pattern.test(this.#value);
  }

  map(change: (text: string) => string): Secret {
    return new Secret(change(this.#value));
  }

  /** The parts before and after the first `separator`; `undefined` if there is none. */
  split(separator: string): readonly [Secret, Secret] | undefined {
    const at = this.#value.indexOf(separator);
    if (at < 0) return undefined;
    return [new Secret(this.#value.slice(0, at)), new Secret(this.#value.slice(at + separator.length))];
  }

  /**
   * The fields of a JSON object; an object inside it becomes a secret that holds its JSON.
   * `"malformed"` if the text begins like an object and is not valid JSON; `undefined` for any other text.
   */
  fields(): ReadonlyMap<string, Field> | "malformed" | undefined {
    if (!this.#value.trimStart().startsWith("{")) return undefined;
    try {
      const parsed: Record<string, unknown> = JSON.parse(this.#value);
      return new Map(Object.entries(parsed).map(([key, value]) => [key, toField(value)]));
    } catch {
      return "malformed";
    }
  }

  /** The credentials of a Basic Authorization header. */
  static basic(user: Secret, password: Secret): Secret {
    return new Secret(Buffer.from(`${user.#value}:${password.#value}`).toString("base64"));
  }

  /** A secret that holds the entries as a JSON object. */
  static object(entries: Iterable<readonly [string, Secret | string]>): Secret {
    const plain = [...entries].map(([key, value]) => [key, value instanceof Secret ? value.#value : value]);
    return new Secret(JSON.stringify(Object.fromEntries(plain)));
  }

  /** Adds the text to what must not be printed, as a credential; if it is JSON, each text in it, which may be none. */
  addTo(target: { addText(text: string, isCredential: boolean): void }): void {
    const texts = textsIn(this.#value);
    const isCredential = texts[0] === this.#value;
    for (const text of texts) target.addText(text, isCredential);
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

function toField(value: unknown): Field {
  if (typeof value === "string") return new Secret(value);
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "object") return toObjectField(value);
  return typeof value === "number" ? "number" : "boolean";
}

/** `"object"` if it is nested too deep to be written as JSON. */
function toObjectField(value: object): Field {
  try {
    return new Secret(JSON.stringify(value), true);
  } catch {
    return "object";
  }
}

/** The texts at any depth, also of JSON inside JSON. Recursion would end at some depth, and a reviver is recursive. */
function textsIn(text: string): string[] {
  const texts: string[] = [];
  const unread: unknown[] = [text];
  while (unread.length > 0) {
    const value = unread.pop();
    const parsed = typeof value === "string" ? parseContainer(value) : value;
    if (typeof parsed === "string") texts.push(parsed);
    else if (typeof parsed === "object" && parsed !== null)
      for (const inner of Object.values(parsed)) unread.push(inner);
  }
  return texts;
}

/** A list of what is inside a text that is JSON with texts in it; else the text. */
function parseContainer(text: string): unknown {
  if (!/^\s*["[{]/.test(text)) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    return [parsed];
  } catch {
    return text;
  }
}
