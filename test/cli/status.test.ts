import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";
import { ONE_SECRET } from "./connections.ts";

const LABELLED = { propagationLabel: "FLINK_READY" };

describe("status", () => {
  it("shows phase, age, version and label of each connection with one LIST", async () => {
    const { run, confluent } = await startOperator({ connections: ONE_SECRET, config: LABELLED });
    const { code, out } = await run(["status"]);
    expect(out).toMatch(/CURRENT SINCE +FLINK_READY\n/);
    expect(out).toMatch(
      /prod +a +OPENAI +healthy +READY +(now|\d s ago) +openai +[0-9a-f]{8} +1 h ago +no\n/,
    );
    expect(out).toContain("\n2 healthy.\n");
    expect(confluent.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(code).toBe(0);
  });

  it("shows that the label is set after a rotation", async () => {
    const { run } = await startOperator({ connections: ONE_SECRET, config: LABELLED });
    await run(["rotate"]);
    const { out } = await run(["status", "--json"]);
    expect(JSON.parse(out).connections).toMatchObject([{ propagated: true }, { propagated: true }]);
  });

  it("does not claim that the label is missing if the secret cannot be read", async () => {
    const { run, aws } = await startOperator({ connections: ONE_SECRET, config: LABELLED });
    aws.fail({ secretId: "openai", error: "AccessDeniedException" });
    const { out } = await run(["status", "a"]);
    expect(out).toMatch(/prod +a +OPENAI +unknown +READY +(now|\d s ago) +openai +\? +\? +\?\n/);
  });

  it("says that a READY connection has an older key, and ends with 1", async () => {
    const { run, aws } = await startOperator({ connections: ONE_SECRET });
    aws.putSecret("openai", "sk-newer", { createdAt: Date.now() + 60_000 });
    const { code, out } = await run(["status", "a"]);
    expect(out).toMatch(/prod +a +OPENAI +stale +READY/);
    expect(out).toContain("It holds an older version of secret openai");
    expect(out.replace(/\s+/g, " ")).toContain(
      "Otherwise send it: flink-connection-rotator rotate --secret openai",
    );
    expect(out).toContain("\n1 stale.\n");
    expect(code).toBe(1);
    expect(out).not.toContain("FLINK_READY");
  });

  it("treats a connection as healthy that was updated in the second in which its version was created", async () => {
    const { run, aws } = await startOperator({ connections: ONE_SECRET });
    const [before] = JSON.parse((await run(["status", "a", "--json"])).out).connections;
    const updatedAt = Date.parse(before.updatedAt);
    aws.putSecret("openai", "sk-newer", { createdAt: Math.floor(updatedAt / 1_000) * 1_000 + 999 });
    expect(JSON.parse((await run(["status", "a", "--json"])).out).connections).toMatchObject([
      { name: "a", state: "healthy" },
    ]);
  });

  it("names connections that exist but are not listed, without a failure", async () => {
    const { run, confluent } = await startOperator({ connections: ONE_SECRET });
    confluent.addConnection("env-1", {
      name: "stray",
      type: "BEDROCK",
      endpoint: "https://a.example",
      data: {},
    });
    const { code, out } = await run(["status"]);
    expect(out).toContain("1 connection exists in prod and connections.json does not list it: stray.");
    expect(code).toBe(0);
    const { unlisted } = JSON.parse((await run(["status", "a", "--json"])).out);
    expect(unlisted).toEqual([{ name: "stray", environment: "prod", type: "BEDROCK", phase: "READY" }]);
  });

  it("distinguishes a pending connection from a refused one", async () => {
    const { run, confluent } = await startOperator({ connections: ONE_SECRET });
    confluent.addConnection("env-1", {
      name: "a",
      type: "OPENAI",
      endpoint: "https://api.example.com/v1",
      data: {},
      initially: "pending",
    });
    const { code, out } = await run(["status", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      outcome: "failed",
      counts: { pending: 1, healthy: 1 },
      connections: [{ name: "a", state: "pending" }, { state: "healthy" }],
    });
    expect(code).toBe(1);
  });

  it("says why a connection is missing or not usable, and ends with 1", async () => {
    const { run, confluent } = await startOperator({ connections: ONE_SECRET, missing: ["b"] });
    confluent.addConnection("env-1", {
      name: "a",
      type: "OPENAI",
      endpoint: "https://api.example.com/v1",
      data: {},
      initially: "invalidAuth",
      detail: "refused: sk-old-enough-to-be-judged",
    });
    const { code, out } = await run(["status"]);
    expect(out).toContain("It is not usable: INVALID_AUTH.");
    expect(out).toContain("refused: [redacted]");
    expect(out).toContain("There is no connection b in environment prod.");
    expect(code).toBe(1);
  });

  it("shows why an environment or a secret cannot be read", async () => {
    const { run, confluent, aws } = await startOperator({ connections: ONE_SECRET });
    aws.fail({ operation: "GetSecretValue", secretId: "openai", error: "AccessDeniedException" });
    expect((await run(["status"])).out).toContain("Secret openai may not be read");
    confluent.setApiKeys("env-1", []);
    const { out } = await run(["status"]);
    expect(out).toContain("Confluent refused the rotator's Confluent API key (401).");
    expect(out).toContain("secret confluent/key exists in Confluent Cloud");
    expect(out).not.toContain("EnvironmentAdmin");
  });

  it("shows Confluent's message and request id, as rotate does", async () => {
    const { run, confluent } = await startOperator({ connections: ONE_SECRET });
    const headers = { "x-request-id": "req-1" };
    const fault = { kind: "status", status: 403, text: "Not in the IP filter.", headers } as const;
    confluent.fail({ method: "LIST", times: 9, fault });
    const { out } = await run(["status"]);
    expect(out).toContain(
      "    Confluent's IP filter does not admit the rotator (403).\n    Not in the IP filter.\n    Request id req-1.\n    Add the rotator's public IP address",
    );
  });

  it("says that an environment does not exist, without advice to create connections", async () => {
    const { run } = await startOperator({ connections: ONE_SECRET, environmentId: "env-9" });
    const { out } = await run(["status"]);
    expect(out).toContain("no such connection, environment or organization (404)");
    expect(out).not.toMatch(/create/i);
  });

  it("writes only JSON with --json", async () => {
    const { run } = await startOperator({ connections: ONE_SECRET });
    const { out, err } = await run(["status", "--json"]);
    expect(JSON.parse(out).connections).toMatchObject([
      { name: "a", environment: "prod", phase: "READY", secret: "openai", state: "healthy" },
      { name: "b" },
    ]);
    expect(err).toBe("");
  });

  it("shows unhealthy connections first and folds more than twenty others on a terminal", async () => {
    const connections = Array.from({ length: 30 }, (_, index) => ({ name: `c-${index}`, secret: "openai" }));
    const { run } = await startOperator({ connections, missing: ["c-29"] });
    const terminal = { isTTY: true, columns: 80, env: { NO_COLOR: "1" } };
    const { out } = await run(["status"], terminal);
    expect(out).toMatch(/^ +ENVIRONMENT .*\n +prod +c-29 +unhealthy/);
    expect(out).not.toContain("c-1");
    expect(out).toMatch(/\n1 unhealthy, 29 healthy\. \(--all shows them\)\n$/);
    expect((await run(["status", "--all"], terminal)).out).toContain("c-1");
    expect((await run(["status"])).out).toContain("c-1");
  });

  it("shows a message once if only the names in it differ", async () => {
    const connections = ["a", "ab", "c"].map((name) => ({ name, secret: "openai" }));
    const { run } = await startOperator({ connections, missing: ["a", "ab"] });
    const { out } = await run(["status"]);
    expect(out).toContain(
      "\n  prod/a, prod/ab\n    There is no connection NAME in environment prod.\n    Check the name NAME",
    );
    expect((await run(["status", "a"])).out).toContain("There is no connection a in environment prod.");
  });

  it("shows a cause once for all affected connections", async () => {
    const connections = ["a", "b", "c"].map((name) => ({ name, secret: "openai" }));
    const { run, confluent } = await startOperator({ connections });
    confluent.setApiKeys("env-1", []);
    const { out } = await run(["status"]);
    expect(out).toContain("\n  prod/a, prod/b, prod/c\n    Confluent refused");
    expect(out.match(/Confluent refused/g)).toHaveLength(1);
    expect(out).toContain("\n3 unknown.\n");
  });
});
