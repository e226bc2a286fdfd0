import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createHandler } from "../../src/handler.ts";
import type { Clock } from "../../src/rotation/clock.ts";
import type { Report } from "../../src/rotation/report.ts";
import { type AwsSandbox, startAws } from "../../src/sandbox/aws.ts";
import {
  type ConfluentOptions,
  type ConfluentSandbox,
  type NewConnection,
  startConfluent,
} from "../../src/sandbox/confluent.ts";
import type { SecretLabelUpdated } from "../../src/sandbox/secret-store.ts";
import { VirtualClock } from "./virtual-clock.ts";

export const API_KEY = { key: "FLINKAPIKEY12345", secret: "flink-api-secret-that-nobody-may-see" };

export interface ConnectionEntry {
  readonly name: string;
  readonly type?: string;
  readonly secret: string;
  readonly [option: string]: unknown;
}

export interface WorldOptions {
  readonly confluent?: Partial<ConfluentOptions>;
  /** As in connections.json; each also exists in the sandbox, unless `missing` names it. */
  readonly connections: readonly ConnectionEntry[];
  readonly missing?: readonly string[];
  /** Further keys at the top of connections.json. */
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
  /** Invokes the handler with so much of the Lambda's time left. */
  readonly invoke: (event: unknown, remainingMs?: number) => Promise<Report>;
  /** What the connection holds in the sandbox. */
  readonly held: (name: string) => Readonly<Record<string, string>>;
}

/** Both sandboxes, a connections.json and the handler, all on one virtual clock; gone at the end of the test. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const clock = new VirtualClock();
  const events: SecretLabelUpdated[] = [];
  const aws = await startAws({ clock, onEvent: (event) => events.push(event) });
  const confluent = await startConfluent({ clock, ...options.confluent });
  const folder = mkdtempSync(join(tmpdir(), "rotator-"));
  onTestFinished(async () => {
    await Promise.all([aws.close(), confluent.close()]);
    clock.close();
    rmSync(folder, { recursive: true });
  });
  const configFile = join(folder, "connections.json");
  writeFileSync(configFile, JSON.stringify(configOf(options, confluent.url)));
  confluent.addEnvironment({ organizationId: "org-1", environmentId: "env-1", apiKeys: [API_KEY] });
  for (const { name, type = "OPENAI" } of options.connections.filter(
    (each) => !options.missing?.includes(each.name),
  )) {
    confluent.addConnection("env-1", {
      name,
      type,
      endpoint: "https://api.example.com/v1",
      data: { API_KEY: "old-key" },
      ...options.live,
    });
  }
  const hourAgo = clock.now() - 3_600_000;
  aws.putSecret("confluent/key", JSON.stringify({ apiKey: API_KEY.key, apiSecret: API_KEY.secret }), {
    createdAt: hourAgo,
  });
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
      return handler(event, {
        functionName: "rotator",
        getRemainingTimeInMillis: () => endsAt - clock.now(),
      });
    },
    held: (name) => confluent.connection(name).data,
  };
}

function configOf({ connections, config }: WorldOptions, restEndpoint: string): unknown {
  return {
    environments: {
      prod: { organizationId: "org-1", environmentId: "env-1", restEndpoint, apiKeySecret: "confluent/key" },
    },
    connections: connections.map((entry) => ({ type: "OPENAI", ...entry })),
    ...config,
  };
}
