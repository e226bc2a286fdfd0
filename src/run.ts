import type { SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import type { Dispatcher } from "undici";
import type { Caller } from "./adapters/caller.ts";
import { ConfluentClient } from "./adapters/confluent.ts";
import { createAgent, type HttpRequest, type HttpResponse, sendRequest } from "./adapters/http.ts";
import { ProviderClients } from "./adapters/providers/clients.ts";
import { RateLimiter } from "./adapters/rate-limit/limiter.ts";
import { measureRoundTrips } from "./adapters/round-trip.ts";
import type { Traffic } from "./adapters/run-metrics.ts";
import { createSecretStore } from "./adapters/secrets-manager.ts";
import { SecretsManagerClients } from "./adapters/secrets-manager-clients.ts";
import type { TransportOptions } from "./adapters/transport.ts";
import type { Config } from "./config/load.ts";
import { settingsOf } from "./config/rotation-settings.ts";
import type { Clock } from "./rotation/clock.ts";
import type { ApiKey, RunContext, RunDependencies, RunLog } from "./rotation/dependencies.ts";
import { RotationError } from "./rotation/errors.ts";
import { plan, type Trigger } from "./rotation/plan.ts";
import { FAULT_RETRY_MS } from "./rotation/put.ts";
import type { Redactor } from "./rotation/redact.ts";
import { createReport, type Report } from "./rotation/report/report.ts";
import { rotate } from "./rotation/rotate.ts";
import { Secret } from "./rotation/secret.ts";
import type { AwsScope } from "./rotation/secret-id.ts";
import { StatementRecorder } from "./rotation/statements/recorder.ts";

export interface RunOptions {
  readonly clock: Clock;
  readonly random: () => number;
  /** The deadline of all work, in milliseconds since the epoch. */
  readonly deadlineAt: number;
  readonly redactor: Redactor;
  readonly log: RunLog;
  readonly progress: RunDependencies["progress"];
  readonly isStopping?: () => boolean;
  /** The account and region of secrets with bare names; unknown in a terminal. */
  readonly own?: AwsScope;
  /** Whose AWS permissions are used, and for whom advice is written; the function by default. */
  readonly caller?: Caller;
  /** Timeouts and retry budgets that differ from the defaults. */
  readonly confluent?: Partial<Pick<TransportOptions, "faultRetryMs" | "requestTimeoutMs">>;
  /** Called for each HTTP exchange with Confluent, with or without a response. Must not keep the request: it contains keys. */
  readonly onExchange?: (request: HttpRequest, response: HttpResponse | undefined) => void;
  /** Endpoint and credentials of Secrets Manager, if they differ from the SDK's variables. */
  readonly secretsManager?: Pick<SecretsManagerClientConfig, "endpoint" | "region" | "credentials">;
}

interface RunResult {
  readonly report: Report;
  readonly traffic: Traffic;
}

/**
 * One run, from the trigger to the report. It closes its sockets at the end, because Lambda's freeze between runs breaks them.
 * @throws EventError if a direct call names a connection or secret that is not listed.
 */
export async function run(config: Config, trigger: Trigger, options: RunOptions): Promise<RunResult> {
  const groups = plan(trigger, config.connections, options.own);
  if (trigger.kind === "secret-change" && groups.length === 0) {
    options.log.note("No listed connection uses this secret.", { secret: trigger.secret });
  }
  const startedAt = options.clock.now();
  const { context, traffic, close } = openRun(config, trigger, options);
  try {
    const statements = new StatementRecorder();
    const connections = await rotate(context, groups, statements);
    const endedAt = options.clock.now();
    const requests = [...traffic.values()].reduce((sum, each) => sum + each.requests, 0);
    const facts = { trigger, startedAt, endedAt, requests, statements: statements.entries() };
    return { report: createReport(connections, facts), traffic };
  } finally {
    await close();
  }
}

interface OpenRun {
  readonly context: RunContext;
  readonly traffic: Traffic;
  readonly close: () => Promise<void>;
}

/** Creates the context of a run with the clients of AWS, Confluent and the providers; the caller closes them. */
export function openRun(config: Config, trigger: Trigger, options: RunOptions): OpenRun {
  const { dependencies, traffic, close } = createClients(config, options);
  const providers = new ProviderClients(options);
  const asking = config.verification.provider ? { providers: providers.check } : {};
  return {
    context: { ...dependencies, ...asking, trigger, settings: settingsOf(config) },
    traffic,
    close: async () => {
      await Promise.all([close(), providers.close()]);
    },
  };
}

interface Clients {
  readonly dependencies: RunDependencies;
  readonly traffic: Traffic;
  readonly close: () => Promise<void>;
}

/** Creates the clients of AWS and Confluent; the caller closes them. */
export function createClients(config: Pick<Config, "environments">, options: RunOptions): Clients {
  const { clock, random, deadlineAt, redactor, isStopping = () => false } = options;
  const secretsManager = new SecretsManagerClients(options.secretsManager);
  const closed = new AbortController();
  const secrets = createSecretStore({
    clientFor: (region) => secretsManager.in(region),
    clock,
    random,
    deadlineAt,
    closed: closed.signal,
    ...(options.confluent?.faultRetryMs !== undefined && { retryMs: options.confluent.faultRetryMs }),
    onSecret: (value) => redactor.add(value),
    caller: options.caller ?? "function",
    redact: (text) => redactor.redact(text),
  });
  const confluent = new ConfluentClients(config, options);
  const connect = confluent.connect.bind(confluent);
  return {
    dependencies: { ...options, isStopping, secrets, connect },
    traffic: confluent.traffic,
    close: async () => {
      closed.abort();
      secretsManager.close();
      await confluent.close();
    },
  };
}

/** The clients of Confluent's environments: they share sockets, and a rate limiter for each host. */
class ConfluentClients {
  readonly traffic = new Map<string, { requests: number; throttled: number }>();
  readonly #config: Pick<Config, "environments">;
  readonly #options: RunOptions;
  readonly #limiters = new Map<string, RateLimiter>();
  readonly #agent = createAgent();
  readonly #dispatcher: Dispatcher;

  constructor(config: Pick<Config, "environments">, options: RunOptions) {
    this.#config = config;
    this.#options = options;
    this.#dispatcher = this.#agent.compose(
      measureRoundTrips(options.clock.now, (origin, ms) => this.#limiters.get(origin)?.recordRoundTrip(ms)),
    );
  }

  connect(name: string, apiKey: ApiKey): ConfluentClient {
    const { clock, random, deadlineAt, redactor, caller, confluent } = this.#options;
    const environment = this.#config.environments.get(name);
    if (environment === undefined) throw new RotationError("internal", `No environment ${name}.`);
    for (const secret of [apiKey.key, apiKey.secret, Secret.basic(apiKey.key, apiKey.secret)])
      redactor.add(secret);
    return new ConfluentClient(
      {
        ...environment,
        clock,
        random,
        deadlineAt,
        caller,
        faultRetryMs: FAULT_RETRY_MS,
        ...confluent,
        send: (request) => this.#send(name, request),
        limiterFor: (origin) => this.#limiterFor(origin),
        redact: (text) => redactor.redact(text),
      },
      apiKey,
    );
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #send(environment: string, request: HttpRequest): Promise<HttpResponse> {
    const counted = this.traffic.get(environment) ?? { requests: 0, throttled: 0 };
    this.traffic.set(environment, counted);
    counted.requests += 1;
    const { onExchange = () => undefined } = this.#options;
    const response = await sendRequest(this.#dispatcher, request).catch((error: unknown) => {
      onExchange(request, undefined);
      throw error;
    });
    onExchange(request, response);
    if (response.status === 429) counted.throttled += 1;
    return response;
  }

  #limiterFor(origin: string): RateLimiter {
    const limiter =
      this.#limiters.get(origin) ?? new RateLimiter(this.#options.clock, this.#options.deadlineAt);
    this.#limiters.set(origin, limiter);
    return limiter;
  }
}
