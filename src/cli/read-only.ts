import type { Config, Environment } from "../config/load.ts";
import { parseApiKey } from "../rotation/api-key.ts";
import type { ConnectionState } from "../rotation/connection.ts";
import type { RunDependencies, RunLog } from "../rotation/dependencies.ts";
import { currentVersion } from "../rotation/versions.ts";
import { createClients } from "../run.ts";
import { requireAws } from "./aws.ts";
import { runOptions } from "./run-options.ts";

const TIMEOUT_MS = 60_000;

/** Runs `work` with clients for Secrets Manager and Confluent, and closes them afterwards. `work` must not write. */
export async function withReadOnlyClients<T>(
  config: Pick<Config, "environments">,
  log: RunLog,
  work: (context: RunDependencies) => Promise<T>,
): Promise<T> {
  await requireAws();
  const clients = createClients(config, runOptions(log, TIMEOUT_MS));
  return work(clients.dependencies).finally(clients.close);
}

/** The connections of an environment by name; one LIST returns a hundred. @throws RotationError */
export async function listConnections(
  context: RunDependencies,
  { name, apiKeySecret }: Environment,
): Promise<ReadonlyMap<string, ConnectionState>> {
  const { value } = await currentVersion(context, apiKeySecret);
  const api = context.connect(name, parseApiKey(apiKeySecret, value));
  const connections = new Map<string, ConnectionState>();
  let token: string | undefined;
  do {
    const page = await api.list(token);
    for (const connection of page.connections) connections.set(connection.name, connection);
    token = page.nextToken;
  } while (token !== undefined);
  return connections;
}
