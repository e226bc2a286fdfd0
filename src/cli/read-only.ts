import type { Config, Environment } from "../config/load.ts";
import { parseApiKey } from "../rotation/api-key.ts";
import type { ConnectionState } from "../rotation/connection.ts";
import type { RunContext, RunLog } from "../rotation/dependencies.ts";
import { RotationError } from "../rotation/errors.ts";
import { currentVersion } from "../rotation/versions.ts";
import { createClients } from "../run.ts";
import { requireAws } from "./aws.ts";
import { runOptions } from "./run-options.ts";

const TIMEOUT_MS = 60_000;

/** Opens the way to Secrets Manager and Confluent for work that writes nothing, and closes it. */
export async function reading<T>(
  config: Pick<Config, "environments">,
  log: RunLog,
  work: (context: RunContext) => Promise<T>,
): Promise<T> {
  await requireAws();
  const contacts = createClients(config, runOptions(log, TIMEOUT_MS));
  return work(contacts.context).finally(contacts.close);
}

/** Every connection of an environment by its name, with one LIST for a hundred of them. @throws RotationError */
export async function listConnections(
  context: RunContext,
  { name, apiKeySecret }: Environment,
): Promise<ReadonlyMap<string, ConnectionState>> {
  const { value } = await currentVersion(context, apiKeySecret);
  const api = context.connect(name, parseApiKey(apiKeySecret, value));
  const seen = new Map<string, ConnectionState>();
  let token: string | undefined;
  do {
    const page = await api.list(token);
    for (const connection of page.connections) seen.set(connection.name, connection);
    token = page.nextToken;
  } while (token !== undefined);
  return seen;
}

/** The result, or what went wrong in Secrets Manager or at Confluent. */
export function settled<T>(work: Promise<T>): Promise<T | RotationError> {
  return work.catch((error: unknown) => {
    if (error instanceof RotationError) return error;
    throw error;
  });
}
