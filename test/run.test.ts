import { describe, expect, it } from "vitest";
import type { Config } from "../src/config/load.ts";
import { createHandler } from "../src/handler.ts";
import { systemClock } from "../src/rotation/clock.ts";
import { OutOfTimeError } from "../src/rotation/errors.ts";
import { Redactor } from "../src/rotation/redact.ts";
import { createClients, run } from "../src/run.ts";
import { serve } from "./support/server.ts";
import { startWorld } from "./support/world.ts";

const REAL_TIMEOUT = AbortSignal.timeout;

describe("a run", () => {
  it("reports a connection whose environment is unknown as an internal error", async () => {
    const { aws, clock } = await startWorld({ connections: [] });
    aws.putSecret("openai", "key");
    aws.putSecret("confluent", "key:secret");
    const prod = {
      name: "prod",
      organizationId: "org-1",
      environmentId: "env-1",
      restEndpoint: "http://127.0.0.1:1",
      apiKeySecret: "confluent",
    };
    const config: Config = {
      environments: Object.assign(new Map([["prod", prod]]), { get: () => undefined }),
      connections: [
        {
          name: "a",
          environment: "prod",
          type: "OPENAI",
          secret: "openai",
          credentials: { kind: "options", values: {} },
          canary: false,
          provider: true,
        },
      ],
      rollout: { canary: true, onRejected: "keep" },
      timing: { readyTimeoutSeconds: 300, graceSeconds: 120, confirmSeconds: 10 },
      verification: { require: "auto", provider: true },
      refresh: "always",
    };
    const { report, traffic } = await run(
      config,
      { kind: "schedule" },
      {
        clock,
        random: () => 0.5,
        deadlineAt: clock.now() + 60_000,
        redactor: new Redactor(),
        log: { bug: () => undefined, note: () => undefined },
        progress: () => undefined,
      },
    );
    expect(report.connections).toMatchObject([
      { outcome: "failed", errorClass: "internal", message: "No environment prod." },
    ]);
    expect([report.requests, traffic.size]).toEqual([0, 0]);
  });
  it("moves the configured label to the version in use", async () => {
    const world = await startWorld({
      connections: [{ name: "a", secret: "openai" }],
      config: { propagationLabel: "FLINK_READY" },
    });
    const { versionId } = world.aws.putSecret("openai", "key");
    await world.invoke({});
    expect(world.aws.stages("openai")).toMatchObject({ FLINK_READY: versionId });
  });

  it("shares one rate limit among all environments of a host", async () => {
    const world = await startWorld({
      environments: ["blue", "green"],
      connections: [
        { name: "a", environment: "blue", secret: "openai" },
        { name: "b", environment: "green", secret: "openai" },
      ],
    });
    world.aws.putSecret("openai", "key");
    const fault = { kind: "status", status: 429, headers: { "retry-after": "7" } } as const;
    world.confluent.fail({ method: "GET", environment: "env-1", fault });
    const report = await world.invoke({});
    expect(report).toMatchObject({ outcome: "succeeded", requests: world.confluent.requests.length });
    const [first = 0, ...later] = world.confluent.requests.map(({ at }) => at);
    expect(later.filter((at) => at - first < 7_000).length).toBeLessThanOrEqual(1);
  });

  it("repeats a call to AWS that gets no response", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
    AbortSignal.timeout = REAL_TIMEOUT;
    world.aws.putSecret("openai", "key");
    world.aws.fail({ operation: "GetSecretValue", secretId: "openai", connection: "silence", times: 1 });
    const handler = createHandler({ env: world.env, clock: systemClock, random: () => 0.5 });
    const invocation = { functionName: "rotator", getRemainingTimeInMillis: () => 60_000 };
    await expect(handler({}, invocation)).resolves.toMatchObject({ outcome: "succeeded" });
  });
});

describe("the clients of a run", () => {
  const clientsOf = (endpoint: string) =>
    createClients(
      { environments: new Map() },
      {
        clock: systemClock,
        random: () => 0.5,
        deadlineAt: systemClock.now() + 10_000,
        redactor: new Redactor(),
        log: { bug: () => undefined, note: () => undefined },
        progress: () => undefined,
        secretsManager: {
          endpoint,
          region: "us-east-1",
          credentials: { accessKeyId: "test", secretAccessKey: "test" },
        },
      },
    );

  it.each([
    ["openai", "us-east-1"],
    ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-a1B2c3", "eu-west-1"],
  ])("sign a request for %s for the region %s", async (secretId, region) => {
    const scopes: (string | undefined)[] = [];
    const endpoint = await serve((request, response) => {
      scopes.push(/Credential=test\/\d+\/([a-z0-9-]+)\//.exec(request.headers.authorization ?? "")?.[1]);
      response.end(JSON.stringify({ SecretString: "sk-1", VersionId: "v1" }));
    });
    const { dependencies, close } = clientsOf(endpoint);
    const read = () => dependencies.secrets.read(secretId, { stage: "AWSCURRENT" });
    expect([await read(), await read()]).toMatchObject([{ versionId: "v1" }, { versionId: "v1" }]);
    await close();
    expect(scopes).toEqual([region, region]);
  });

  it("end a read that is under way when they are closed, and do not repeat it", async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    let requests = 0;
    const endpoint = await serve(() => {
      requests += 1;
      ask();
    });
    const { dependencies, close } = clientsOf(endpoint);
    const read = dependencies.secrets.read("openai", { stage: "AWSPREVIOUS" });
    const ended = expect(read).rejects.toThrow(OutOfTimeError);
    await asked;
    await close();
    await ended;
    expect(requests).toBe(1);
  });
});
