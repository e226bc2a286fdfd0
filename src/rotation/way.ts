import { patientApi } from "./access.ts";
import { Cadence } from "./cadence.ts";
import { RotationError } from "./errors.ts";
import { Lookout, type Sight } from "./observe.ts";
import type { ApiKey, ConnectionsApi, Outside, SecretVersion } from "./outside.ts";
import type { SecretGroup } from "./plan.ts";
import type { Lane } from "./push.ts";
import { currentVersion } from "./versions.ts";
import { Watcher } from "./watch.ts";

/** What is needed to get to the connections. */
export interface Journey {
  readonly outside: Outside;
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
  readonly sights: ReadonlyMap<string, Sight>;
}

export type Ways = ReadonlyMap<string, Way | RotationError>;

/** Opens the way into each environment that has connections to rotate; an error stands for a way that is barred. */
export async function openWays({ outside, settings, groups }: Journey): Promise<Ways> {
  const connections = groups.flatMap((group) => group.connections);
  const apiKeys = new Map<string, Promise<SecretVersion>>();
  const ways = [...Map.groupBy(connections, ({ environment }) => environment)].map(
    async ([environment, inside]) => {
      const way = await attempt(outside, () =>
        openWay(
          { outside, settings, groups },
          { environment, names: inside.map(({ name }) => name), apiKeys },
        ),
      );
      return [environment, way] as const;
    },
  );
  return new Map(await Promise.all(ways));
}

interface Entrance {
  readonly environment: string;
  readonly names: readonly string[];
  /** The first reading of each API key secret, which several environments may share. */
  readonly apiKeys: Map<string, Promise<SecretVersion>>;
}

async function openWay(
  { outside, settings }: Journey,
  { environment, names, apiKeys }: Entrance,
): Promise<Way> {
  const secretId = settings.apiKeySecrets.get(environment) ?? "";
  const firstReading = apiKeys.get(secretId) ?? currentVersion(outside, secretId);
  apiKeys.set(secretId, firstReading);
  let isFirst = true;
  const read = (): Promise<SecretVersion> => {
    const reading = isFirst ? firstReading : currentVersion(outside, secretId);
    isFirst = false;
    return reading;
  };
  const connect = (apiKey: ApiKey): ConnectionsApi => outside.connections(environment, apiKey);
  const { clock, deadlineAt } = outside;
  const api = patientApi({ clock, secretId, read, connect, graceMs: settings.graceMs, deadlineAt });
  const sights = new Map<string, Sight>();
  const lookout = new Lookout(api);
  await lookout.look(names, (name, sight) => sights.set(name, sight));
  return {
    lane: {
      outside,
      api,
      watcher: new Watcher(lookout, clock, new Cadence(names.length)),
      readyTimeoutMs: settings.readyTimeoutMs,
      graceMs: settings.graceMs,
    },
    sights,
  };
}

/** The result, or the error as a value; an error that no policy knows is logged and becomes `internal`. */
export async function attempt<T>(outside: Outside, work: () => Promise<T>): Promise<T | RotationError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RotationError) return error;
    outside.log.bug(error);
    return new RotationError("internal", "The rotator met an error that it does not know.");
  }
}
