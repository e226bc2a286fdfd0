import { existsSync } from "node:fs";
import { type Config, readConfig } from "../config/load.ts";
import { type Connection, qualifiedName } from "../rotation/connection.ts";
import { plan, type Trigger } from "../rotation/plan.ts";
import { sameSecret } from "../rotation/secret-id.ts";
import { type Context, type Input, type Option, PROGRAM } from "./command.ts";
import { UsageError } from "./errors.ts";
import { suggestion } from "./nearest.ts";

export const SELECTION_OPTIONS: Readonly<Record<string, Option>> = {
  secret: { value: "ID", multiple: true, help: "the connections of this secret (name or ARN)" },
  environment: { value: "NAME", help: "only what is in this environment" },
};

/** @throws UsageError where there is no such file, ConfigError listing every fault. */
export function loadConfig(input: Input, { env }: Context): Config {
  const file = input.text("config") ?? (env["CONNECTIONS_FILE"] || "connections.json");
  if (!existsSync(file))
    throw new UsageError(
      `There is no ${file}.`,
      `Name another with --config or CONNECTIONS_FILE, or make one: ${PROGRAM} discover --help`,
    );
  return readConfig(file);
}

/**
 * The connections that a command line means: the named ones and those of the given secrets, else all of them.
 * @throws UsageError for a name that is not listed.
 */
export function select(input: Input, config: Config): readonly Connection[] {
  const secrets = input.texts("secret");
  requireListed(input, config, secrets);
  const trigger: Trigger = {
    kind: "direct",
    ...(input.words.length > 0 && { connections: input.words }),
    ...(secrets.length > 0 && { secrets }),
  };
  const environment = input.text("environment");
  const selected = plan(trigger, config.connections)
    .flatMap((group) => group.connections)
    .filter((connection) => environment === undefined || connection.environment === environment);
  if (selected.length > 0) return selected;
  throw new UsageError(
    `None of these connections is in ${environment}.`,
    "Leave --environment out to see which there are.",
  );
}

function requireListed(
  input: Input,
  { connections, environments }: Config,
  secrets: readonly string[],
): void {
  const environment = input.text("environment");
  const names = connections.flatMap((each) => [each.name, qualifiedName(each)]);
  for (const name of input.words) if (!names.includes(name)) throw unknown("connection", name, names);
  for (const id of secrets)
    if (!connections.some(({ secret }) => sameSecret(secret, id)))
      throw unknown("secret", id, [...new Set(connections.map(({ secret }) => secret))]);
  if (environment !== undefined && !environments.has(environment))
    throw unknown("environment", environment, [...environments.keys()]);
}

/** A direct call for exactly these connections. */
export function triggerFor(
  selected: readonly Connection[],
  config: Config,
  dryRun: boolean,
): Trigger & { kind: "direct" } {
  const isAll = selected.length === config.connections.length;
  return {
    kind: "direct",
    ...(!isAll && { connections: selected.map(qualifiedName) }),
    ...(dryRun && { dryRun }),
  };
}

function unknown(what: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`No ${what} "${name}" is listed in connections.json.`, suggestion(name, known));
}
