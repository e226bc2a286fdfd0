import type { Connection, CredentialSource } from "./connection.ts";
import {
  CONNECTION_TYPES,
  type ConnectionType,
  describeGroups,
  type Group,
  OPTIONS,
  type Option,
  openGroups,
  TRANSPORT_TYPES,
} from "./connection-types.ts";
import { SecretError } from "./errors.ts";
import { Secret } from "./secret.ts";
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
    source.kind === "data" ? spellOut(source.data, document) : ofType(connection, source, document);
  if (credentials.data.bytes > MAX_DATA_BYTES) {
    throw new SecretError(
      `The credentials in secret ${document.id} come to ${credentials.data.bytes} bytes; Confluent takes ${MAX_DATA_BYTES} at most.`,
    );
  }
  return credentials;
}

function spellOut(
  data: (CredentialSource & { kind: "data" })["data"],
  document: SecretDocument,
): Credentials {
  const entries = Object.entries(data).map(([key, source]): [string, Value] => [
    key,
    "value" in source ? source.value : document.field(source.field),
  ]);
  return { data: Secret.object(entries), options: Object.keys(data) };
}

function ofType(connection: Connection, source: OptionSource, document: SecretDocument): Credentials {
  const type = CONNECTION_TYPES[connection.type];
  if (type === undefined) {
    throw new SecretError(`Type ${connection.type} is not known; spell its backend keys out under "data".`);
  }
  const found = new Map(
    [...find(type, source, document)].map((entry) => upperCaseTransport(entry, document)),
  );
  if (found.has("sse-endpoint") && found.get("transport-type") === "STREAMABLE_HTTP") {
    throw new SecretError(
      `Secret ${document.id} gives sse-endpoint, which does not go with STREAMABLE_HTTP.`,
    );
  }
  const group = completeGroup(type, found, { document, source });
  const sent = [...group.needs, ...(type.optional ?? [])].flatMap((option) => {
    const value = found.get(option);
    return value === undefined ? [] : [{ option, value }];
  });
  const entries = sent.map(({ option, value }): [string, Value] => [OPTIONS[option], value]);
  if (group.authType !== undefined) entries.push(["AUTH_TYPE", group.authType]);
  return { data: Secret.object(entries), options: sent.map(({ option }) => option) };
}

/** Each option for which the configuration or the secret has a value. */
function find(type: ConnectionType, source: OptionSource, document: SecretDocument): Found {
  const { fields, values } = source;
  const required = openGroups(type, named(source)).flatMap((group) => group.needs);
  const guessed = fields === undefined ? [...required, ...(type.optional ?? [])] : required;
  const wholeFor = typeof fields === "string" ? fields : onlyOption(type, source, document);
  const found = new Map<Option, Value>();
  for (const option of new Set([...guessed, ...(type.optional ?? [])])) {
    const key = typeof fields === "object" ? fields[option] : undefined;
    const usual = guessed.includes(option) && wholeFor === undefined;
    const value =
      values[option] ??
      (option === wholeFor
        ? document.whole
        : key !== undefined
          ? document.field(key)
          : usual
            ? document.usual(option)
            : undefined);
    if (value !== undefined) found.set(option, value);
  }
  return found;
}

function named({ fields, values }: OptionSource): string[] {
  return [...Object.keys(values), ...(typeof fields === "string" ? [fields] : Object.keys(fields ?? {}))];
}

/** The option that a plain secret serves: the only one that is still open. */
function onlyOption(
  type: ConnectionType,
  source: OptionSource,
  document: SecretDocument,
): Option | undefined {
  if (document.isObject || source.fields !== undefined) return undefined;
  const groups = openGroups(type, named(source));
  const open = groups.map((group) => group.needs.filter((option) => source.values[option] === undefined));
  const [only] = open;
  if (only === undefined || open.length > 1 || only.length > 1) {
    throw new SecretError(
      `Secret ${document.id} is not a JSON object, and the connection needs ${describeGroups(groups)}: make it one, or say under "fields" what it serves.`,
    );
  }
  return only[0];
}

function completeGroup(
  type: ConnectionType,
  found: Found,
  { document, source }: { document: SecretDocument; source: OptionSource },
): Group {
  const open = openGroups(type, named(source));
  const complete = open.filter((group) => group.needs.every((option) => found.has(option)));
  const [group] = complete;
  if (group !== undefined && complete.length === 1) return group;
  if (group !== undefined) {
    throw new SecretError(
      `Secret ${document.id} has the fields of ${describeGroups(complete)}, which exclude each other: choose under "fields".`,
    );
  }
  const [only] = open;
  const missing = open.length === 1 && only ? only.needs.filter((option) => !found.has(option)) : [];
  throw new SecretError(
    missing.length > 0
      ? `Secret ${document.id} lacks the field for ${missing.join(", ")}; name its key under "fields".`
      : `Secret ${document.id} has the fields of none of ${describeGroups(open)}; name its keys under "fields".`,
  );
}

function upperCaseTransport([option, value]: [Option, Value], document: SecretDocument): [Option, Value] {
  if (option !== "transport-type") return [option, value];
  const known = TRANSPORT_TYPES.find((each) =>
    value instanceof Secret
      ? value.map((text) => text.toUpperCase()).equals(new Secret(each))
      : value.toUpperCase() === each,
  );
  if (known === undefined) {
    throw new SecretError(
      `transport-type from secret ${document.id} must be ${TRANSPORT_TYPES.join(" or ")}.`,
    );
  }
  return [option, known];
}
