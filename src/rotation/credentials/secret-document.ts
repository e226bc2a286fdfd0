import { SecretError } from "../errors.ts";
import { type Field, Secret } from "../secret.ts";
import { cleanValue, formOf, refuseJsonString } from "./clean-value.ts";
import { OPTIONS, type Option, usualSpellings } from "./connection-types.ts";

/** A secret as a source of values. Errors name the secret and the field, never a value. */
export class SecretDocument {
  readonly id: string;
  readonly #whole: Secret;
  readonly #fields: ReadonlyMap<string, Field> | "malformed" | undefined;

  /** @throws SecretError if the secret is empty, or a JSON string. */
  constructor(id: string, secret: Secret) {
    if (secret.isBlank) throw new SecretError(`Secret ${id} is empty.`);
    refuseJsonString(secret, `Secret ${id}`);
    this.id = id;
    this.#whole = secret;
    this.#fields = secret.fields();
  }

  /** False for a plain string. @throws SecretError if the text begins like a JSON object but is not one. */
  get isObject(): boolean {
    if (this.#fields === "malformed")
      throw new SecretError(`Secret ${this.id} begins like JSON but cannot be parsed.`);
    return this.#fields !== undefined;
  }

  /** The whole secret as the value of a backend key. @throws SecretError if it cannot be one. */
  wholeAs(backendKey: string): Secret {
    return cleanValue(this.#whole, formOf(backendKey), `Secret ${this.id}`);
  }

  /**
   * The text under a key of the secret's JSON, as the value of a backend key; SERVICE_KEY takes an object too.
   * @throws SecretError if the key is missing or empty, or its value is broken or has another type.
   */
  field(key: string, backendKey: string): Secret {
    if (!this.isObject)
      throw new SecretError(`Secret ${this.id} is not a JSON object, so it has no field "${key}".`);
    const value = this.#get(key);
    if (value === undefined) throw new SecretError(`Secret ${this.id} lacks the field "${key}".`);
    if (!(value instanceof Secret)) throw this.#wrongType(key, value);
    if (value.isObject && backendKey !== OPTIONS["service-key"]) throw this.#wrongType(key, "object");
    const place = `Field "${key}" of secret ${this.id}`;
    if (value.isBlank) throw new SecretError(`${place} is empty.`);
    return cleanValue(value, formOf(backendKey), place);
  }

  /** The value under a usual spelling of the option. @throws SecretError if two spellings have different values. */
  usual(option: Option): Secret | undefined {
    const keys = usualSpellings(option).filter((key) => (this.#get(key) ?? "null") !== "null");
    const [first, ...others] = keys.map((key) => ({ key, value: this.field(key, OPTIONS[option]) }));
    if (first === undefined)
      return option === "service-key" && this.#isServiceAccount() ? this.wholeAs(OPTIONS[option]) : undefined;
    const other = others.find(({ value }) => !value.equals(first.value));
    if (other !== undefined) {
      throw new SecretError(
        `Secret ${this.id} has different values under "${first.key}" and "${other.key}"; name the right one under "fields".`,
      );
    }
    return first.value;
  }

  #get(key: string): Field | undefined {
    return this.#fields instanceof Map ? this.#fields.get(key) : undefined;
  }

  #isServiceAccount(): boolean {
    return this.#get("private_key") !== undefined && this.#get("client_email") !== undefined;
  }

  #wrongType(key: string, type: string): SecretError {
    return new SecretError(`Field "${key}" of secret ${this.id} is of type ${type}; it must be a string.`);
  }
}
