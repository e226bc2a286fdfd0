import { describe, expect, it, onTestFinished } from "vitest";
import { NO_EVIDENCE } from "../../src/rotation/outcome.ts";
import { createReport } from "../../src/rotation/report/report.ts";
import { type DeployedFunction, startLambda } from "../../src/sandbox/aws/lambda.ts";
import { startOperator } from "../support/operator.ts";

const DESCRIPTION = "Rotates the API keys of Confluent Cloud Flink connections (version 0.1.0)";
const REPORT = createReport(
  [
    {
      name: "a",
      environment: "prod",
      type: "OPENAI",
      outcome: "unverified",
      evidence: NO_EVIDENCE,
      secret: "openai",
      durationMs: 900,
    },
  ],
  { trigger: { kind: "direct" }, startedAt: 0, endedAt: 1_000, requests: 4 },
);

async function startDeployed(deployed: Partial<DeployedFunction> = {}) {
  const events: unknown[] = [];
  const operator = await startOperator({ connections: [{ name: "a", secret: "openai" }] });
  const lambda = await startLambda({
    name: "FlinkConnectionRotator-1A2B",
    description: DESCRIPTION,
    invoke: async (event) => {
      events.push(event);
      return { report: REPORT };
    },
    ...deployed,
  });
  process.env["AWS_ENDPOINT_URL_LAMBDA"] = lambda.url;
  onTestFinished(lambda.close);
  return { ...operator, events };
}

describe("invoke", () => {
  it("calls the function of the default stack for all connections and shows its report", async () => {
    const { run, events } = await startDeployed();
    const { code, out } = await run(["invoke"]);
    expect(out).toMatch(/prod +a +OPENAI +unverified/);
    expect(out).toContain("1 unverified; 1.0 s, 4 requests to Confluent.");
    expect(events).toEqual([{ alert: false }]);
    expect(code).toBe(3);
  });

  it("sends the selection to the given function and writes its report with --json", async () => {
    const { run, events } = await startDeployed({ name: "other" });
    const selection = ["a", "--secret", "openai", "--dry-run"];
    const { out } = await run(["invoke", "--function", "other", ...selection, "--json"], { isTTY: true });
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(REPORT)));
    expect(events).toEqual([{ connections: ["a"], secrets: ["openai"], dryRun: true, alert: false }]);
  });

  it("asks for confirmation on a terminal before the function rotates everything", async () => {
    const { run, events } = await startDeployed();
    const { code } = await run(["invoke"], { answer: () => "" });
    expect({ code, events }).toEqual({ code: 130, events: [] });
    await run(["invoke"], { answer: () => "y" });
    await run(["invoke", "--yes"], { answer: () => undefined });
    await run(["invoke", "a"], { answer: () => undefined });
    expect(events).toHaveLength(3);
  });

  it.each([
    [
      "the function rejects the event",
      { error: "EventError: No connection is listed." },
      2,
      "No connection is listed.\nName connections and secrets as the function's connections.json does.",
    ],
    [
      "a name is misspelt",
      { error: 'EventError: No connection "oders" is listed in connections.json. Listed: search, orders.' },
      2,
      'Listed: search, orders.\nDid you mean "orders"?',
    ],
    [
      "the function fails",
      { error: "Error: out of memory" },
      1,
      "The function failed: out of memory\nSee the function's log. Some connections may have the new key: flink-connection-rotator status\n",
    ],
    [
      "the function is not the rotator",
      { report: { hello: "world" } },
      2,
      "The function did not return a report.",
    ],
  ])("reports that %s", async (_what, answer, expected, message) => {
    const { run } = await startDeployed({ invoke: async () => answer });
    const { code, out, err } = await run(["invoke"]);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: expected, out: "" });
  });

  it("does not call the function of a stack whose name only begins like the given one", async () => {
    const { run, events } = await startDeployed({ name: "FlinkConnectionRotator-Europe-Function7685-1A2B" });
    const { code, err } = await run(["invoke"]);
    expect(err).toContain("Stack FlinkConnectionRotator has no rotator.");
    expect({ code, events }).toEqual({ code: 2, events: [] });
    expect(await run(["invoke", "--stack", "FlinkConnectionRotator-Europe"])).toMatchObject({ code: 3 });
  });

  it("ends with 1 if Lambda does not answer, without a word about what was written", async () => {
    const { run } = await startDeployed();
    process.env["AWS_ENDPOINT_URL_LAMBDA"] = "http://127.0.0.1:1";
    const { code, err } = await run(["invoke", "--function", "f"]);
    expect(err).toContain("f could not be called: 127.0.0.1 could not be reached (ECONNREFUSED)");
    expect(err).not.toContain("Nothing was written");
    expect(code).toBe(1);
  });

  it("reports that there is no such function or stack", async () => {
    const { run } = await startDeployed();
    const named = await run(["invoke", "--function", "nobody"]);
    expect(named.err).toContain("nobody could not be called (ResourceNotFoundException): Function not found");
    const stack = await run(["invoke", "--stack", "Other"]);
    expect(stack.err).toContain("Stack Other has no rotator.");
    expect([named.code, stack.code]).toEqual([2, 2]);
  });

  it("refuses a function together with a stack", async () => {
    const { run } = await startDeployed();
    expect(await run(["invoke", "--function", "f", "--stack", "Other"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("'--function <name>' cannot be used with option '--stack <name>'"),
    });
  });
});
