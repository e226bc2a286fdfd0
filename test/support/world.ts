import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createHandler } from "../../src/handler.ts";
import type { Clock } from "../../src/rotation/clock.ts";
import type { Report } from "../../src/rotation/report/report.ts";
import type { SecretLabelUpdated } from "../../src/sandbox/aws/secret-store.ts";
import { type AwsSandbox, startAws } from "../../src/sandbox/aws/server.ts";
import type { NewConnection } from "../../src/sandbox/confluent/connection.ts";
import {
  type ConfluentOptions,
  type ConfluentSandbox,
  startConfluent,
} from "../../src/sandbox/confluent/server.ts";
import { recordResult, watchAws } from "./leak-watch.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const API_KEY = { key: "FLINKAPIKEY12345", secret: "flink-api-secret-that-nobody-may-see" };

export interface ConnectionEntry {
  readonly name: string;
  readonly environment?: string;
  readonly type?: string;
  readonly secret: string;
  readonly [option: string]: unknown;
}

export interface WorldOptions {
  readonly confluent?: Partial<ConfluentOptions>;
  /** How far Confluent's clock is ahead of the rotator's clock. */
  readonly confluentAheadMs?: number;
  /** As in connections.json. Each also exists in the sandbox unless it is in `missing`. */
  readonly connections: readonly ConnectionEntry[];
  readonly missing?: readonly string[];
  /** The keys under `environments`: `env-1` with its API key in the secret `confluent/key`, `env-2` with `confluent/key-2`, and so on. */
  readonly environments?: readonly string[];
  /** Replaces the sandbox's URL in connections.json. */
  readonly restEndpoint?: string;
  /** Additional keys of each environment in connections.json. */
  readonly environmentSettings?: Readonly<Record<string, unknown>>;
  /** Additional top-level keys of connections.json. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly live?: Partial<NewConnection>;
}

export interface World {
  readonly clock: Clock;
  readonly aws: AwsSandbox;
  readonly confluent: ConfluentSandbox;
  readonly topicArn: string;
  readonly events: SecretLabelUpdated[];
  readonly env: Readonly<Record<string, string>>;
  readonly configFile: string;
  /** Invokes the handler with `remainingMs` until the function's timeout. */
  readonly invoke: (event: unknown, remainingMs?: number) => Promise<Report>;
  /** The data that the connection holds in the sandbox. */
  readonly held: (name: string, environmentId?: string) => Readonly<Record<string, string>>;
  /** The `API_KEY` of each PUT that was applied to the connection. */
  readonly keysPut: (name: string, environmentId?: string) => readonly (string | undefined)[];
  /** When the alert was published, in milliseconds since the start of the test. */
  readonly alertedAfterMs: () => number | undefined;
}

/** The sandbox, a connections.json and the handler on one virtual clock, until the end of the test. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const events: SecretLabelUpdated[] = [];
  const aws = watchAws(await startAws({ clock: clock.serverSide, onEvent: (event) => events.push(event) }));
  const { confluentAheadMs = 0 } = options;
  const confluentClock = { ...clock.serverSide, now: () => clock.now() + confluentAheadMs };
  const confluent = await startConfluent({ clock: confluentClock, ...options.confluent });
  const folder = mkdtempSync(join(tmpdir(), "rotator-"));
  onTestFinished(async () => {
    await Promise.all([aws.close(), confluent.close()]);
    rmSync(folder, { recursive: true });
  });
  const configFile = join(folder, "connections.json");
  writeFileSync(configFile, JSON.stringify(configOf(options, confluent.url)));
  fill(options, { aws, confluent, clock });
  const topicArn = aws.createTopic("alerts");
  const env = { CONNECTIONS_FILE: configFile, ALERT_TOPIC_ARN: topicArn };
  process.env["AWS_ENDPOINT_URL"] = aws.url;
  const handler = createHandler({ env, clock, random: () => 0.5 });
  return {
    clock,
    aws,
    confluent,
    topicArn,
    events,
    env,
    configFile,
    invoke: (event, remainingMs = 900_000) => {
      const endsAt = clock.now() + remainingMs;
      const running = handler(event, {
        functionName: "rotator",
        invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:rotator",
        getRemainingTimeInMillis: () => endsAt - clock.now(),
      });
      return recordResult(running);
    },
    held: (name, environmentId) => confluent.connection(name, environmentId).data,
    keysPut: (name, environmentId) =>
      confluent.connection(name, environmentId).puts.map(({ data }) => data["API_KEY"]),
    alertedAfterMs: () => {
      const publish = aws.requests.find(({ operation }) => operation === "Publish");
      return publish && publish.at - startedAt;
    },
  };
}

function environmentsOf({ environments = ["prod"] }: WorldOptions) {
  return environments.map((name, index) => ({
    name,
    organizationId: "org-1",
    environmentId: `env-${index + 1}`,
    apiKeySecret: index === 0 ? "confluent/key" : `confluent/key-${index + 1}`,
  }));
}

function fill(options: WorldOptions, { aws, confluent, clock }: Pick<World, "aws" | "confluent" | "clock">) {
  const createdAt = clock.now() - 3_600_000;
  const value = JSON.stringify({ apiKey: API_KEY.key, apiSecret: API_KEY.secret });
  for (const { name, organizationId, environmentId, apiKeySecret } of environmentsOf(options)) {
    aws.putSecret(apiKeySecret, value, { createdAt });
    confluent.addEnvironment({ organizationId, environmentId, apiKeys: [API_KEY] });
    const inside = options.connections.filter(({ environment = name }) => environment === name);
    for (const each of inside.filter((entry) => !options.missing?.includes(entry.name))) {
      confluent.addConnection(environmentId, {
        name: each.name,
        type: each.type ?? "OPENAI",
        endpoint: "https://api.example.com/v1",
        data: { API_KEY: "old-key" },
        ...options.live,
      });
    }
  }
}

function configOf(options: WorldOptions, url: string): unknown {
  const { connections, config, environmentSettings, restEndpoint = url } = options;
  const environments = environmentsOf(options).map(({ name, ...rest }) => [
    name,
    { ...rest, restEndpoint, ...environmentSettings },
  ]);
  return {
    environments: Object.fromEntries(environments),
    connections: connections.map((entry) => ({ type: "OPENAI", ...entry })),
    ...config,
  };
}
