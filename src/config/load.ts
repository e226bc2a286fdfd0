import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod/mini";
import type { Connection, CredentialSource } from "../rotation/connection.ts";
import { ConfigError } from "../rotation/errors.ts";
import { type ConnectionsFile, connectionsFile } from "./schema.ts";
import { validateReferences } from "./validate.ts";

export type { Connection } from "../rotation/connection.ts";

export interface Environment {
  /** The key under `environments`. */
  readonly name: string;
  readonly organizationId: string;
  readonly environmentId: string;
  /** Without a slash at the end. */
  readonly restEndpoint: string;
  /** Name, partial ARN or full ARN of the secret with our own Flink API key. */
  readonly apiKeySecret: string;
}

/** `connections.json`, checked and with every default filled in. */
export interface Config {
  readonly environments: ReadonlyMap<string, Environment>;
  readonly connections: readonly Connection[];
  readonly rollout: { readonly canary: boolean; readonly onRejected: "keep" | "rollback" };
  readonly timing: {
    readonly readyTimeoutSeconds: number;
    readonly graceSeconds: number;
    readonly confirmSeconds: number;
  };
  readonly verification: { readonly require: "auto" | "ready" | "applied" };
  readonly propagationLabel?: string;
  readonly refresh: "always" | "when-stale";
}

/** The file that `CONNECTIONS_FILE` names, or the one beside the bundle. */
export function configFileOf(env: Readonly<Record<string, string | undefined>>): string {
  return env["CONNECTIONS_FILE"] || join(import.meta.dirname, "connections.json");
}

/** What was read last, and what it came to: with a thousand connections a check takes a tenth of a second. */
let latest: { readonly file: string; readonly text: string; readonly config: Config } | undefined;

/**
 * Reads the file each time, and checks it where it has changed.
 * @throws ConfigError listing every fault of the file.
 */
export function readConfig(file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new ConfigError(file, [
      `The file cannot be read (${reason}). CONNECTIONS_FILE names another place.`,
    ]);
  }
  if (latest?.file !== file || latest.text !== text) latest = { file, text, config: parseConfig(text, file) };
  return latest.config;
}

/**
 * @param place what to call the text in messages, such as its file name.
 * @throws ConfigError listing every fault, each with its path.
 */
export function parseConfig(text: string, place: string): Config {
  const json = parseJson(text, place);
  const parsed = connectionsFile.safeParse(json);
  const faults = [...(parsed.error?.issues.flatMap(describeIssue) ?? []), ...validateReferences(json)];
  if (!parsed.success || faults.length > 0) throw new ConfigError(place, faults);
  return toConfig(parsed.data);
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (cause) {
    throw new ConfigError(place, [
      `It is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
    ]);
  }
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.reduce<string>(
    (so, part) =>
      typeof part === "number" ? `${so}[${part}]` : so === "" ? String(part) : `${so}.${String(part)}`,
    "",
  );
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${path === "" ? key : `${path}.${key}`}: unknown key`);
  }
  const message = issue.code === "invalid_key" ? "the key must not be empty" : issue.message;
  return [path === "" ? message : `${path}: ${message}`];
}

function toConfig(file: ConnectionsFile): Config {
  const names = Object.keys(file.environments);
  return {
    environments: new Map(
      Object.entries(file.environments).map(([name, { cloud, region, restEndpoint, ...ids }]) => [
        name,
        {
          name,
          ...ids,
          restEndpoint: baseUrl(restEndpoint ?? `https://flink.${region}.${cloud}.confluent.cloud`),
        },
      ]),
    ),
    connections: file.connections.map(
      ({ environment = names[0] ?? "", endpoint, fields, values, data, ...rest }) => ({
        ...rest,
        environment,
        ...(endpoint !== undefined && { endpoint }),
        credentials: toSource({ fields, values, data }),
      }),
    ),
    rollout: file.rollout,
    timing: file.timing,
    verification: file.verification,
    refresh: file.refresh,
    ...(file.propagationLabel !== undefined && { propagationLabel: file.propagationLabel }),
  };
}

function baseUrl(url: string): string {
  return new URL(url).href.replace(/\/+$/, "");
}

function toSource({
  fields,
  values,
  data,
}: Pick<ConnectionsFile["connections"][number], "fields" | "values" | "data">): CredentialSource {
  if (data !== undefined) return { kind: "data", data };
  return { kind: "options", values: values ?? {}, ...(fields !== undefined && { fields }) };
}
