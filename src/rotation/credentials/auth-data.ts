import type { Connection, CredentialSource, DataSource } from "../connection.ts";
import { SecretError } from "../errors.ts";
import { Secret } from "../secret.ts";
import {
  CONNECTION_TYPES,
  describeGroups,
  type Group,
  OPTIONS,
  type Option,
  openGroups,
  TRANSPORT_TYPES,
} from "./connection-types.ts";
import { SecretDocument } from "./secret-document.ts";

/** Confluent's limit for `auth_data.data`, in UTF-8 bytes. */
const MAX_DATA_BYTES = 4_000;

/** What is sent for a connection, and the names (never the values) of what is in it. */
export interface Credentials {
  /** The JSON object of `auth_data.data`. */
  readonly data: Secret;
  readonly options: readonly string[];
}

type OptionSource = CredentialSource & { readonly kind: "options" };
type Value = Secret | string;
type Found = ReadonlyMap<Option, Value>;

/**
 * Builds `auth_data.data` for a connection out of its secret.
 * @throws SecretError naming secret and field, never a value.
 */
export function buildCredentials(connection: Connection, secret: Secret): Credentials {
  const document = new SecretDocument(connection.secret, secret);
  const source = connection.credentials;
  const credentials =
    source.kind === "data" ? spellOut(source.data, document) : ofType(connection.type, source, document);
  const { data, options } = credentials;
  if (data.bytes > MAX_DATA_BYTES) {
    throw new SecretError(
      `Secret ${document.id} is too long: ${options.join(", ")} come to ${data.bytes} bytes; Confluent takes ${MAX_DATA_BYTES} at most.`,
    );
  }
  return credentials;
}

function spellOut(data: Readonly<Record<string, DataSource>>, document: SecretDocument): Credentials {
  const entries = Object.entries(data).map(([key, source]): [string, Value] => [
    key,
    "value" in source ? source.value : document.field(source.field),
  ]);
  return { data: Secret.object(entries), options: Object.keys(data) };
}

function ofType(typeName: string, source: OptionSource, document: SecretDocument): Credentials {
  const type = CONNECTION_TYPES.get(typeName);
  if (type === undefined) {
    throw new SecretError(`Type ${typeName} is not known; spell its backend keys out under "data".`);
  }
  const optional = type.optional ?? [];
  const open = openGroups(type, named(source));
  const whole = wholeOption(open, source, document);
  const found = new Map<Option, Value>();
  for (const option of [...open.flatMap(({ needs }) => needs), ...optional]) {
    const value = whole === option ? document.whole : look(option, { source, document, whole });
    if (value !== undefined)
      found.set(option, option === "transport-type" ? transport(value, document) : value);
  }
  if (found.has("sse-endpoint") && found.get("transport-type") === "STREAMABLE_HTTP") {
    throw new SecretError(
      `Secret ${document.id} gives sse-endpoint, which does not go with STREAMABLE_HTTP.`,
    );
  }
  const { needs, authType } = completeGroup(open, found, document);
  const sent = [...found].filter(([option]) => [...needs, ...optional].includes(option));
  const entries = sent.map(([option, value]): [string, Value] => [OPTIONS[option], value]);
  if (authType !== undefined) entries.push(["AUTH_TYPE", authType]);
  return { data: Secret.object(entries), options: sent.map(([option]) => option) };
}

/** What the configuration or the secret's JSON gives for an option. */
function look(
  option: Option,
  { source, document, whole }: { source: OptionSource; document: SecretDocument; whole: string | undefined },
): Value | undefined {
  const { fields, values } = source;
  const key = typeof fields === "object" ? fields[option] : undefined;
  if (values[option] !== undefined) return values[option];
  if (key !== undefined) return document.field(key, option);
  return whole === undefined ? document.usual(option) : undefined;
}

function named({ fields, values }: OptionSource): string[] {
  return [...Object.keys(values), ...(typeof fields === "string" ? [fields] : Object.keys(fields ?? {}))];
}

/** The option that the whole secret serves: the one that `fields` names or, for a plain secret, the only one still open. */
function wholeOption(
  open: readonly Group[],
  { fields, values }: OptionSource,
  document: SecretDocument,
): string | undefined {
  if (typeof fields === "string") return fields;
  if (document.isObject || fields !== undefined) return undefined;
  const left = open.map(({ needs }) => needs.filter((option) => values[option] === undefined));
  const [only] = left;
  if (only === undefined || left.length > 1 || only.length > 1) {
    throw new SecretError(
      `Secret ${document.id} is not a JSON object, and the connection needs ${describeGroups(open)}: make it one, or say under "fields" what it serves.`,
    );
  }
  return only[0];
}

function completeGroup(open: readonly Group[], found: Found, document: SecretDocument): Group {
  const complete = open.filter(({ needs }) => needs.every((option) => found.has(option)));
  const [group, other] = complete;
  if (group !== undefined && other === undefined) return group;
  if (other !== undefined) {
    throw new SecretError(
      `Secret ${document.id} has the fields of ${describeGroups(complete)}, which exclude each other: choose under "fields".`,
    );
  }
  const missing = open.flatMap(({ needs }) => needs.filter((option) => !found.has(option)));
  throw new SecretError(
    open.length === 1
      ? `Secret ${document.id} lacks the field for ${missing.join(", ")}; name its key under "fields".`
      : `Secret ${document.id} has the fields of none of ${describeGroups(open)}; name its keys under "fields".`,
  );
}

/** Upper case, as the API spells it. */
function transport(value: Value, document: SecretDocument): string {
  const secret = value instanceof Secret ? value : new Secret(value);
  const upper = secret.map((text) => text.toUpperCase());
  const known = TRANSPORT_TYPES.find((each) => upper.equals(new Secret(each)));
  if (known !== undefined) return known;
  throw new SecretError(`transport-type from secret ${document.id} must be ${TRANSPORT_TYPES.join(" or ")}.`);
}
