import type { Config } from "../config/load.ts";
import type { Connection } from "../rotation/connection.ts";
import type { RunDependencies } from "../rotation/dependencies.ts";
import { RotationError } from "../rotation/errors.ts";
import { asResult } from "../rotation/outcome.ts";
import { TextResolver } from "../rotation/text-resolver.ts";
import { currentVersion } from "../rotation/versions.ts";
import { type ConnectionStatus, type Listing, toStatus } from "./connection-status.ts";
import { environmentProblem } from "./problem.ts";
import { listConfigured } from "./read-only.ts";
import { unlistedConnections } from "./unlisted.ts";

/** A connection that exists but is not listed in connections.json. */
interface UnlistedConnection {
  readonly name: string;
  readonly environment: string;
  readonly type: string;
  readonly phase: string;
}

export interface StatusReading {
  readonly connections: readonly ConnectionStatus[];
  readonly unlisted: readonly UnlistedConnection[];
}

export async function readStatus(
  context: RunDependencies,
  config: Config,
  selected: readonly Connection[],
): Promise<StatusReading> {
  // Secrets are read before connections, so that the redactor knows them.
  const versions = await resolveAll(new Set(selected.map(({ secret }) => secret)), (secret) =>
    asResult(context, () => currentVersion(context, secret)),
  );
  const names = new Set(selected.map(({ environment }) => environment));
  const listings = await resolveAll(names, (name) => list(context, config, name));
  const texts = new TextResolver(context);
  const connections = await Promise.all(
    selected.map((connection) => {
      const listing = listings.get(connection.environment);
      return toStatus(texts, connection, { listing, version: versions.get(connection.secret) }, config);
    }),
  );
  return { connections, unlisted: [...listings].flatMap(([name, found]) => unlistedIn(config, name, found)) };
}

async function list(context: RunDependencies, config: Config, name: string): Promise<Listing | undefined> {
  const environment = config.environments.get(name);
  if (environment === undefined) return undefined;
  const listed = await asResult(context, () => listConfigured(context, environment));
  if (!(listed instanceof RotationError)) return listed;
  const { errorClass } = listed;
  return { state: "unknown", errorClass, ...environmentProblem(listed, environment) };
}

function unlistedIn(config: Config, environment: string, listing: Listing | undefined): UnlistedConnection[] {
  if (!(listing instanceof Map)) return [];
  return unlistedConnections(config, environment, listing).map(({ name, connectionType: type, phase }) => ({
    name,
    environment,
    type,
    phase,
  }));
}

async function resolveAll<T>(
  keys: ReadonlySet<string>,
  load: (key: string) => Promise<T>,
): Promise<Map<string, T>> {
  return new Map(await Promise.all([...keys].map(async (key) => [key, await load(key)] as const)));
}
