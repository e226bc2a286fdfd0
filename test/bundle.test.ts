import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { systemClock } from "../src/rotation/clock.ts";
import { type AwsSandbox, startAws } from "../src/sandbox/aws.ts";
import { type ConfluentSandbox, startConfluent } from "../src/sandbox/confluent.ts";
import { selfSigned } from "./support/certificate.ts";
import { serveTls } from "./support/server.ts";

const BUNDLE = resolve(import.meta.dirname, "../dist/lambda/index.mjs");
const API_KEY = { key: "FLINKAPIKEY12345", secret: "flink-api-secret-that-nobody-may-see" };
const KEY = "sk-new-key-0123456789";
/** The file descriptor on which the process tells what came of the invocation. */
const RESULT = 3;

/** What Lambda does with the bundle, and how many sockets the invocation left open. */
const INVOKE = `
  import { subscribe } from "node:diagnostics_channel";
  import { writeSync } from "node:fs";
  const sockets = [];
  subscribe("net.client.socket", ({ socket }) => sockets.push(socket));
  const { handler } = await import(process.cwd() + "/index.mjs");
  const context = { functionName: "rotator", getRemainingTimeInMillis: () => 60_000 };
  const result = await handler(JSON.parse(process.argv[1]), context).then(
    (report) => ({ report }),
    (error) => ({ error: { name: error.name, message: error.message } }),
  );
  const openSockets = sockets.filter(({ destroyed }) => !destroyed).length;
  writeSync(${RESULT}, JSON.stringify({ ...result, sockets: sockets.length, openSockets }));
`;

const Result = z.object({
  report: z.looseObject({ outcome: z.string() }).optional(),
  error: z.object({ name: z.string(), message: z.string() }).optional(),
  sockets: z.number(),
  openSockets: z.number(),
});

const Line = z.looseObject({ code: z.string().optional() });

interface Deployment {
  readonly aws: AwsSandbox;
  readonly confluent: ConfluentSandbox;
  readonly invoke: (
    event: unknown,
  ) => Promise<z.output<typeof Result> & { lines: readonly z.output<typeof Line>[] }>;
}

/** The bundle alone in a folder with its connections.json, and what it talks to. */
async function deploy(
  options: { accepts?: readonly string[]; restEndpoint?: string } = {},
): Promise<Deployment> {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: run "npm run build" first.`);
  const aws = await startAws({ clock: systemClock });
  const { accepts } = options;
  const confluent = await startConfluent({ timeToReadyMs: 150, ...(accepts && { accepts }) });
  const folder = mkdtempSync(join(tmpdir(), "bundle-"));
  onTestFinished(async () => {
    await Promise.all([aws.close(), confluent.close()]);
    rmSync(folder, { recursive: true });
  });
  confluent.addEnvironment({ organizationId: "org-1", environmentId: "env-1", apiKeys: [API_KEY] });
  const endpoint = "https://api.example.com/v1";
  for (const name of ["a", "b"])
    confluent.addConnection("env-1", { name, type: "OPENAI", endpoint, data: { API_KEY: "old" } });
  const createdAt = Date.now() - 3_600_000;
  aws.putSecret("flink", JSON.stringify({ apiKey: API_KEY.key, apiSecret: API_KEY.secret }), { createdAt });
  aws.putSecret("openai", KEY, { createdAt });
  copyFileSync(BUNDLE, join(folder, "index.mjs"));
  const { restEndpoint = confluent.url } = options;
  writeFileSync(join(folder, "connections.json"), JSON.stringify(connectionsAt(restEndpoint)));
  const env = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "test",
    AWS_ENDPOINT_URL: aws.url,
    ALERT_TOPIC_ARN: aws.createTopic("alerts"),
  };
  return { aws, confluent, invoke: (event) => invoke(event, folder, env) };
}

function connectionsAt(restEndpoint: string): unknown {
  return {
    environments: {
      prod: { organizationId: "org-1", environmentId: "env-1", restEndpoint, apiKeySecret: "flink" },
    },
    connections: [
      { name: "a", type: "OPENAI", secret: "openai" },
      { name: "b", type: "OPENAI", secret: "openai" },
    ],
  };
}

async function invoke(event: unknown, cwd: string, env: Readonly<Record<string, string>>) {
  const args = ["--input-type=module", "--eval", INVOKE, JSON.stringify(event)];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ["ignore", "pipe", "pipe", "pipe"] });
  const [, stdout, stderr, result] = child.stdio.map((pipe) => (pipe instanceof Readable ? text(pipe) : ""));
  await once(child, "close");
  expect(child.exitCode).toBe(0);
  const lines = `${await stdout}${await stderr}`.trimEnd().split("\n");
  return {
    ...Result.parse(JSON.parse((await result) ?? "")),
    lines: lines.map((line) => Line.parse(JSON.parse(line))),
  };
}

describe("the bundle, alone in a folder", () => {
  it("rotates over the real protocols, prints JSON lines alone and leaves no socket", async () => {
    const { aws, confluent, invoke } = await deploy();
    const { report, sockets, openSockets, lines } = await invoke({ trigger: "schedule" });
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect(confluent.connection("b").data).toEqual({ API_KEY: KEY, AUTH_TYPE: "API_KEY" });
    expect(aws.published()).toEqual([]);
    expect(sockets).toBeGreaterThan(1);
    expect(openSockets).toBe(0);
    const codes = lines.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["RUN_STARTED", "CONNECTION", "RUN_ENDED"]));
  });

  it("throws its errors under their names, after the alert, and tells no secret", async () => {
    const { aws, invoke } = await deploy({ accepts: [] });
    const { error, openSockets, lines } = await invoke({ trigger: "schedule" });
    expect(error).toEqual({
      name: "RotationFailedError",
      message: "[FAILED] Flink connections prod: 1 of 2 failed, 1 not attempted (rejected)",
    });
    expect(aws.published()).toMatchObject([{ subject: error?.message, messageStructure: "json" }]);
    expect(openSockets).toBe(0);
    const output = JSON.stringify([lines, aws.published()]);
    expect(output).not.toContain(KEY);
    expect(output).not.toContain(API_KEY.secret);
  });

  it("speaks TLS, and refuses a certificate that is not valid", async () => {
    const { invoke } = await deploy({ restEndpoint: await serveTls(selfSigned()) });
    const { report, openSockets } = await invoke({});
    expect(report).toMatchObject({
      outcome: "failed",
      connections: [
        { errorClass: "unreachable", message: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT") },
        { errorClass: "unreachable" },
      ],
    });
    expect(openSockets).toBe(0);
  });

  it("refuses an event that is none", async () => {
    const { invoke } = await deploy();
    const { error, sockets } = await invoke({ Records: [] });
    expect(error?.name).toBe("EventError");
    expect(sockets).toBe(0);
  });
});
