import { RateLimiter } from "../../src/adapters/rate-limit/limiter.ts";
import type {
  EnvironmentApi,
  Progress,
  RotationSettings,
  RunContext,
  SecretStore,
} from "../../src/rotation/dependencies.ts";
import { OutOfTimeError } from "../../src/rotation/errors.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeConfluent, type FakeOptions } from "./fake-confluent.ts";
import { FakeSecrets, type FakeSecretsOptions } from "./fake-secrets.ts";

export const API_KEY_SECRET = "confluent/key";

export const SETTINGS: RotationSettings = {
  canary: true,
  onRejected: "keep",
  readyTimeoutMs: 60_000,
  graceMs: 120_000,
  confirmMs: 10_000,
  require: "auto",
  refresh: "always",
  apiKeySecrets: new Map([
    ["prod", API_KEY_SECRET],
    ["test", API_KEY_SECRET],
  ]),
};

export interface FakeWorldOptions {
  readonly remainingMs?: number;
  readonly confluent?: Omit<FakeOptions, "clock">;
  readonly secrets?: Omit<FakeSecretsOptions, "clock">;
  readonly random?: () => number;
}

export interface FakeWorld {
  readonly clock: FakeClock;
  readonly confluent: FakeConfluent;
  readonly secrets: FakeSecrets;
  readonly deadlineAt: number;
  readonly context: RunContext;
  readonly progress: Progress[];
  readonly bugs: unknown[];
  readonly notes: (readonly [string, unknown])[];
  /** The context of another run, which starts now. */
  readonly openAgain: () => RunContext;
}

/** The context of a run in memory, on one clock, with the rotator's Confluent API key in its secret. */
export function fakeWorld(options: FakeWorldOptions = {}): FakeWorld {
  const { remainingMs = 890_000, random = () => 0.5 } = options;
  const clock = new FakeClock();
  const confluent = new FakeConfluent({ clock, ...options.confluent });
  const secrets = new FakeSecrets({ clock, ...options.secrets });
  secrets.add(API_KEY_SECRET, { versionId: "key-1", value: "flink-key:flink-secret", at: clock.now() - 1e9 });
  const [progress, bugs, notes]: [Progress[], unknown[], [string, unknown][]] = [[], [], []];
  const openAgain = (): RunContext => {
    const deadlineAt = clock.now() + remainingMs;
    const limiters = new Map<string, RateLimiter>();
    const limiterFor = (environment: string): RateLimiter => {
      const limiter = limiters.get(environment) ?? new RateLimiter(clock, deadlineAt);
      limiters.set(environment, limiter);
      return limiter;
    };
    return {
      trigger: { kind: "schedule" },
      settings: SETTINGS,
      clock,
      random,
      deadlineAt,
      secrets: beforeDeadline(secrets, () => clock.now() < deadlineAt),
      connect: (environment, apiKey) => rateLimited(confluent.api(apiKey), limiterFor(environment)),
      redactor: new Redactor(),
      progress: (each) => progress.push(each),
      isStopping: () => false,
      log: { bug: (error) => bugs.push(error), note: (message, facts) => notes.push([message, facts]) },
    };
  };
  const context = openAgain();
  const { deadlineAt } = context;
  return { clock, confluent, secrets, deadlineAt, context, progress, bugs, notes, openAgain };
}

function rateLimited(api: EnvironmentApi, limiter: RateLimiter): EnvironmentApi {
  return {
    list: (token) => limiter.schedule("read", () => api.list(token)),
    get: (name) => limiter.schedule("read", () => api.get(name)),
    put: (update) => limiter.schedule("write", () => api.put(update)),
    statements: {
      list: (token) => limiter.schedule("read", () => api.statements.list(token)),
      get: (name) => limiter.schedule("read", () => api.statements.get(name)),
      create: (statement) => limiter.schedule("write", () => api.statements.create(statement)),
      delete: (name) => limiter.schedule("write", () => api.statements.delete(name)),
      setStopped: (name, stopped) =>
        limiter.schedule("write", () => api.statements.setStopped(name, stopped)),
    },
  };
}

function beforeDeadline(secrets: SecretStore, isBeforeDeadline: () => boolean): SecretStore {
  const check = (): void => {
    if (!isBeforeDeadline()) throw new OutOfTimeError();
  };
  return {
    read: async (...args) => {
      check();
      return secrets.read(...args);
    },
    moveLabel: async (...args) => {
      check();
      return secrets.moveLabel(...args);
    },
    lastChangedAt: async (secretId) => {
      check();
      return secrets.lastChangedAt(secretId);
    },
  };
}
