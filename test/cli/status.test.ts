import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "openai" },
];
const LABELLED = { propagationLabel: "FLINK_READY" };

describe("status", () => {
  it("shows phase, age, version and label of each connection with one LIST", async () => {
    const { run, confluent } = await startOperator({ connections: TWO, config: LABELLED });
    const { code, out } = await run(["status"]);
    expect(out).toMatch(/CURRENT SINCE +FLINK_READY\n/);
    expect(out).toMatch(
      /prod +a +OPENAI +healthy +READY +(now|\d s ago) +openai +[0-9a-f]{8} +1 h ago +no\n/,
    );
    expect(out).toContain("\n2 healthy.\n");
    expect(confluent.requests.map(({ method }) => method)).toEqual(["GET"]);
    expect(code).toBe(0);
  });

  it("shows the label as set after a rotation", async () => {
    const { run } = await startOperator({ connections: TWO, config: LABELLED });
    await run(["rotate"]);
    const { out } = await run(["status", "--json"]);
    expect(JSON.parse(out).connections).toMatchObject([{ propagated: true }, { propagated: true }]);
  });

  it("tells that a connection holds an older key, although its phase is READY, and ends with 1", async () => {
    const { run, aws } = await startOperator({ connections: TWO });
    aws.putSecret("openai", "sk-newer", { createdAt: Date.now() + 60_000 });
    const { code, out } = await run(["status", "a"]);
    expect(out).toMatch(/prod +a +OPENAI +stale +READY/);
    expect(out).toContain("It holds an older version of secret openai");
    expect(out).toContain("Send the current version: flink-connection-rotator rotate prod/a");
    expect(out).toContain("\n1 stale.\n");
    expect(code).toBe(1);
    expect(out).not.toContain("FLINK_READY");
  });

  it("calls a connection healthy that was updated within the second in which its version was created", async () => {
    const { run, aws } = await startOperator({ connections: TWO });
    const [before] = JSON.parse((await run(["status", "a", "--json"])).out).connections;
    const updatedAt = Date.parse(before.updatedAt);
    aws.putSecret("openai", "sk-newer", { createdAt: Math.floor(updatedAt / 1_000) * 1_000 + 999 });
    expect(JSON.parse((await run(["status", "a", "--json"])).out).connections).toMatchObject([
      { name: "a", state: "healthy" },
    ]);
  });

  it("names connections that exist and are not listed, which is no failure", async () => {
    const { run, confluent } = await startOperator({ connections: TWO });
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

  it("tells a pending connection from one that is refused", async () => {
    const { run, confluent } = await startOperator({ connections: TWO });
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

  it("ends with 1 if a connection is missing or not usable, and says why", async () => {
    const { run, confluent } = await startOperator({ connections: TWO, missing: ["b"] });
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
    const { run, confluent, aws } = await startOperator({ connections: TWO });
    aws.fail({ operation: "GetSecretValue", secretId: "openai", error: "AccessDeniedException" });
    expect((await run(["status"])).out).toContain("Secret openai may not be read");
    confluent.setApiKeys("env-1", []);
    expect((await run(["status"])).out).toContain("Confluent refused the rotator's Confluent API key (401).");
  });

  it("shows Confluent's own words and request id, as rotate does", async () => {
    const { run, confluent } = await startOperator({ connections: TWO });
    const headers = { "x-request-id": "req-1" };
    const fault = { kind: "status", status: 403, text: "Not in the IP filter.", headers } as const;
    confluent.fail({ method: "LIST", times: 9, fault });
    const { out } = await run(["status"]);
    expect(out).toContain(
      "    Confluent's IP filter does not admit the rotator (403).\n    Not in the IP filter.\n    Request id req-1.\n    Add the rotator's public IP address",
    );
  });

  it("says that an environment does not exist, and not to create connections", async () => {
    const { run } = await startOperator({ connections: TWO, environmentId: "env-9" });
    const { out } = await run(["status"]);
    expect(out).toContain("no such connection, environment or organization (404)");
    expect(out).not.toMatch(/create/i);
  });

  it("writes only JSON with --json", async () => {
    const { run } = await startOperator({ connections: TWO });
    const { out, err } = await run(["status", "--json"]);
    expect(JSON.parse(out).connections).toMatchObject([
      { name: "a", environment: "prod", phase: "READY", secret: "openai", state: "healthy" },
      { name: "b" },
    ]);
    expect(err).toBe("");
  });
});
