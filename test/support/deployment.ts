import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import * as z from "zod";
import { systemClock } from "../../src/rotation/clock.ts";
import { type AwsSandbox, startAws } from "../../src/sandbox/aws/server.ts";
import {
  type ConfluentOptions,
  type ConfluentSandbox,
  startConfluent,
} from "../../src/sandbox/confluent/server.ts";
import { recordOutput, watchAws } from "./leak-watch.ts";
import { API_KEY } from "./world.ts";

const BUNDLE = resolve(import.meta.dirname, "../../dist/lambda/index.mjs");
const GUARD = resolve(import.meta.dirname, "loopback-only-process.ts");
/** The file descriptor to which the process writes the result of the invocation. */
const RESULT = 3;

/** Invokes the bundle as Lambda does and counts the sockets that it leaves open. */
const INVOKE = `
  import { subscribe } from "node:diagnostics_channel";
  import { writeSync } from "node:fs";
  import { inspect } from "node:util";
  const sockets = [];
  subscribe("net.client.socket", ({ socket }) => sockets.push(socket));
  const { handler } = await import(process.cwd() + "/index.mjs");
  const atStart = sockets.length;
  const context = {
    functionName: "rotator",
    invokedFunctionArn: process.env.FUNCTION_ARN ?? "arn:aws:lambda:us-east-1:123456789012:function:rotator",
    getRemainingTimeInMillis: () => Number(process.env.REMAINING_MS ?? 60_000),
  };
  const result = await handler(JSON.parse(process.argv[1]), context).then(
    (report) => ({ report }),
    (error) => ({ error: { name: error.name, message: error.message }, inspected: inspect(error, { depth: null, showHidden: true }) }),
  );
  const openSockets = sockets.filter(({ destroyed }) => !destroyed).length;
  writeSync(${RESULT}, JSON.stringify({ ...result, sockets: sockets.length - atStart, openSockets }));
`;

const Result = z.object({
  report: z.looseObject({ outcome: z.string() }).optional(),
  error: z.object({ name: z.string(), message: z.string() }).optional(),
  /** The inspected error. */
  inspected: z.string().optional(),
  sockets: z.number(),
  openSockets: z.number(),
});

const Line = z.looseObject({ code: z.string().optional() });

export interface Invoked extends z.output<typeof Result> {
  /** What the process printed. */
  readonly printed: string;
  readonly lines: readonly z.output<typeof Line>[];
}

export interface Deployment {
  readonly aws: AwsSandbox;
  readonly confluent: ConfluentSandbox;
  /** Its connections.json. */
  readonly configFile: string;
  readonly invoke: (event: unknown) => Promise<Invoked>;
  /** Starts an invocation that can be killed. */
  readonly start: (event: unknown) => ChildProcess;
}

export interface DeploymentOptions extends Partial<ConfluentOptions> {
  readonly restEndpoint?: string;
  /** The value of the secret `openai`. */
  readonly key: string;
  /** The type of the connections; `OPENAI` by default. */
  readonly type?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** The endpoint of the connections, also in connections.json; by default connections.json has none. */
  readonly endpoint?: string;
  /** Options of the connections that are not secret. */
  readonly values?: Readonly<Record<string, string>>;
  /** The names of the secret for the connections a and b, given its ARN; by default its bare name. */
  readonly secretNames?: (arn: string) => readonly [string, string];
}

/** The bundle in its own folder with its connections.json, and its stand-ins, in real time. */
export async function deploy({
  restEndpoint,
  key,
  type = "OPENAI",
  env,
  endpoint,
  values,
  secretNames = () => ["openai", "openai"],
  ...behaviour
}: DeploymentOptions): Promise<Deployment> {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: run "npm run build" first.`);
  const aws = watchAws(await startAws({ clock: systemClock }));
  const confluent = await startConfluent({ timeToReadyMs: 150, ...behaviour });
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  onTestFinished(async () => {
    await Promise.all([aws.close(), confluent.close()]);
    rmSync(folder, { recursive: true });
  });
  confluent.addEnvironment({ organizationId: "org-1", environmentId: "env-1", apiKeys: [API_KEY] });
  for (const name of ["a", "b"])
    confluent.addConnection("env-1", {
      name,
      type,
      endpoint: endpoint ?? "https://api.example.com/v1",
      data: { API_KEY: "old" },
    });
  const createdAt = Date.now() - 3_600_000;
  aws.putSecret("flink", JSON.stringify({ apiKey: API_KEY.key, apiSecret: API_KEY.secret }), { createdAt });
  const { arn } = aws.putSecret("openai", key, { createdAt });
  copyFileSync(BUNDLE, join(folder, "index.mjs"));
  const names = secretNames(arn);
  const connections = JSON.stringify(
    connectionsAt(
      restEndpoint ?? confluent.url,
      { type, ...(endpoint !== undefined && { endpoint }), ...(values && { values }) },
      names,
    ),
  );
  const configFile = join(folder, "connections.json");
  writeFileSync(configFile, connections);
  const lambda = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "test",
    AWS_ENDPOINT_URL: aws.url,
    ALERT_TOPIC_ARN: aws.createTopic("alerts"),
    ...env,
  };
  const start = (event: unknown) => startProcess(event, folder, lambda);
  return { aws, confluent, configFile, start, invoke: (event) => resultOf(start(event)) };
}

/** Invokes the bundle in a folder, as Lambda does. */
export function invokeIn(
  folder: string,
  event: unknown,
  env: Readonly<Record<string, string>>,
): Promise<Invoked> {
  return resultOf(startProcess(event, folder, env));
}

function connectionsAt(
  restEndpoint: string,
  shared: { readonly type: string; readonly endpoint?: string; readonly values?: object },
  [secretOfA, secretOfB]: readonly [string, string],
): unknown {
  return {
    environments: {
      prod: { organizationId: "org-1", environmentId: "env-1", restEndpoint, apiKeySecret: "flink" },
    },
    connections: [
      { name: "a", ...shared, secret: secretOfA },
      { name: "b", ...shared, secret: secretOfB },
    ],
    timing: { confirmSeconds: 0.5 },
  };
}

function startProcess(event: unknown, cwd: string, env: Readonly<Record<string, string>>): ChildProcess {
  const args = ["--import", GUARD, "--input-type=module", "--eval", INVOKE, JSON.stringify(event)];
  return spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
}

async function resultOf(child: ChildProcess): Promise<Invoked> {
  const [, stdout, stderr, result] = child.stdio.map((pipe) => (pipe instanceof Readable ? text(pipe) : ""));
  await once(child, "close");
  const printed = `${await stdout}${await stderr}`;
  recordOutput(printed);
  if (child.exitCode !== 0) throw new Error(`The process ended with ${child.exitCode}: ${printed}`);
  const lines = printed.trimEnd().split("\n");
  recordOutput((await result) ?? "");
  return {
    ...Result.parse(JSON.parse((await result) ?? "")),
    printed,
    lines: lines.map((line) => Line.parse(JSON.parse(line))),
  };
}
