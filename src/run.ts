import { SecretsManagerClient, type SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import { ConfluentClient } from "./adapters/confluent.ts";
import { createAgent, type HttpRequest, type HttpResponse, sendRequest } from "./adapters/http.ts";
import { RateLimiter } from "./adapters/rate-limit/limiter.ts";
import { measureRoundTrips } from "./adapters/round-trip.ts";
import { createSecretStore } from "./adapters/secrets-manager.ts";
import type { Traffic } from "./adapters/telemetry.ts";
import type { Config } from "./config/load.ts";
import type { Clock } from "./rotation/clock.ts";
import type { RunContext, RunLog } from "./rotation/dependencies.ts";
import { RotationError } from "./rotation/errors.ts";
import { plan, type Trigger } from "./rotation/plan.ts";
import type { Redactor } from "./rotation/redact.ts";
import { createReport, type Report } from "./rotation/report/report.ts";
import { rotate, type Settings } from "./rotation/rotate.ts";
import { Secret } from "./rotation/secret.ts";
import { FAULT_RETRY_MS } from "./rotation/update.ts";

export interface RunOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** When all work must have ended, in milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly redactor: Redactor;
  readonly log: RunLog;
  readonly progress: RunContext["progress"];
  readonly isStopping?: () => boolean;
  /** Where Secrets Manager is and whom it answers, if not as the SDK's own variables have it. */
  readonly secretsManager?: Pick<SecretsManagerClientConfig, "endpoint" | "region" | "credentials">;
}

export interface RunResult {
  readonly report: Report;
  readonly traffic: Traffic;
}

/**
 * One run, from the trigger to the report. Its sockets end with it: Lambda freezes what is left open, and finds it dead.
 * @throws EventError when a direct call names something that is not listed.
 */
export async function run(config: Config, trigger: Trigger, options: RunOptions): Promise<RunResult> {
  const groups = plan(trigger, config.connections);
  if (trigger.kind === "secret-change" && groups.length === 0) {
    options.log.note("No connection that is listed uses this secret.", { secret: trigger.secret });
  }
  const startedAt = options.clock.now();
  const contacts = createClients(config, options);
  try {
    const connections = await rotate(contacts.context, settingsOf(config), { trigger, groups });
    const endedAt = options.clock.now();
    const requests = [...contacts.traffic.values()].reduce((sum, each) => sum + each.requests, 0);
    return {
      report: createReport(connections, { trigger, startedAt, endedAt, requests }),
      traffic: contacts.traffic,
    };
  } finally {
    await contacts.close();
  }
}

export interface Clients {
  readonly context: RunContext;
  readonly traffic: Traffic;
  readonly close: () => Promise<void>;
}

/** Opens the way to everything outside; whoever opens it closes it. */
export function createClients(config: Pick<Config, "environments">, options: RunOptions): Clients {
  const { clock, random, deadlineAt, redactor, log, progress, isStopping = () => false } = options;
  const client = new SecretsManagerClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
    ...options.secretsManager,
  });
  const traffic = new Map<string, { requests: number; throttled: number }>();
  const limiters = new Map<string, RateLimiter>();
  const agent = createAgent();
  const dispatcher = agent.compose(
    measureRoundTrips(clock.now, (origin, ms) => limiters.get(origin)?.recordRoundTrip(ms)),
  );
  const limiterFor = (restEndpoint: string): RateLimiter => {
    const { origin } = new URL(restEndpoint);
    const limiter = limiters.get(origin) ?? new RateLimiter(clock, deadlineAt);
    limiters.set(origin, limiter);
    return limiter;
  };
  const context: RunContext = {
    clock,
    random,
    deadlineAt,
    redactor,
    log,
    progress,
    isStopping,
    secrets: createSecretStore({ client, clock, deadlineAt, learn: (value) => redactor.add(value) }),
    connect: (name, apiKey) => {
      const environment = config.environments.get(name);
      if (environment === undefined) throw new RotationError("internal", `No environment ${name}.`);
      for (const secret of [apiKey.key, apiKey.secret, Secret.basic(apiKey.key, apiKey.secret)])
        redactor.add(secret);
      const limiter = limiterFor(environment.restEndpoint);
      const redact = (text: string) => redactor.redact(text);
      const counted = traffic.get(name) ?? { requests: 0, throttled: 0 };
      traffic.set(name, counted);
      const send = async (request: HttpRequest): Promise<HttpResponse> => {
        counted.requests += 1;
        const answer = await sendRequest(dispatcher, request);
        if (answer.status === 429) counted.throttled += 1;
        return answer;
      };
      return new ConfluentClient(
        {
          ...environment,
          clock,
          random,
          deadlineAt,
          faultRetryMs: FAULT_RETRY_MS,
          send,
          limiter,
          redact,
        },
        apiKey,
      );
    },
  };
  return {
    context,
    traffic,
    close: async () => {
      client.destroy();
      await agent.destroy();
    },
  };
}

function settingsOf({ rollout, timing, refresh, propagationLabel, environments }: Config): Settings {
  return {
    canary: rollout.canary,
    onRejected: rollout.onRejected,
    readyTimeoutMs: timing.readyTimeoutSeconds * 1_000,
    graceMs: timing.graceSeconds * 1_000,
    refresh,
    ...(propagationLabel !== undefined && { propagationLabel }),
    apiKeySecrets: new Map([...environments].map(([name, { apiKeySecret }]) => [name, apiKeySecret])),
  };
}
