import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";
import { API_KEY } from "../support/world.ts";
import { TWO_SECRETS } from "./connections.ts";

describe("check", () => {
  it("ticks each passed check and sends no PUT", async () => {
    const { run, confluent, aws } = await startOperator({ connections: TWO_SECRETS });
    const { code, out } = await run(["check"]);
    expect(out.split("\n").slice(0, 5)).toEqual([
      "✓ configuration: 2 connections, no faults",
      "✓ environment prod: 2 connections in env-1",
      "✓ prod/a: openai: Would send api-key.",
      "✓ prod/b: anthropic: Would send api-key.",
      "✓ alert topic: arn:aws:sns:us-east-1:123456789012:alerts",
    ]);
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toEqual([]);
    expect(aws.published()).toEqual([]);
    expect(code).toBe(0);
  });

  it("says what to do about each failed check", async () => {
    const { run, aws } = await startOperator({ connections: TWO_SECRETS, missing: ["a"] });
    aws.putSecret("anthropic", "{}");
    const { code, out } = await run(["check", "--topic", "arn:aws:sns:us-east-1:123456789012:other"]);
    expect(out).toMatch(
      /✗ prod\/a: openai: There is no connection a in environment prod\.\n {4}Check the name a/,
    );
    expect(out).toMatch(
      /✗ prod\/b: anthropic: Secret anthropic lacks the field for api-key.*\n {4}Put a complete/,
    );
    expect(out).toMatch(/✗ alert topic: \S+ \(NotFoundException\): .*\n {4}Check that the topic exists/);
    expect(out).toContain("3 of 5 checks failed.");
    expect(code).toBe(1);
  });

  it("shows failed checks before passed ones", async () => {
    const { run } = await startOperator({ connections: TWO_SECRETS, missing: ["b"] });
    const { out } = await run(["check"]);
    expect(out).toMatch(/^✗ prod\/b: anthropic: There is no connection b.*\n[^✗]+\n✓ configuration: /);
  });

  it("names connections that exist but are not listed, without a failure", async () => {
    const { run, confluent } = await startOperator({ connections: TWO_SECRETS });
    for (const name of ["stray", "other"])
      confluent.addConnection("env-1", {
        name,
        type: "OPENAI",
        endpoint: "https://api.example.com",
        data: {},
      });
    const { code, out } = await run(["check"]);
    expect(out).toMatch(
      /^! environment prod: 2 connections exist in prod and connections\.json does not list them: \w+, \w+\.\n {4}The rotator does not update them\./,
    );
    expect(out).toContain("All checks passed.");
    expect(code).toBe(0);
    const { checks, counts } = JSON.parse((await run(["check", "--json"])).out);
    expect(counts).toEqual({ passed: 5, failed: 0, remark: 1 });
    expect(checks).toMatchObject([
      { check: "configuration", state: "passed" },
      { check: "environments", state: "passed", environment: "prod" },
      { check: "environments", state: "remark", environment: "prod" },
      { check: "connections", state: "passed", environment: "prod", name: "a", secret: "openai" },
      { check: "connections", name: "b", secret: "anthropic" },
      { check: "topic", state: "passed" },
    ]);
  });

  it("lists each environment once for all checks and once for the dry run", async () => {
    const { run, confluent } = await startOperator({ connections: TWO_SECRETS });
    await run(["check"]);
    const lists = confluent.requests.filter(
      ({ method, path }) => method === "GET" && !/connections\/./.test(path),
    );
    expect(lists.length).toBeLessThanOrEqual(2);
  });

  it("does not check the connections of an environment that cannot be listed", async () => {
    const { run, confluent } = await startOperator({ connections: TWO_SECRETS });
    confluent.setApiKeys("env-1", []);
    const { code, out } = await run(["check"]);
    expect(out).toMatch(
      /✗ environment prod: Confluent refused the rotator's Confluent API key \(401\)\.\n {4}.+\n {4}Request id \S+\.\n {4}Check that the Flink API key in secret confluent\/key exists/,
    );
    expect(out).not.toContain("prod/a");
    expect(code).toBe(1);
  });

  it("shows Confluent's message and request id for an environment that cannot be listed", async () => {
    const { run, confluent } = await startOperator({ connections: TWO_SECRETS });
    const text = "Source IP address 203.0.113.7 is not in the IP filter.";
    const headers = { "x-request-id": "req-1" };
    confluent.fail({ method: "LIST", times: 9, fault: { kind: "status", status: 403, text, headers } });
    const { out } = await run(["check"]);
    expect(out).toContain(
      `✗ environment prod: Confluent's IP filter does not admit the rotator (403).\n    ${text}\n    Request id req-1.\n    Add the rotator's public IP address`,
    );
  });

  it.each([
    ["does not exist", "env-9", /no such connection, environment or organization \(404\)/],
    ["has no connections", "env-2", /Environment prod \(env-2\) has no connections\./],
  ])(
    "says that the environment %s, without advice to create connections",
    async (_what, environmentId, problem) => {
      const { run, confluent } = await startOperator({ connections: TWO_SECRETS, environmentId });
      confluent.addEnvironment({ organizationId: "org-1", environmentId: "env-2", apiKeys: [API_KEY] });
      const { code, out } = await run(["check"]);
      expect(out).toMatch(problem);
      expect(out).toMatch(/\n {4}Check organizationId, environmentId, cloud and region/);
      expect(out).not.toMatch(/create/i);
      expect(code).toBe(1);
    },
  );

  it("reports every fault of the configuration and ends with 2", async () => {
    const { run } = await startOperator({
      connections: [{ name: "a", secret: "" }],
      config: { refresh: "never" },
    });
    const { code, out } = await run(["check", "--json"]);
    expect(JSON.parse(out)).toMatchObject({
      outcome: "failed",
      counts: { passed: 0, failed: 2, remark: 0 },
      checks: [
        { check: "configuration", state: "failed" },
        { check: "configuration", state: "failed" },
      ],
    });
    expect(code).toBe(2);
  });
});
