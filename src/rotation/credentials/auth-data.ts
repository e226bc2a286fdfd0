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
import { basicHeadersOf, type Entry, keysIn, remarksOn, secretsIn, type Value } from "./entries.ts";
import { SecretDocument } from "./secret-document.ts";

/** Confluent's limit for `auth_data.data`, in UTF-8 bytes. */
const MAX_DATA_BYTES = 4_000;

/** What is sent for a connection, and the names (never the values) of what is in it. */
export interface Credentials {
  /** The JSON object of `auth_data.data`. */
  readonly data: Secret;
  readonly options: readonly string[];
  /** The credentials in it that come from the secret. */
  readonly secrets: readonly Secret[];
  /** A user name and a password as they stand in a header, which a service may quote. */
  readonly headers: readonly Secret[];
  /** The same as `secrets`, without those that only name the key, such as a user name. */
  readonly keys: readonly Secret[];
  /** What an operator may want to know of a value that is sent as it is; never a value. */
  readonly remarks: readonly string[];
}

type OptionSource = CredentialSource & { readonly kind: "options" };
type Found = ReadonlyMap<Option, Value>;

/**
 * Builds `auth_data.data` for a connection out of its secret.
 * @throws SecretError naming secret and field, never a value.
 */
export function buildCredentials(connection: Connection, secret: Secret): Credentials {
  const document = new SecretDocument(connection.secret, secret);
  const source = connection.credentials;
  const { entries, authType } =
    source.kind === "data"
      ? { entries: fromData(source.data, document), authType: undefined }
      : fromOptions(connection.type, source, document);
  const options = entries.map(({ option }) => option);
  const pairs = entries.map(({ backendKey, value }) => [backendKey, value] as const);
  const data = Secret.object(authType === undefined ? pairs : [...pairs, ["AUTH_TYPE", authType]]);
  if (data.bytes > MAX_DATA_BYTES) {
    throw new SecretError(
      `Secret ${document.id} is too long: ${options.join(", ")} come to ${data.bytes} bytes; Confluent takes ${MAX_DATA_BYTES} at most.`,
    );
  }
  return {
    data,
    options,
    secrets: secretsIn(entries),
    headers: basicHeadersOf(entries),
    keys: keysIn(entries),
    remarks: remarksOn(entries, document.id),
  };
}

function fromData(data: Readonly<Record<string, DataSource>>, document: SecretDocument): Entry[] {
  return Object.entries(data).map(([backendKey, source]) => ({
    option: backendKey,
    backendKey,
    value: "value" in source ? source.value : document.field(source.field, backendKey),
  }));
}

function fromOptions(
  typeName: string,
  source: OptionSource,
  document: SecretDocument,
): { entries: Entry[]; authType: string | undefined } {
  const type = CONNECTION_TYPES.get(typeName);
  if (type === undefined) {
    throw new SecretError(`Type ${typeName} is not known; spell its backend keys out under "data".`);
  }
  const optional = type.optional ?? [];
  const open = openGroups(type, named(source));
  const found = findOptions([...open.flatMap(({ needs }) => needs), ...optional], {
    source,
    document,
    whole: wholeOption(open, source, document),
  });
  if (found.has("sse-endpoint") && found.get("transport-type") === "STREAMABLE_HTTP") {
    throw new SecretError(
      `Secret ${document.id} gives sse-endpoint, which does not go with STREAMABLE_HTTP.`,
    );
  }
  const { needs, authType } = completeGroup(open, found, document);
  const sent = [...found].filter(([option]) => [...needs, ...optional].includes(option));
  const entries = sent.map(([option, value]) => ({ option, backendKey: OPTIONS[option], value }));
  return { entries, authType };
}

interface OptionLookup {
  readonly source: OptionSource;
  readonly document: SecretDocument;
  /** The option that the whole secret serves. */
  readonly whole: string | undefined;
}

function findOptions(options: readonly Option[], lookup: OptionLookup): Found {
  const found = new Map<Option, Value>();
  for (const option of options) {
    const value = lookUp(option, lookup);
    if (value !== undefined)
      found.set(option, option === "transport-type" ? transport(value, lookup.document) : value);
  }
  return found;
}

/** What the configuration or the secret gives for an option. */
function lookUp(option: Option, { source, document, whole }: OptionLookup): Value | undefined {
  const { fields, values } = source;
  if (whole === option) return document.wholeAs(OPTIONS[option]);
  if (values[option] !== undefined) return values[option];
  const key = typeof fields === "object" ? fields[option] : undefined;
  if (key !== undefined) return document.field(key, OPTIONS[option]);
  return whole === undefined ? document.usual(option) : undefined;
}

function named({ fields, values }: OptionSource): string[] {
  return [...Object.keys(values), ...(typeof fields === "string" ? [fields] : Object.keys(fields ?? {}))];
}

/** The option that the whole secret is for: the one that `fields` names or, for a plain secret, the only one left open. */
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
      `Secret ${document.id} is not a JSON object, and the connection needs ${describeGroups(open)}: make it one, or name under "fields" the option that it is for.`,
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
  const [fields, keys] = missing.length === 1 ? ["field", "its key"] : ["fields", "their keys"];
  const conjunction = new Intl.ListFormat("en", { type: "conjunction" });
  throw new SecretError(
    open.length === 1
      ? `Secret ${document.id} lacks the ${fields} for ${conjunction.format(missing)}; name ${keys} under "fields".`
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
