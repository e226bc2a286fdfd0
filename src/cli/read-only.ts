import type { Caller } from "../adapters/caller.ts";
import type { Config, Environment } from "../config/load.ts";
import { parseApiKey } from "../rotation/api-key.ts";
import type { ConnectionState } from "../rotation/connection.ts";
import type { RunDependencies } from "../rotation/dependencies.ts";
import { RotationError } from "../rotation/errors.ts";
import { readPages } from "../rotation/pages.ts";
import { currentVersion } from "../rotation/versions.ts";
import { createClients } from "../run.ts";
import { WaitingNotice } from "../terminal/waiting-notice.ts";
import { requireAws } from "./aws.ts";
import type { CommandContext } from "./context.ts";
import { createLog } from "./log.ts";
import { runOptions } from "./run-options.ts";

const TIMEOUT_MS = 60_000;
/** Short, because a person waits: a host that does not respond is given up after eight seconds. */
export const SHORT_WAITS = { faultRetryMs: 4_000, requestTimeoutMs: 4_000 } as const;

/** Runs `work` with clients for Secrets Manager and Confluent, and closes them afterwards. `work` must not write. */
export async function withReadOnlyClients<T>(
  config: Pick<Config, "environments">,
  context: CommandContext,
  work: (clients: RunDependencies) => Promise<T>,
  caller: Caller = "person",
): Promise<T> {
  const [first] = config.environments.values();
  await requireAws(context, first?.apiKeySecret);
  const clients = createClients(config, {
    ...runOptions(createLog(context), TIMEOUT_MS, context.redactor),
    caller,
    confluent: SHORT_WAITS,
  });
  const notice = new WaitingNotice(context.err);
  return work(withNotice(clients.dependencies, config, notice)).finally(clients.close);
}

function withNotice(
  context: RunDependencies,
  { environments }: Pick<Config, "environments">,
  notice: WaitingNotice,
): RunDependencies {
  const { secrets } = context;
  return {
    ...context,
    secrets: {
      ...secrets,
      read: (id, selector) => notice.during(`secret ${id}`, () => secrets.read(id, selector)),
    },
    connect: (name, apiKey) => {
      const api = context.connect(name, apiKey);
      const host = URL.parse(environments.get(name)?.restEndpoint ?? "")?.host ?? name;
      return {
        list: (token) => notice.during(host, () => api.list(token)),
        get: (connection) => notice.during(host, () => api.get(connection)),
        put: (update) => api.put(update),
        statements: api.statements,
      };
    },
  };
}

/** The connections of an environment by name; one LIST returns a hundred. @throws RotationError */
export async function listConnections(
  context: RunDependencies,
  { name, apiKeySecret }: Environment,
): Promise<ReadonlyMap<string, ConnectionState>> {
  const { value } = await currentVersion(context, apiKeySecret);
  const api = context.connect(name, parseApiKey(apiKeySecret, value));
  return readPages(async (token) => {
    const { connections: items, ...next } = await api.list(token);
    return { items, ...next };
  });
}

/** The same for an environment that must have connections. @throws RotationError also if it has none */
export async function listConfigured(
  context: RunDependencies,
  environment: Environment,
): Promise<ReadonlyMap<string, ConnectionState>> {
  const connections = await listConnections(context, environment);
  if (connections.size > 0) return connections;
  const { name, environmentId } = environment;
  throw new RotationError("not-found", `Environment ${name} (${environmentId}) has no connections.`, {
    nextStep: `Check organizationId, environmentId, cloud and region of ${name} in connections.json.`,
  });
}
