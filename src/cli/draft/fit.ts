import { buildCredentials } from "../../rotation/credentials/auth-data.ts";
import {
  CONNECTION_TYPES,
  type ConnectionType,
  type Group,
  type Option,
  usualSpellings,
} from "../../rotation/credentials/connection-types.ts";
import { RotationError } from "../../rotation/errors.ts";
import type { Secret } from "../../rotation/secret.ts";
import type { FoundConnection, SecretChoice } from "./found.ts";

/** Asks a question. The result is `initial` if the user only presses Enter, and `undefined` if the input ends. */
export type AskText = (question: string, initial?: string) => Promise<string | undefined>;

interface Fit {
  readonly choice: SecretChoice;
  /** Why the secret does not fit the connection. It never contains a value. */
  readonly problem?: string;
}

/** Finds the options of the connection in the secret, and asks if that is ambiguous. */
export async function fitSecret(
  connection: FoundConnection,
  id: string,
  secret: Secret,
  ask: AskText | undefined,
): Promise<Fit> {
  const plain = { secret: id };
  const type = CONNECTION_TYPES.get(connection.type.toUpperCase());
  const problem = problemOf(connection, plain, secret);
  if (type === undefined || problem === undefined) return { choice: plain };
  const choice = {
    secret: id,
    ...(inferSources(type, secret) ?? (ask && (await askSources(type, secret, ask)))),
  };
  const left = problemOf(connection, choice, secret);
  return left === undefined ? { choice } : { choice: plain, problem };
}

function problemOf(
  { name, type }: FoundConnection,
  choice: SecretChoice,
  secret: Secret,
): string | undefined {
  const { fields, values = {} } = choice;
  const credentials = { kind: "options" as const, values, ...(fields !== undefined && { fields }) };
  const connection = { name, environment: "", secret: choice.secret, canary: false, provider: true };
  try {
    buildCredentials({ ...connection, type: type.toUpperCase(), credentials }, secret);
    return undefined;
  } catch (error) {
    if (error instanceof RotationError) return error.message;
    throw error;
  }
}

type OptionSources = Pick<SecretChoice, "fields" | "values">;

/** Handles a plain secret for a type with one option, and a JSON secret with one key for such a type. */
function inferSources({ groups }: ConnectionType, secret: Secret): OptionSources | undefined {
  const keys = keysOf(secret);
  const single = groups.flatMap(({ needs: [option, ...others] }) =>
    option !== undefined && others.length === 0 ? [option] : [],
  );
  const [option, other] = single;
  if (option === undefined || other !== undefined) return undefined;
  if (keys === undefined) return { fields: option };
  const [key, ...rest] = keys;
  return groups.length === 1 && key !== undefined && rest.length === 0
    ? { fields: { [option]: key } }
    : undefined;
}

async function askSources(
  type: ConnectionType,
  secret: Secret,
  ask: AskText,
): Promise<OptionSources | undefined> {
  const keys = keysOf(secret);
  const group = await askGroup(type.groups, keys, ask);
  const [only, ...others] = group?.needs ?? [];
  if (group === undefined || only === undefined) return undefined;
  if (keys === undefined) return others.length === 0 ? { fields: only } : undefined;
  const fields: Record<string, string> = {};
  const values: Record<string, string> = {};
  for (const option of group.needs) {
    const usual = usualSpellings(option).find((key) => keys.includes(key));
    const answer =
      usual ??
      (await ask(
        `  Which key of the secret is ${option}? (${keys.join(", ")}; or =VALUE if it is not secret)`,
      ));
    if (answer === undefined || answer === "") return undefined;
    if (answer.startsWith("=")) values[option] = answer.slice(1);
    else if (answer !== usual) fields[option] = answer;
  }
  return { ...(isFilled(fields) && { fields }), ...(isFilled(values) && { values }) };
}

async function askGroup(
  groups: readonly Group[],
  keys: readonly string[] | undefined,
  ask: AskText,
): Promise<Group | undefined> {
  const possible = keys === undefined ? groups.filter(({ needs }) => needs.length === 1) : groups;
  const names = possible.map(({ needs }) => needs.join("+"));
  if (possible.length <= 1) return possible[0];
  const answer = await ask(
    `  What does the secret hold? (${names.join(", ")})`,
    bestName(possible, keys ?? []),
  );
  return possible[names.indexOf(answer ?? "")];
}

/** The group with the most options in the secret under their usual spellings. */
function bestName(groups: readonly Group[], keys: readonly string[]): string | undefined {
  const found = (option: Option) => usualSpellings(option).some((key) => keys.includes(key));
  const [best] = groups.toSorted((a, b) => b.needs.filter(found).length - a.needs.filter(found).length);
  return best?.needs.join("+");
}

function keysOf(secret: Secret): string[] | undefined {
  const fields = secret.fields();
  return fields instanceof Map ? [...fields.keys()] : undefined;
}

function isFilled(record: object): boolean {
  return Object.keys(record).length > 0;
}
