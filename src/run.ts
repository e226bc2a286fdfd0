import { SecretsManagerClient, type SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import { Confluent } from "./adapters/confluent.ts";
import { exchange, type HttpAnswer, type HttpRequest, openAgent } from "./adapters/http.ts";
import { Gate } from "./adapters/rate-limit/limiter.ts";
import { roundTrips } from "./adapters/round-trip.ts";
import { createSecretStore } from "./adapters/secrets-manager.ts";
import type { Traffic } from "./adapters/telemetry.ts";
import type { Config } from "./config/load.ts";
import type { Clock } from "./rotation/clock.ts";
import type { Outside, RunLog } from "./rotation/dependencies.ts";
import { RotationError } from "./rotation/errors.ts";
import { plan, type Trigger } from "./rotation/plan.ts";
import type { Scrubber } from "./rotation/redact.ts";
import { createReport, type Report } from "./rotation/report/report.ts";
import { rotate, type Settings } from "./rotation/rotate.ts";
import { Secret } from "./rotation/secret.ts";
import { FAULT_PATIENCE_MS } from "./rotation/update.ts";

export interface RunOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** When all work must have ended, in milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly scrubber: Scrubber;
  readonly log: RunLog;
  readonly progress: Outside["progress"];
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
  const contacts = openContacts(config, options);
  try {
    const connections = await rotate(contacts.outside, settingsOf(config), { trigger, groups });
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

export interface Contacts {
  readonly outside: Outside;
  readonly traffic: Traffic;
  readonly close: () => Promise<void>;
}

/** Opens the way to everything outside; whoever opens it closes it. */
export function openContacts(config: Pick<Config, "environments">, options: RunOptions): Contacts {
  const { clock, random, deadlineAt, scrubber, log, progress, isStopping = () => false } = options;
  const client = new SecretsManagerClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 4_000, throwOnRequestTimeout: true },
    ...options.secretsManager,
  });
  const traffic = new Map<string, { requests: number; throttled: number }>();
  const gates = new Map<string, Gate>();
  const agent = openAgent();
  const dispatcher = agent.compose(roundTrips(clock.now, (origin, ms) => gates.get(origin)?.took(ms)));
  const gateTo = (restEndpoint: string): Gate => {
    const { origin } = new URL(restEndpoint);
    const gate = gates.get(origin) ?? new Gate(clock, deadlineAt);
    gates.set(origin, gate);
    return gate;
  };
  const outside: Outside = {
    clock,
    random,
    deadlineAt,
    scrubber,
    log,
    progress,
    isStopping,
    secrets: createSecretStore({ client, clock, deadlineAt, learn: (value) => scrubber.add(value) }),
    connections: (name, apiKey) => {
      const environment = config.environments.get(name);
      if (environment === undefined) throw new RotationError("internal", `No environment ${name}.`);
      scrubber.add(Secret.basic(apiKey.key, apiKey.secret));
      const gate = gateTo(environment.restEndpoint);
      const scrub = (text: string) => scrubber.scrub(text);
      const counted = traffic.get(name) ?? { requests: 0, throttled: 0 };
      traffic.set(name, counted);
      const send = async (request: HttpRequest): Promise<HttpAnswer> => {
        counted.requests += 1;
        const answer = await exchange(dispatcher, request);
        if (answer.status === 429) counted.throttled += 1;
        return answer;
      };
      return new Confluent(
        {
          ...environment,
          clock,
          random,
          deadlineAt,
          faultPatienceMs: FAULT_PATIENCE_MS,
          exchange: send,
          gate,
          scrub,
        },
        apiKey,
      );
    },
  };
  return {
    outside,
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
