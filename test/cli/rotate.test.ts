import { describe, expect, it } from "vitest";
import { OUTCOMES } from "../../src/rotation/report/schema.ts";
import { startCli } from "../support/child.ts";
import { KEY, startOperator } from "../support/operator.ts";
import { THREE } from "./connections.ts";

describe("rotate", () => {
  it("sends every key and shows the report as a table", async () => {
    const { run, held } = await startOperator({ connections: THREE });
    const { code, out, err } = await run(["rotate"]);
    expect(out).toMatch(/prod +a +OPENAI +ready +READY/);
    expect(out).toMatch(/3 ready; \d+\.\d s, \d+ requests to Confluent\./);
    expect(err).toContain("prod/a (OPENAI): ready");
    expect(`${out}${err}`).not.toContain("\x1b");
    expect(held("c")).toEqual({ API_KEY: KEY, AUTH_TYPE: "API_KEY" });
    expect(code).toBe(0);
  });

  it("selects by name, by qualified name and by secret", async () => {
    const { run, held } = await startOperator({ connections: THREE });
    await run(["rotate", "prod/a"]);
    expect([held("a")["API_KEY"], held("b")["API_KEY"], held("c")["API_KEY"]]).toEqual([
      KEY,
      "before",
      "before",
    ]);
    await run(["rotate", "--secret", "anthropic", "--environment", "prod"]);
    expect([held("b")["API_KEY"], held("c")["API_KEY"]]).toEqual(["before", KEY]);
  });

  it("sends no PUT in a dry run", async () => {
    const { run, held } = await startOperator({ connections: THREE });
    const { code, out } = await run(["rotate", "--dry-run"]);
    expect(out).toContain("Would send api-key.");
    expect(held("a")).toEqual({ API_KEY: "before" });
    expect(code).toBe(0);
  });

  it("writes only the report to standard output with --json", async () => {
    const { env } = await startOperator({ connections: THREE });
    const { ended } = startCli(["rotate", "--json"], env);
    const { code, stdout, stderr } = await ended;
    const report = JSON.parse(stdout);
    expect(Object.keys(report)).toEqual([
      "outcome",
      "trigger",
      "startedAt",
      "durationMs",
      "requests",
      "version",
      "counts",
      "connections",
    ]);
    expect(Object.keys(report.counts)).toEqual(OUTCOMES);
    expect(report).toMatchObject({ outcome: "succeeded", trigger: { kind: "direct" }, counts: { ready: 3 } });
    expect(stderr).toContain("prod/a (OPENAI): ready");
    expect(`${stdout}${stderr}`).not.toContain(KEY);
    expect(code).toBe(0);
  });

  it("ends with 1 if a key is refused, and says what to do", async () => {
    const { run } = await startOperator({ connections: THREE.slice(0, 2), confluent: { accepts: ["good"] } });
    const { code, out } = await run(["rotate"]);
    expect(out).toMatch(/prod +a +OPENAI +failed +INVALID_AUTH/);
    expect(out).toMatch(/prod +b +OPENAI +not-attempted/);
    expect(out).toContain("    Check the key in secret openai against its provider");
    expect(code).toBe(1);
  });

  it("ends with 3 if a key was sent but the service does not say whether it is in use", async () => {
    const { run } = await startOperator({
      connections: THREE.slice(0, 1),
      confluent: { phases: { ready: "" } },
      config: { verification: { require: "ready" } },
    });
    const { code, out } = await run(["rotate"]);
    expect(out).toMatch(/prod +a +OPENAI +unverified/);
    expect(code).toBe(3);
  });

  it.each([
    ["a name", ["rotate", "ab"], 'No connection "ab" is listed in connections.json.\nDid you mean "a"?'],
    ["a secret", ["rotate", "--secret", "opnai"], 'Did you mean "openai"?'],
    ["an environment", ["rotate", "--environment", "staging"], "Available: prod."],
    ["a name unlike any other", ["rotate", "zzz"], "Available: a, b, c.\n"],
    ["a name with an environment", ["rotate", "prod/zzzz"], "Available: prod/a, prod/b, prod/c.\n"],
    ["an option", ["rotate", "--dry"], "Unknown option '--dry'.\nDid you mean \"--dry-run\"?"],
    [
      "an option instead of a value",
      ["rotate", "--secret", "--dry-run"],
      "Option '--secret <id>' argument '--dry-run' is invalid. A value is missing before this option.\nSee ",
    ],
    [
      "a value that is empty",
      ["rotate", "--secret", ""],
      "Option '--secret <id>' argument '' is invalid. The value is empty.\nSee ",
    ],
    [
      "a value",
      ["rotate", "--secret"],
      "Option '--secret <id>' argument missing.\nSee flink-connection-rotator rotate --help.",
    ],
  ])("ends with 2 for %s that is missing or unknown", async (_what, args, message) => {
    const { run, confluent } = await startOperator({ connections: THREE });
    const { code, out, err } = await run(args);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(confluent.requests).toEqual([]);
  });

  it("says that none of the selected connections is in the environment", async () => {
    const environment = {
      organizationId: "org-1",
      environmentId: "env-2",
      restEndpoint: "http://127.0.0.1:9",
    };
    const environments = {
      prod: { ...environment, apiKeySecret: "k" },
      staging: { ...environment, environmentId: "env-3", apiKeySecret: "k" },
    };
    const connections = [
      { name: "a", secret: "openai", environment: "prod" },
      { name: "b", secret: "openai", environment: "staging" },
    ];
    const { run } = await startOperator({ connections, config: { environments } });
    const { code, err } = await run(["rotate", "a", "--environment", "staging"]);
    expect(err).toContain("None of these connections is in staging.");
    expect(code).toBe(2);
  });

  it("redraws a table on a terminal, with colours unless NO_COLOR is set", async () => {
    const { run } = await startOperator({ connections: THREE, confluent: { timeToReadyMs: 500 } });
    const coloured = await run(["rotate"], { isTTY: true });
    expect(coloured.err).toContain("\x1b[4A\x1b[J");
    expect(coloured.err).toContain("\x1b[33mPENDING\x1b[39m");
    expect(coloured.out).toContain("\x1b[32mready");
    const plain = await run(["rotate"], { isTTY: true, env: { NO_COLOR: "1" } });
    expect(plain.err).toContain("\x1b[4A\x1b[J");
    expect(`${plain.out}${plain.err}`).not.toContain("\x1b[3");
  });
});
