import type { Config } from "../config/load.ts";
import { type Connection, type ConnectionState, phaseKind } from "../rotation/connection.ts";
import type { RunContext, SecretVersion } from "../rotation/dependencies.ts";
import { RotationError } from "../rotation/errors.ts";
import { assertMatchesConfig } from "../rotation/update.ts";
import { currentVersion } from "../rotation/versions.ts";
import { CONFIG_OPTION, type Command, EXIT, JSON_OPTION } from "./command.ts";
import { logTo } from "./log.ts";
import { listConnections, reading, settled } from "./read-only.ts";
import { loadConfig, SELECTION_OPTIONS, select } from "./selection.ts";
import { statusLines } from "./status-view.ts";

/** How a connection and its secret stand now. */
export interface Status {
  readonly name: string;
  readonly environment: string;
  readonly type: string;
  readonly phase?: string;
  readonly detail?: string;
  /** ISO 8601. */
  readonly updatedAt?: string;
  readonly secret: string;
  readonly secretVersionId?: string;
  /** When the version that is current was made, ISO 8601. */
  readonly currentSince?: string;
  /** Whether the propagation label is on the current version; absent where no label is configured. */
  readonly propagated?: boolean;
  /** False where the connection is missing, not as configured, not usable, or its secret cannot be read. */
  readonly well: boolean;
  readonly problem?: string;
}

export const status: Command = {
  summary: "Shows what each listed connection says now, and how old its key is",
  about: [
    "One LIST for each environment; nothing is written. Exit code 1 where a connection is not usable.",
    "A connection that was updated before its secret's version was made cannot hold that version.",
  ],
  words: "[name…]",
  options: { ...SELECTION_OPTIONS, ...JSON_OPTION, ...CONFIG_OPTION },
  examples: [
    ["status", "every listed connection"],
    ["status --environment prod", "those of one environment"],
    ["status support-openai --json", "one of them, for a script"],
  ],
  run: async (input, context) => {
    const config = loadConfig(input, context);
    const selected = select(input, config);
    const log = logTo(context, input.flag("verbose"));
    const all = await reading(config, log, (context) => statuses(context, config, selected));
    const { out } = context;
    const lines = input.flag("json")
      ? [JSON.stringify({ connections: all }, null, 2)]
      : statusLines(out, all, { label: config.propagationLabel, now: Date.now() });
    out.print(...lines);
    return all.every(({ well }) => well) ? EXIT.ok : EXIT.failed;
  },
};

async function statuses(
  context: RunContext,
  config: Config,
  selected: readonly Connection[],
): Promise<Status[]> {
  // The secrets come first, so that no text of a connection can show one.
  const versions = await resolveAll(new Set(selected.map(({ secret }) => secret)), (secret) =>
    settled(currentVersion(context, secret)),
  );
  const environments = new Set(selected.map(({ environment }) => environment));
  const lists = await resolveAll(environments, async (name) => {
    const environment = config.environments.get(name);
    return environment && settled(listConnections(context, environment));
  });
  return selected.map((connection) => {
    const list = lists.get(connection.environment);
    const seen = list instanceof RotationError ? list : list?.get(connection.name);
    return toStatus(connection, { seen, version: versions.get(connection.secret) }, config.propagationLabel);
  });
}

async function resolveAll<T>(
  keys: ReadonlySet<string>,
  load: (key: string) => Promise<T>,
): Promise<Map<string, T>> {
  return new Map(await Promise.all([...keys].map(async (key) => [key, await load(key)] as const)));
}

interface Found {
  readonly seen: ConnectionState | RotationError | undefined;
  readonly version: SecretVersion | RotationError | undefined;
}

function toStatus(connection: Connection, { seen, version }: Found, label: string | undefined): Status {
  const { name, environment, type, secret } = connection;
  const problem = problemOf(connection, { seen, version });
  return {
    name,
    environment,
    type,
    ...(seen && !(seen instanceof RotationError) && shown(seen)),
    secret,
    ...(version && !(version instanceof RotationError) && current(version, label)),
    well: problem === undefined,
    ...(problem !== undefined && { problem }),
  };
}

function shown({ phase, detail, updatedAt }: ConnectionState): Partial<Status> {
  return {
    phase,
    ...(detail !== "" && { detail }),
    ...(updatedAt !== undefined && { updatedAt: new Date(updatedAt).toISOString() }),
  };
}

function current(
  { versionId, createdAt, stages }: SecretVersion,
  label: string | undefined,
): Partial<Status> {
  return {
    secretVersionId: versionId,
    currentSince: new Date(createdAt).toISOString(),
    ...(label !== undefined && { propagated: stages.includes(label) }),
  };
}

function problemOf(connection: Connection, { seen, version }: Found): string | undefined {
  if (seen instanceof RotationError) return seen.message;
  try {
    const { phase } = assertMatchesConfig(connection, seen);
    if (version instanceof RotationError) return version.message;
    return phaseKind(phase) === "usable" ? undefined : `It is not usable: ${phase || "no phase is given"}.`;
  } catch (error) {
    if (error instanceof RotationError) return error.message;
    throw error;
  }
}
