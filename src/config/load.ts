import { readFileSync } from "node:fs";
import { join } from "node:path";
import stripJsonComments from "strip-json-comments";
import type { Connection, CredentialSource, VerificationStatement } from "../rotation/connection.ts";
import { ConfigError } from "../rotation/errors.ts";
import { baseUrlOf } from "./address.ts";
import { describeIssues, fromZod, messageOf } from "./issues.ts";
import { type ConnectionsFile, connectionsFile, knownKeys } from "./schema.ts";
import { validateReferences } from "./validate.ts";

export interface Environment {
  /** The key under `environments`. */
  readonly name: string;
  readonly organizationId: string;
  readonly environmentId: string;
  /** Without a trailing slash. */
  readonly restEndpoint: string;
  /** Name, partial ARN or full ARN of the secret with the rotator's own Confluent API key. */
  readonly apiKeySecret: string;
  /** What is done about statements that run with the previous key. */
  readonly statements?: { readonly report: boolean; readonly restart: readonly string[] };
}

/** `connections.json`, validated and with every default filled in. */
export interface Config {
  readonly environments: ReadonlyMap<string, Environment>;
  readonly connections: readonly Connection[];
  readonly rollout: { readonly canary: boolean; readonly onRejected: "keep" | "rollback" };
  readonly timing: {
    readonly readyTimeoutSeconds: number;
    readonly graceSeconds: number;
    readonly confirmSeconds: number;
  };
  readonly verification: {
    readonly require: "auto" | "ready" | "applied";
    readonly provider: boolean;
  };
  readonly propagationLabel?: string;
  readonly refresh: "always" | "when-stale";
}

/** The file in `CONNECTIONS_FILE`, or the one next to the bundle. */
export function configFileOf(env: Readonly<Record<string, string | undefined>>): string {
  return env["CONNECTIONS_FILE"] || join(import.meta.dirname, "connections.json");
}

/** The last file and its configuration: with a thousand connections, validation takes a tenth of a second. */
let latest: { readonly file: string; readonly text: string; readonly config: Config } | undefined;

/**
 * Reads the file each time, and validates it if it has changed.
 * @param setting how to choose another file, for a message.
 * @throws ConfigError listing every issue.
 */
export function readConfig(file: string, setting = "CONNECTIONS_FILE"): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    const fault = reason === "EISDIR" ? "It is a folder, not a file" : `The file cannot be read (${reason})`;
    throw new ConfigError(file, [`${fault}. Set ${setting} to use another file.`]);
  }
  if (latest?.file !== file || latest.text !== text) latest = { file, text, config: parseConfig(text, file) };
  return latest.config;
}

/**
 * @param place the name of the text in messages, such as its file name.
 * @throws ConfigError listing every issue, each with its path.
 */
export function parseConfig(text: string, place: string): Config {
  const json = parseJson(text, place);
  const parsed = connectionsFile.safeParse(json, { error: messageOf });
  const issues = [
    ...(parsed.error?.issues.flatMap((issue) => fromZod(issue, knownKeys(issue.path))) ?? []),
    ...validateReferences(json),
  ];
  if (!parsed.success || issues.length > 0) throw new ConfigError(place, describeIssues(issues, json));
  return toConfig(parsed.data);
}

/** JSON with comments and trailing commas, as people write it. */
function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(stripJsonComments(text.replace(/^\uFEFF/, ""), { trailingCommas: true }));
  } catch (cause) {
    throw new ConfigError(place, [
      `It is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
    ]);
  }
}

function toConfig(file: ConnectionsFile): Config {
  const names = Object.keys(file.environments);
  return {
    environments: new Map(
      Object.entries(file.environments).map(([name, { cloud, region, restEndpoint, statements, ...ids }]) => [
        name,
        {
          name,
          ...ids,
          restEndpoint: baseUrlOf({ cloud, region, restEndpoint }) ?? "",
          ...(statements && { statements }),
        },
      ]),
    ),
    connections: file.connections.map(
      ({ environment = names[0] ?? "", endpoint, fields, values, data, verify, ...rest }) => ({
        ...rest,
        environment,
        ...(verify !== undefined && toVerification(verify, file)),
        ...(endpoint !== undefined && { endpoint }),
        credentials: toSource({ fields, values, data }),
      }),
    ),
    rollout: file.rollout,
    timing: file.timing,
    verification: { require: file.verification.require, provider: file.verification.provider },
    refresh: file.refresh,
    ...(file.propagationLabel !== undefined && { propagationLabel: file.propagationLabel }),
  };
}

function toVerification(
  name: string,
  { verification }: ConnectionsFile,
): { readonly verify?: VerificationStatement } {
  const statement = verification.statements[name];
  if (statement === undefined) return {};
  const { sql, timeoutSeconds, ...options } = statement;
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return { verify: { name, sql, timeoutMs: timeoutSeconds * 1_000, ...Object.fromEntries(given) } };
}

function toSource({
  fields,
  values,
  data,
}: Pick<ConnectionsFile["connections"][number], "fields" | "values" | "data">): CredentialSource {
  if (data !== undefined) return { kind: "data", data };
  return { kind: "options", values: values ?? {}, ...(fields !== undefined && { fields }) };
}
