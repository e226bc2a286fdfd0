import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { unzipSync } from "fflate";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { startConfluent } from "../../src/sandbox/confluent/server.ts";
import { invokeIn } from "../support/deployment.ts";
import { API_KEY } from "../support/world.ts";
import { type Emulator, hasEmulator, openEmulator } from "./emulator.ts";
import { matches } from "./event-pattern.ts";
import { labelUpdated } from "./events.ts";
import { REGION } from "./synthesis.ts";

const isWanted = process.env["DEPLOY_TESTS"] === "1";

const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: REGION,
  AWS_EC2_METADATA_DISABLED: "true",
};

/** Runs a command as a user does. @returns its output. @throws if it fails. */
async function run(
  env: Readonly<Record<string, string>>,
  command: string,
  ...args: string[]
): Promise<string> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(command, args, { env: { PATH, HOME, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  await once(child, "close");
  const printed = (await output).join("");
  if (child.exitCode !== 0) throw new Error(`${command} ${args.join(" ")}: ${printed}`);
  return printed;
}

function jsonCall(emulator: Emulator, service: string, target: string, body: object): Promise<string> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  return emulator.call(service, { headers, body: JSON.stringify(body) });
}

const putSecret = async (emulator: Emulator, action: "CreateSecret" | "PutSecretValue", body: object) =>
  z
    .object({ ARN: z.string(), VersionId: z.string() })
    .parse(JSON.parse(await jsonCall(emulator, "secretsmanager", `secretsmanager.${action}`, body)));

const functions = z.object({
  Functions: z.tuple([
    z.object({
      FunctionName: z.string(),
      FunctionArn: z.string(),
      Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
    }),
  ]),
});

/** The deployed function in the emulator: its code, its environment and the event of its schedule. */
async function readDeployed(emulator: Emulator) {
  const get = (service: string, path: string) => emulator.call(service, { method: "GET", path });
  const { Functions } = functions.parse(JSON.parse(await get("lambda", "/2015-03-31/functions/")));
  const [{ FunctionArn, Environment }] = Functions;
  const template = await emulator.call("cloudformation", {
    body: new URLSearchParams({
      Action: "GetTemplate",
      Version: "2010-05-15",
      StackName: "FlinkConnectionRotator",
    }),
  });
  const [, account = ""] = /<Account>(\d+)</.exec(await identity(emulator)) ?? [];
  const [key = ""] = /[0-9a-f]{64}\.zip/.exec(template) ?? [];
  const archive = await emulator.download(`/cdk-hnb659fds-assets-${account}-${REGION}/${key}`);
  const folder = mkdtempSync(join(tmpdir(), "rotator-deployed-"));
  for (const [name, content] of Object.entries(unzipSync(archive)))
    writeFileSync(join(folder, name), content);
  const rules = await jsonCall(emulator, "events", "AWSEvents.ListRules", {});
  const env = {
    ...CREDENTIALS,
    ...Environment.Variables,
    AWS_SESSION_TOKEN: "test",
    AWS_ENDPOINT_URL: emulator.url,
    FUNCTION_ARN: FunctionArn,
  };
  return { folder, env, patterns: patternsOf(rules) };
}

const identity = (emulator: Emulator) =>
  emulator.call("sts", {
    body: new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" }),
  });

function patternsOf(rules: string): unknown[] {
  const parsed = z
    .object({ Rules: z.array(z.object({ EventPattern: z.string() })) })
    .parse(JSON.parse(rules));
  return parsed.Rules.map(({ EventPattern }): unknown => JSON.parse(EventPattern));
}

async function startWorld(emulator: Emulator) {
  const confluent = await startConfluent({ timeToReadyMs: 150, accepts: ["sk-first", "sk-second"] });
  onTestFinished(() => confluent.close());
  confluent.addEnvironment({ organizationId: "org-1", environmentId: "env-1", apiKeys: [API_KEY] });
  confluent.addConnection("env-1", {
    name: "a",
    type: "OPENAI",
    endpoint: "https://api.example.com/v1",
    data: { API_KEY: "old" },
  });
  const apiKey = JSON.stringify({ apiKey: API_KEY.key, apiSecret: API_KEY.secret });
  await putSecret(emulator, "CreateSecret", {
    Name: "flink",
    SecretString: apiKey,
    ClientRequestToken: token(0),
  });
  const { ARN: arn } = await putSecret(emulator, "CreateSecret", {
    Name: "openai",
    SecretString: "sk-first",
    ClientRequestToken: token(1),
  });
  return { confluent, arn };
}

const token = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;

function writeConfig(restEndpoint: string): string {
  const folder = mkdtempSync(join(tmpdir(), "rotator-deploy-"));
  const config = join(folder, "connections.json");
  const environment = {
    organizationId: "org-1",
    environmentId: "env-1",
    restEndpoint,
    apiKeySecret: "flink",
  };
  const file = {
    environments: { prod: environment },
    connections: [{ name: "a", type: "OPENAI", secret: "openai" }],
    timing: { confirmSeconds: 0.5, graceSeconds: 1 },
    verification: { provider: false },
  };
  writeFileSync(config, JSON.stringify(file));
  mkdirSync(join(folder, "cdk.out"));
  return config;
}

describe("npm run deploy", { timeout: 600_000 }, () => {
  it.skipIf(!hasEmulator || !isWanted)(
    "deploys into an AWS emulator, where the schedule and events start runs, diff finds no change and destroy removes everything (npm run test:deploy; skipped without moto_server)",
    async () => {
      await using emulator = await openEmulator();
      const { confluent, arn } = await startWorld(emulator);
      const aws = { ...CREDENTIALS, AWS_ENDPOINT_URL: emulator.url };
      const config = writeConfig(confluent.url);
      const settings = ["--context", `config=${config}`, "--context", "alertEmail=ops@example.com"];
      const npm = (script: string, ...args: string[]) =>
        run(aws, "npm", "run", script, "--", ...settings, ...args);

      await run(aws, "npx", "cdk", "bootstrap", ...settings);
      expect(await npm("deploy", "--require-approval", "never")).toContain("✅  FlinkConnectionRotator");

      const { folder, env, patterns } = await readDeployed(emulator);
      const scheduled = await invokeIn(folder, { trigger: "schedule" }, env);
      expect(scheduled.report).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
      expect(confluent.connection("a").data).toMatchObject({ API_KEY: "sk-first" });

      const change = async (value: string, digit: number) => {
        const version = { SecretId: "openai", SecretString: value, ClientRequestToken: token(digit) };
        const { VersionId } = await putSecret(emulator, "PutSecretValue", version);
        const event = labelUpdated(arn);
        return { ...event, detail: { ...event.detail, versionId: VersionId } };
      };
      const event = await change("sk-second", 2);
      expect(patterns.filter((pattern) => matches(pattern, event))).toHaveLength(1);
      const changed = await invokeIn(folder, event, env);
      expect(changed.report).toMatchObject({ outcome: "succeeded", trigger: { kind: "secret-change" } });
      expect(confluent.connection("a").data).toMatchObject({ API_KEY: "sk-second" });

      const refused = await invokeIn(folder, await change("sk-refused", 3), env);
      expect(refused.error?.name).toBe("RotationFailedError");
      expect(refused.lines.map(({ code }) => code)).toContain("ALERT_SENT");

      expect(await npm("diff", "--no-change-set")).toContain("There were no differences");
      await npm("destroy", "--force");
      const left = await emulator.call("lambda", { method: "GET", path: "/2015-03-31/functions/" });
      expect(JSON.parse(left).Functions).toEqual([]);
    },
  );
});
