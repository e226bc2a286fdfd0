import { inspect } from "node:util";

/** What stands for a secret wherever one would be printed. */
export const REDACTED = "[redacted]";

/** What one key of a secret's JSON object holds: a value, or the name of a type that cannot be used as one. */
export type Field = Secret | "number" | "boolean" | "null" | "array";

/** A string that prints as `[redacted]` everywhere: templates, JSON, `console.log`, debuggers. */
export class Secret {
  readonly #value: string;
  /** True for what was an object inside another secret's JSON. */
  readonly isObject: boolean;

  constructor(value: string, isObject = false) {
    this.#value = value;
    this.isObject = isObject;
  }

  /** The value itself. Called in two places only: the Basic header and the request body. */
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

  map(change: (text: string) => string): Secret {
    return new Secret(change(this.#value));
  }

  /** The text in two at the first `separator`; `undefined` where there is none. */
  split(separator: string): readonly [Secret, Secret] | undefined {
    const at = this.#value.indexOf(separator);
    if (at < 0) return undefined;
    return [new Secret(this.#value.slice(0, at)), new Secret(this.#value.slice(at + separator.length))];
  }

  /**
   * The keys of the JSON object that the text holds, an object inside it as a secret of its JSON.
   * `"malformed"` where the text begins like an object and is none; `undefined` for any other text.
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

  /** What follows `Basic` in an Authorization header. */
  static basic(user: Secret, password: Secret): Secret {
    return new Secret(Buffer.from(`${user.#value}:${password.#value}`).toString("base64"));
  }

  /** One secret that is the JSON object of the entries. */
  static object(entries: Iterable<readonly [string, Secret | string]>): Secret {
    const plain = [...entries].map(([key, value]) => [key, value instanceof Secret ? value.#value : value]);
    return new Secret(JSON.stringify(Object.fromEntries(plain)));
  }

  /** Lets `learner` know the text and, where it is JSON, each text in it, so that it can be kept out of all output. */
  addTo(target: { addText(text: string): void }): void {
    for (const text of textsIn(this.#value)) target.addText(text);
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
  if (typeof value === "object") return new Secret(JSON.stringify(value), true);
  return typeof value === "number" ? "number" : "boolean";
}

function textsIn(text: string): string[] {
  const inner: string[] = [];
  try {
    JSON.parse(text, (_key, value: unknown) => {
      if (typeof value === "string") inner.push(value);
      return value;
    });
  } catch {
    return [text];
  }
  return [text, ...inner.flatMap(textsIn)];
}
