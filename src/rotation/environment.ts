import { withAuthRetry } from "./api-key.ts";
import type { ApiKey, ConnectionsApi, RunContext, SecretVersion } from "./dependencies.ts";
import { RotationError } from "./errors.ts";
import type { SecretGroup } from "./plan.ts";
import { Poller } from "./polling/poller.ts";
import { ConnectionReader, type ReadResult } from "./polling/reader.ts";
import { PollSchedule } from "./polling/schedule.ts";
import type { Lane } from "./update.ts";
import { currentVersion } from "./versions.ts";

/** What is needed to get to the connections. */
export interface Journey {
  readonly context: RunContext;
  readonly settings: WaySettings;
  readonly groups: readonly SecretGroup[];
}

export interface WaySettings {
  readonly readyTimeoutMs: number;
  readonly graceMs: number;
  /** The secret with our own API key, by environment. */
  readonly apiKeySecrets: ReadonlyMap<string, string>;
}

/** How the connections of one environment are reached, and what was seen of them at first. */
export interface Way {
  readonly lane: Lane;
  readonly initialStates: ReadonlyMap<string, ReadResult>;
}

/** By environment; an error stands for a way that is barred. */
export type Ways = ReadonlyMap<string, Promise<Way | RotationError>>;

/** The readings of our own API keys, by secret, since several environments may share one. */
export type ApiKeys = ReadonlyMap<string, Promise<SecretVersion>>;

/** Begins to read the API key of each environment that has connections to rotate. */
export function readApiKeys({ context, settings, groups }: Journey): ApiKeys {
  const environments = groups.flatMap((group) => group.connections.map(({ environment }) => environment));
  const secretIds = new Set(environments.map((environment) => apiKeySecretOf(settings, environment)));
  return new Map([...secretIds].map((secretId) => [secretId, currentVersion(context, secretId)]));
}

function apiKeySecretOf({ apiKeySecrets }: WaySettings, environment: string): string {
  return apiKeySecrets.get(environment) ?? "";
}

/** Opens the way into each environment that has connections to rotate. */
export function openWays(journey: Journey, apiKeys: ApiKeys): Ways {
  const connections = journey.groups.flatMap((group) => group.connections);
  const byEnvironment = Map.groupBy(connections, ({ environment }) => environment);
  return new Map(
    [...byEnvironment].map(([environment, inside]) => {
      const names = inside.map(({ name }) => name);
      return [
        environment,
        asResult(journey.context, () => openWay(journey, { environment, names, apiKeys })),
      ];
    }),
  );
}

interface Entrance {
  readonly environment: string;
  readonly names: readonly string[];
  readonly apiKeys: ApiKeys;
}

async function openWay(
  { context, settings }: Journey,
  { environment, names, apiKeys }: Entrance,
): Promise<Way> {
  const secretId = apiKeySecretOf(settings, environment);
  let reading = apiKeys.get(secretId);
  const read = (): Promise<SecretVersion> => {
    const next = reading ?? currentVersion(context, secretId);
    reading = undefined;
    return next;
  };
  const connect = (apiKey: ApiKey): ConnectionsApi => context.connect(environment, apiKey);
  const { clock, deadlineAt } = context;
  const api = withAuthRetry({ clock, secretId, read, connect, graceMs: settings.graceMs, deadlineAt });
  const initialStates = new Map<string, ReadResult>();
  const reader = new ConnectionReader(api);
  await reader.read(names, (name, sight) => initialStates.set(name, sight));
  return {
    lane: {
      context,
      api,
      poller: new Poller(reader, clock, new PollSchedule(names.length)),
      readyTimeoutMs: settings.readyTimeoutMs,
      graceMs: settings.graceMs,
    },
    initialStates,
  };
}

/** The result, or the error as a value; an error that no policy knows is logged and becomes `internal`. */
export async function asResult<T>(context: RunContext, work: () => Promise<T>): Promise<T | RotationError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RotationError) return error;
    context.log.bug(error);
    return new RotationError("internal", "The rotator met an error that it does not know.");
  }
}
