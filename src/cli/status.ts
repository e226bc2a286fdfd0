import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Config } from "../config/load.ts";
import { assertMatchesConfig } from "../rotation/config-match.ts";
import { type Connection, type ConnectionState, phaseKind } from "../rotation/connection.ts";
import type { RunDependencies, SecretVersion } from "../rotation/dependencies.ts";
import { RotationError } from "../rotation/errors.ts";
import { asResult } from "../rotation/outcome.ts";
import { TextResolver } from "../rotation/text-resolver.ts";
import { currentVersion } from "../rotation/versions.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { exampleText } from "./help.ts";
import { configOption, environmentOption, jsonOption, secretOption } from "./options.ts";
import { connectionProblem, environmentProblem, type Problem } from "./problem.ts";
import { listConfigured, withReadOnlyClients } from "./read-only.ts";
import { loadConfig, select } from "./selection.ts";
import { statusLines } from "./status-view.ts";

/** The current state of a connection and its secret. */
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
  /** When the AWSCURRENT version was created, ISO 8601. */
  readonly currentSince?: string;
  /** Whether the current version has the propagation label; absent if no label is configured. */
  readonly propagated?: boolean;
  /** False if the connection is missing, differs from its configuration or is not usable, or if its secret cannot be read. */
  readonly well: boolean;
  readonly problem?: string;
  /** Of the response that shows the problem. */
  readonly requestId?: string;
  readonly nextStep?: string;
}

const DESCRIPTION = `Show the phase and key age of each connection.

The command sends one LIST for each environment and writes nothing.
If Confluent reports no phase for an environment, the command says so and what that means.
A connection that was updated before the current version of its secret was created holds an older key.
The exit code is 1 if a connection is not usable.`;

export function statusCommand(context: CommandContext): CommandUnknownOpts {
  const { out } = context;
  return new Command("status")
    .summary("Show the phase and key age of each connection")
    .description(DESCRIPTION)
    .argument("[name...]", "connections, as NAME or ENVIRONMENT/NAME")
    .addOption(secretOption())
    .addOption(environmentOption())
    .addOption(jsonOption())
    .addOption(configOption())
    .addHelpText(
      "after",
      exampleText(out, [
        ["status", "every connection in connections.json"],
        ["status --environment prod", "the connections of one environment"],
        ["status support-openai --json", "one connection, as JSON"],
      ]),
    )
    .action(async (names, { secret = [], environment, json = false, config: file }) => {
      const config = loadConfig(file, context);
      const selected = select({ names, secrets: secret, environment }, config);
      const statuses = await withReadOnlyClients(config, context, (clients) =>
        readStatuses(clients, config, selected),
      );
      const lines = json
        ? [JSON.stringify({ connections: statuses }, null, 2)]
        : statusLines(out, statuses, config, Date.now());
      out.print(...lines);
      context.exitWith(statuses.every(({ well }) => well) ? EXIT.ok : EXIT.failed);
    });
}

async function readStatuses(
  context: RunDependencies,
  config: Config,
  selected: readonly Connection[],
): Promise<Status[]> {
  // Secrets are read before connections, so that the redactor knows them.
  const versions = await resolveAll(new Set(selected.map(({ secret }) => secret)), (secret) =>
    asResult(context, () => currentVersion(context, secret)),
  );
  const environments = new Set(selected.map(({ environment }) => environment));
  const lists = await resolveAll(environments, async (name) => {
    const environment = config.environments.get(name);
    if (environment === undefined) return undefined;
    const listed = await asResult(context, () => listConfigured(context, environment));
    return listed instanceof RotationError ? environmentProblem(listed, environment) : listed;
  });
  const texts = new TextResolver(context);
  return Promise.all(
    selected.map(async (connection) => {
      const reading = { list: lists.get(connection.environment), version: versions.get(connection.secret) };
      return toStatus(texts, connection, reading, config);
    }),
  );
}

async function resolveAll<T>(
  keys: ReadonlySet<string>,
  load: (key: string) => Promise<T>,
): Promise<Map<string, T>> {
  return new Map(await Promise.all([...keys].map(async (key) => [key, await load(key)] as const)));
}

interface Reading {
  readonly list: ReadonlyMap<string, ConnectionState> | Problem | undefined;
  readonly version: SecretVersion | RotationError | undefined;
}

async function toStatus(
  texts: TextResolver,
  connection: Connection,
  { list, version }: Reading,
  config: Config,
): Promise<Status> {
  const { name, environment, type, secret } = connection;
  const state = list instanceof Map ? list.get(name) : undefined;
  const problem = isProblem(list) ? list : problemOf(connection, state, version, config);
  const found = { ...(state?.detail && { detail: state.detail }), ...problem };
  const known = version instanceof RotationError ? undefined : version;
  const { message, ...shown } = await texts.resolve(found, connection, known);
  return {
    name,
    environment,
    type,
    ...(state && connectionFields(state)),
    secret,
    ...(version && !(version instanceof RotationError) && secretFields(version, config.propagationLabel)),
    well: problem === undefined,
    ...shown,
    ...(problem?.nextStep !== undefined && { nextStep: problem.nextStep }),
    ...(message !== undefined && { problem: message }),
  };
}

function connectionFields({ phase, updatedAt }: ConnectionState): Partial<Status> {
  return {
    phase,
    ...(updatedAt !== undefined && { updatedAt: new Date(updatedAt).toISOString() }),
  };
}

function secretFields(
  { versionId, createdAt, stages }: SecretVersion,
  label: string | undefined,
): Partial<Status> {
  return {
    secretVersionId: versionId,
    currentSince: new Date(createdAt).toISOString(),
    ...(label !== undefined && { propagated: stages.includes(label) }),
  };
}

function isProblem(list: Reading["list"]): list is Problem {
  return list !== undefined && "message" in list;
}

function problemOf(
  connection: Connection,
  state: ConnectionState | undefined,
  version: Reading["version"],
  { verification }: Config,
): Problem | undefined {
  try {
    const { phase, requestId } = assertMatchesConfig(connection, state);
    if (version instanceof RotationError) throw version;
    const kind = phaseKind(phase);
    if (kind === "usable" || (kind === "silent" && verification.require !== "ready")) return undefined;
    const message = `It is not usable: ${phase || "it has no phase"}.`;
    return { message, ...(requestId !== undefined && { requestId }) };
  } catch (error) {
    if (error instanceof RotationError) return connectionProblem(error, connection);
    throw error;
  }
}
