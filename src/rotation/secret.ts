import { inspect } from "node:util";

const REDACTED = "[redacted]";

/** A string that prints as `[redacted]` everywhere: templates, JSON, `console.log`, debuggers. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Called in two places only: the Basic header and the request body. */
  reveal(): string {
    return this.#value;
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
