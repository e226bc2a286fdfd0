import { Secret } from "../secret.ts";
import { formOf, hasWhiteSpaceAround } from "./clean-value.ts";
import { OPTIONS, type Option } from "./connection-types.ts";

export type Value = Secret | string;

/** A value that is sent, under the name that it has in messages. */
export interface Entry {
  readonly option: string;
  readonly backendKey: string;
  readonly value: Value;
}

/** Options that say how credentials are used. */
const SETTINGS: ReadonlySet<string> = new Set<Option>([
  "token-endpoint",
  "scope",
  "sse-endpoint",
  "transport-type",
]);

/** The credentials that come from the secret. */
export function secretsIn(entries: readonly Entry[]): Secret[] {
  const credentials = entries.filter(({ option }) => !SETTINGS.has(option));
  return credentials.flatMap(({ value }) => (value instanceof Secret ? [value] : []));
}

/** User names with their passwords. */
const PAIRS = [
  [OPTIONS.username, OPTIONS.password],
  [OPTIONS["client-id"], OPTIONS["client-secret"]],
] as const;

/** What a service can receive as a Basic Authorization header. */
export function basicHeadersOf(entries: readonly Entry[]): Secret[] {
  const find = (key: string): Secret | undefined => {
    const value = entries.find(({ backendKey }) => backendKey === key)?.value;
    return typeof value === "string" ? new Secret(value) : value;
  };
  return PAIRS.flatMap(([user, password]) => {
    const [name, secret] = [find(user), find(password)];
    return name && secret ? [Secret.basic(name, secret)] : [];
  });
}

/** The backend keys whose values say whose key it is; several keys may have the same. */
const NAMES: ReadonlySet<string> = new Set([
  OPTIONS.username,
  OPTIONS["client-id"],
  OPTIONS["aws-access-key"],
]);

/** The same without those that only name the key. */
export function keysIn(entries: readonly Entry[]): Secret[] {
  return secretsIn(entries.filter(isKey));
}

/** False for a value that says how a key is used, or whose key it is. */
export function isKey({ option, backendKey }: Omit<Entry, "value">): boolean {
  return !SETTINGS.has(option) && !NAMES.has(backendKey);
}

/** What is unusual about the values; never a value. */
export function remarksOn(entries: readonly Entry[], secretId: string): string[] {
  const odd = entries.filter(
    ({ backendKey, value }) =>
      value instanceof Secret && formOf(backendKey) === "verbatim" && hasWhiteSpaceAround(value),
  );
  return odd.map(
    ({ option }) =>
      `The ${option} from secret ${secretId} begins or ends with white space; it is sent unchanged.`,
  );
}
