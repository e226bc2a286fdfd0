import { existsSync } from "node:fs";
import { type Config, readConfig } from "../config/load.ts";
import { type Connection, qualifiedName } from "../rotation/connection.ts";
import { plan, type Trigger } from "../rotation/plan.ts";
import { sameSecret } from "../rotation/secret-id.ts";
import { defaultConfigFile } from "./config-argument.ts";
import type { Context } from "./context.ts";
import { UsageError } from "./errors.ts";
import { PROGRAM } from "./program-name.ts";
import { suggestion } from "./suggestion.ts";

/** @throws UsageError if the file does not exist, ConfigError listing every fault. */
export function loadConfig(file: string | undefined, context: Pick<Context, "env">): Config {
  const path = file ?? defaultConfigFile(context);
  if (!existsSync(path))
    throw new UsageError(
      `There is no ${path}.`,
      `Choose a file with --config or CONNECTIONS_FILE, or create one with: ${PROGRAM} init`,
    );
  return readConfig(path, "--config or CONNECTIONS_FILE");
}

/** The connections that a command line selects: by name, by secret, by environment, or all of them. */
interface Selection {
  readonly names: readonly string[];
  readonly secrets: readonly string[];
  readonly environment: string | undefined;
}

/** @throws UsageError for a name that is not in connections.json. */
export function select(selection: Selection, config: Config): readonly Connection[] {
  requireListed(selection, config);
  const { names, secrets, environment } = selection;
  const trigger: Trigger = {
    kind: "direct",
    ...(names.length > 0 && { connections: [...names] }),
    ...(secrets.length > 0 && { secrets: [...secrets] }),
  };
  const selected = plan(trigger, config.connections)
    .flatMap((group) => group.connections)
    .filter((connection) => environment === undefined || connection.environment === environment);
  if (selected.length > 0) return selected;
  throw new UsageError(
    `None of these connections is in ${environment}.`,
    "Omit --environment to select connections in all environments.",
  );
}

function requireListed(selection: Selection, { connections, environments }: Config): void {
  const { names, secrets, environment } = selection;
  const plain = [...new Set(connections.map(({ name }) => name))];
  const qualified = connections.map(qualifiedName);
  for (const name of names)
    if (!plain.includes(name) && !qualified.includes(name))
      throw notListed("connection", name, name.includes("/") ? qualified : plain);
  for (const id of secrets)
    if (!connections.some(({ secret }) => sameSecret(secret, id)))
      throw notListed("secret", id, [...new Set(connections.map(({ secret }) => secret))]);
  if (environment !== undefined && !environments.has(environment))
    throw notListed("environment", environment, [...environments.keys()]);
}

/** A direct call for exactly these connections. */
export function triggerFor(
  selected: readonly Connection[],
  config: Config,
  { dryRun }: { readonly dryRun: boolean },
): Trigger & { kind: "direct" } {
  const isAll = selected.length === config.connections.length;
  return {
    kind: "direct",
    ...(!isAll && { connections: selected.map(qualifiedName) }),
    ...(dryRun && { dryRun }),
  };
}

function notListed(kind: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`No ${kind} "${name}" is listed in connections.json.`, suggestion(name, known));
}
