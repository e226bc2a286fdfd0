import { withAuthRetry } from "../../src/rotation/api-key.ts";
import type { ApiKey, EnvironmentApi, SecretVersion } from "../../src/rotation/dependencies.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { HOUR_MS, NOW, observation, secretVersion } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";
import { untrusted } from "./untrusted.ts";

interface Options {
  /** What each reading of the secret gives; the last one again and again. */
  readonly versions: readonly (SecretVersion | Error)[];
  /** What a call with this key meets; by default it is good. */
  readonly meets?: (key: string, atMs: number) => Error | undefined;
  /** How long a call takes that begins then. */
  readonly takesMs?: (atMs: number) => number;
  readonly graceMs?: number;
  readonly deadlineMs?: number;
}

export function openCalls({ versions, meets = () => undefined, takesMs = () => 0, ...times }: Options) {
  const { graceMs = 120_000, deadlineMs = 890_000 } = times;
  const clock = new FakeClock(NOW);
  const calls: string[] = [];
  const changes: string[] = [];
  let readings = 0;
  const read = async () => {
    const version = versions[Math.min(readings, versions.length - 1)];
    readings += 1;
    if (version === undefined || version instanceof Error) throw version ?? new Error("No version.");
    return version;
  };
  const connect = ({ key }: ApiKey): EnvironmentApi => {
    const call = async <T>(answer: T): Promise<T> => {
      const atMs = clock.now() - NOW;
      calls.push(`${key.reveal()} ${atMs / 1_000}`);
      const error = meets(key.reveal(), atMs);
      await clock.sleep(takesMs(atMs));
      if (error) throw error;
      return answer;
    };
    const changed = (change: string): Promise<void> => call(void changes.push(change));
    return {
      list: (token) => call({ connections: [], nextToken: `after ${token}` }),
      get: (name) => call(observation({ name })),
      put: ({ name }) => call({ httpStatus: 200, requestId: untrusted(name) }),
      statements: {
        list: (token) => call({ statements: [], nextToken: `after ${token}` }),
        get: (name) => call({ name, phase: "RUNNING", isKeyRefused: false, isResumable: true }),
        create: ({ name }) => changed(`create ${name}`),
        delete: (name) => changed(`delete ${name}`),
        setStopped: (name, stopped) => changed(`${stopped ? "stop" : "resume"} ${name}`),
      },
    };
  };
  const deadlineAt = NOW + deadlineMs;
  const api = withAuthRetry({ clock, secretId: "our/key", read, connect, graceMs, deadlineAt });
  return { api, calls, changes, clock, readings: () => readings };
}

export function keyed(key: string, ageMs = HOUR_MS): SecretVersion {
  return secretVersion({ versionId: key, createdAt: NOW - ageMs, value: new Secret(`${key}:secret`) });
}
