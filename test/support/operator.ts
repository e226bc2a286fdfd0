import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { selectAws } from "../../src/cli/aws-environment.ts";
import { main } from "../../src/cli/main.ts";
import { systemClock } from "../../src/rotation/clock.ts";
import { type AwsSandbox, startAws } from "../../src/sandbox/aws/server.ts";
import {
  type ConfluentOptions,
  type ConfluentSandbox,
  startConfluent,
} from "../../src/sandbox/confluent/server.ts";
import { recordOutput, watchAws } from "./leak-watch.ts";
import { fakeTerminal } from "./terminal.ts";
import { API_KEY, type ConnectionEntry } from "./world.ts";

/** The current key of every secret. */
export const KEY = "sk-old-enough-to-be-judged";

export interface OperatorOptions {
  readonly confluent?: Partial<ConfluentOptions>;
  /** Entries of connections.json. Each connection exists in the sandbox unless it is in `missing`. */
  readonly connections: readonly ConnectionEntry[];
  readonly missing?: readonly string[];
  /** The environmentId in connections.json, `env-1` by default. */
  readonly environmentId?: string;
  /** Additional keys of the environment in connections.json. */
  readonly environmentSettings?: Readonly<Record<string, unknown>>;
  /** Additional top-level keys of connections.json. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Operator {
  readonly aws: AwsSandbox;
  readonly confluent: ConfluentSandbox;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs a command in this process and returns its output. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ended>;
  readonly held: (name: string) => Readonly<Record<string, string>>;
}

interface RunOptions {
  readonly isTTY?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Answers questions like a person at a terminal. */
  readonly answer?: (question: string) => string | undefined;
  /** Receives the function that simulates Ctrl-C. */
  readonly onInterrupt?: (interrupt: () => void) => void;
}

const HOUR_MS = 3_600_000;

/** Both sandboxes on the real clock, with a connections.json of one environment; closed at the end of the test. */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const aws = watchAws(await startAws({ clock: systemClock }));
  const confluent = await startConfluent(options.confluent);
  const folder = mkdtempSync(join(tmpdir(), "rotator-"));
  const interrupts = new Set<() => void>();
  onTestFinished(async () => {
    // A command that a failed test has left behind would disturb the next tests.
    for (const interrupt of interrupts) interrupt();
    await Promise.all([aws.close(), confluent.close()]);
    rmSync(folder, { recursive: true });
  });
  const { key, secret } = API_KEY;
  aws.putSecret("confluent/key", JSON.stringify({ apiKey: key, apiSecret: secret }));
  confluent.addEnvironment({ organizationId: "org-1", environmentId: "env-1", apiKeys: [API_KEY] });
  for (const { name, type = "OPENAI", secret, ...others } of options.connections) {
    aws.putSecret(secret, KEY, { createdAt: Date.now() - HOUR_MS });
    const endpoint = String(others["endpoint"] ?? "https://api.example.com/v1");
    if (!options.missing?.includes(name))
      confluent.addConnection("env-1", { name, type, endpoint, data: { API_KEY: "before" } });
  }
  writeFileSync(join(folder, "connections.json"), JSON.stringify(configOf(options, confluent.url)));
  const env = {
    AWS_ENDPOINT_URL: aws.url,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "sandbox",
    AWS_SECRET_ACCESS_KEY: "sandbox",
    ALERT_TOPIC_ARN: aws.createTopic("alerts"),
    CONNECTIONS_FILE: join(folder, "connections.json"),
  };
  Object.assign(process.env, env);
  return {
    aws,
    confluent,
    folder,
    env,
    run: runner(env, interrupts),
    held: (name) => confluent.connection(name).data,
  };
}

function runner(base: Readonly<Record<string, string>>, interrupts: Set<() => void>): Operator["run"] {
  return async (
    args,
    { isTTY = false, rows = 40, columns = 100, env = {}, answer, onInterrupt = () => undefined } = {},
  ) => {
    const [out, err] = [
      fakeTerminal({ isTTY, rows, columns, env }),
      fakeTerminal({ isTTY, rows, columns, env }),
    ];
    const code = await main(args, {
      env: { ...base, ...env },
      out: out.terminal,
      err: err.terminal,
      useAws: (choice) => selectAws(process.env, choice),
      isInteractive: answer !== undefined,
      ask: async (question) => answer?.(question),
      onInterrupt: (interrupt) => {
        onInterrupt(interrupt);
        interrupts.add(interrupt);
        return () => interrupts.delete(interrupt);
      },
    });
    recordOutput(out.written());
    recordOutput(err.written());
    return { code, out: out.written(), err: err.written() };
  };
}

function configOf(
  { connections, config, environmentId = "env-1", environmentSettings }: OperatorOptions,
  restEndpoint: string,
): unknown {
  const ids = { organizationId: "org-1", environmentId, restEndpoint };
  return {
    environments: { prod: { ...ids, apiKeySecret: "confluent/key", ...environmentSettings } },
    connections: connections.map((entry) => ({ type: "OPENAI", ...entry })),
    timing: { readyTimeoutSeconds: 3, graceSeconds: 0 },
    ...config,
  };
}
