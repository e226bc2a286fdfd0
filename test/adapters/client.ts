import { onTestFinished } from "vitest";
import { ConfluentClient } from "../../src/adapters/confluent.ts";
import { createAgent, sendRequest } from "../../src/adapters/http.ts";
import { RateLimiter } from "../../src/adapters/rate-limit/limiter.ts";
import type { PutRequest } from "../../src/rotation/connection.ts";
import { RotationError } from "../../src/rotation/errors.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";
import {
  type ConfluentOptions,
  type ConfluentSandbox,
  startConfluent,
} from "../../src/sandbox/confluent/server.ts";
import { shown } from "../support/untrusted.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

export const API_KEY = { key: "FLINKAPIKEY12345", secret: "flink-api-secret-that-nobody-may-see" };
export const PUSHED_KEY = "sk-pushed-key-0123456789";

export interface Bench {
  readonly clock: VirtualClock;
  readonly api: ConfluentClient;
  /** Creates another client with the same host and rate limiters. */
  readonly connect: (changes?: {
    readonly environmentId?: string;
    readonly secret?: string;
  }) => ConfluentClient;
}

export interface BenchOptions {
  readonly restEndpoint: string;
  readonly clock?: VirtualClock;
  readonly budgetMs?: number;
  readonly remainingMs?: number;
}

/** The real client without a sandbox. Its sockets are closed at the end of the test. */
export function clientOf(options: BenchOptions): Bench {
  const { restEndpoint, clock = new VirtualClock(), budgetMs = 30_000, remainingMs = 600_000 } = options;
  const dispatcher = createAgent();
  onTestFinished(() => dispatcher.destroy());
  const deadlineAt = clock.now() + remainingMs;
  const limiters = new Map<string, RateLimiter>();
  const limiterFor = (origin: string): RateLimiter => {
    const limiter = limiters.get(origin) ?? new RateLimiter(clock, deadlineAt);
    limiters.set(origin, limiter);
    return limiter;
  };
  const redactor = new Redactor();
  for (const value of [API_KEY.key, API_KEY.secret, PUSHED_KEY]) redactor.add(new Secret(value));
  const connect = ({ environmentId = "env-1", secret = API_KEY.secret } = {}) =>
    new ConfluentClient(
      {
        restEndpoint,
        organizationId: "org-1",
        environmentId,
        clock,
        random: () => 0.5,
        deadlineAt,
        faultRetryMs: budgetMs,
        send: sendRequest.bind(undefined, dispatcher),
        limiterFor,
        redact: (text) => redactor.redact(text),
      },
      { key: new Secret(API_KEY.key), secret: new Secret(secret) },
    );
  return { clock, api: connect(), connect };
}

/** A sandbox with the connection `a` and the real client for it, on one virtual clock. */
export async function startBench(
  sandboxOptions: ConfluentOptions = {},
  options: Omit<BenchOptions, "restEndpoint" | "clock"> = {},
): Promise<Bench & { readonly sandbox: ConfluentSandbox }> {
  const clock = new VirtualClock();
  const sandbox = await startConfluent({ clock, ...sandboxOptions });
  onTestFinished(() => sandbox.close());
  sandbox.addEnvironment({ organizationId: "org-1", environmentId: "env-1", apiKeys: [API_KEY] });
  addConnection(sandbox, "a");
  return { sandbox, ...clientOf({ restEndpoint: sandbox.url, clock, ...options }) };
}

export function addConnection(sandbox: ConfluentSandbox, name: string): void {
  const endpoint = "https://api.openai.com/v1/chat/completions";
  sandbox.addConnection("env-1", { name, type: "OPENAI", endpoint, data: { API_KEY: "old" } });
}

export function update(changes: Partial<PutRequest> = {}): PutRequest {
  return {
    name: "a",
    connectionType: "OPENAI",
    endpoint: "https://api.openai.com/v1/chat/completions",
    data: new Secret(JSON.stringify({ API_KEY: PUSHED_KEY, AUTH_TYPE: "API_KEY" })),
    ...changes,
  };
}

/** The RotationError of `work`, with its texts as shown without secrets. */
export async function failureOf(work: Promise<unknown>): Promise<RotationError> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof RotationError)
    return Object.defineProperty(error, "response", { value: shown(error.response) });
  throw new Error("It did not end with a RotationError.", { cause: error });
}
