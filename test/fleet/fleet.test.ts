import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { phaseEvidence } from "../../src/rotation/outcome.ts";
import { captureOutput, type Line } from "../support/output.ts";
import { type Execution, execute } from "./engine.ts";
import { type FleetOptions, startFleet } from "./fleet.ts";

const SCHEDULE = { trigger: "schedule" };
const REFUSED = {
  outcome: "failed",
  errorClass: "rejected",
  phase: "INVALID_AUTH",
  ...phaseEvidence("refused"),
} as const;
const MISSING = { outcome: "failed", errorClass: "not-found" } as const;
const NEVER = () => new Promise<never>(() => {});

beforeAll(() => LocalDurableTestRunner.setupTestEnvironment());
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

async function run(options: FleetOptions = {}, event: object = SCHEDULE) {
  const fleet = startFleet(options);
  const execution = await execute(event, fleet.engine);
  return { ...fleet, execution };
}

/** `name outcome` or `name outcome class` of each connection in the report. */
function outcomesOf({ connections }: NonNullable<Execution["report"]>): string[] {
  return connections.map(({ name, outcome, errorClass }) =>
    errorClass ? `${name} ${outcome} ${errorClass}` : `${name} ${outcome}`,
  );
}

describe("a fleet", () => {
  it("sends the canaries of all secrets first, then the rest, and reports each connection once", async () => {
    const { execution, batches, alerts } = await run();
    expect(batches).toEqual([
      ["prod/a1", "prod/b1"],
      ["prod/a2", "prod/a3"],
      ["prod/b2", "prod/b3"],
    ]);
    expect(execution.report).toMatchObject({ outcome: "succeeded", requests: 6, counts: { ready: 6 } });
    expect(execution.report && outcomesOf(execution.report)).toEqual([
      "a1 ready",
      "a2 ready",
      "a3 ready",
      "b1 ready",
      "b2 ready",
      "b3 ready",
    ]);
    expect(alerts).toEqual([]);
  });

  it("does not attempt the other connections of a secret whose canary is refused, and sends one alert", async () => {
    const { execution, batches, alerts } = await run({ detailsByConnection: { a1: REFUSED } });
    expect(batches).toEqual([
      ["prod/a1", "prod/b1"],
      ["prod/b2", "prod/b3"],
    ]);
    expect(execution).toMatchObject({
      status: "FAILED",
      error: "[FAILED] Flink connections prod: 1 of 6 failed, 2 not attempted (rejected)",
    });
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.subject).toBe(
      "[DOWN 1] prod/a: new key refused; 2 of 3 connections keep the previous one",
    );
  });

  it("continues with the next batch if a canary fails for a reason other than its key", async () => {
    const detailsByConnection = { a1: MISSING };
    const { batches } = await run({
      detailsByConnection,
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5", "a6"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2", "prod/a3"], ["prod/a4", "prod/a5"], ["prod/a6"]]);
  });

  it("starts all batches in one wave without canaries", async () => {
    const { batches } = await run({ canary: false });
    expect(batches.map((batch) => batch.length)).toEqual([2, 2, 2]);
  });

  it("runs at most FLEET_CONCURRENCY batches at once", async () => {
    const secrets = { "prod/a": ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"] };
    expect((await run({ secrets, canary: false, concurrency: 1 })).execution.maxConcurrency).toBe(1);
    expect((await run({ secrets, canary: false, concurrency: 3 })).execution.maxConcurrency).toBe(3);
  });

  it.each([
    ["ends with an error", () => Promise.reject(new Error("out of memory")), "failed internal"],
    ["returns something else", async () => ({ unexpected: true }), "failed internal"],
    ["reports none of its connections", async () => ({ requests: 0, connections: [] }), "failed internal"],
    [
      "reaches the function's timeout",
      () => Promise.reject(new Error("Task timed out after 900.00 seconds")),
      "unverified timeout",
    ],
    ["never answers", NEVER, "unverified timeout"],
  ])("reports the connections of a batch that %s and sends one alert", async (_, response, expected) => {
    const { execution, batches, alerts } = await run(
      { responses: { a2: response }, timeoutSeconds: response === NEVER ? 1 : 60 },
      { connections: ["a1", "a2", "a3", "b1"] },
    );
    expect(batches).toEqual([
      ["prod/a1", "prod/b1"],
      ["prod/a2", "prod/a3"],
    ]);
    expect(execution.report && outcomesOf(execution.report)).toEqual([
      "a1 ready",
      `a2 ${expected}`,
      `a3 ${expected}`,
      "b1 ready",
    ]);
    expect(alerts).toHaveLength(1);
  });

  it("does not treat a canary batch without a response as accepted", async () => {
    const { batches } = await run({
      timeoutSeconds: 1,
      responses: { a1: NEVER },
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2"], ["prod/a3", "prod/a4"], ["prod/a5"]]);
  });

  it("sends a key to at most two connections until one of them has accepted it", async () => {
    const unreachable = { outcome: "failed", errorClass: "unreachable" } as const;
    const { execution, batches, alerts } = await run({
      detailsByConnection: { a1: unreachable, a2: MISSING, a3: unreachable },
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2"], ["prod/a3"]]);
    expect(execution.error).toContain("3 of 5 failed, 2 not attempted");
    expect(alerts[0]?.text).toContain("a1 and a3 went first, and it is not known whether this key works");
  });
});

describe("a fleet's run", () => {
  it("ignores an event about another label", async () => {
    const event = {
      source: "aws.secretsmanager",
      "detail-type": "Secret Label Updated",
      resources: ["arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/a-AbCdEf"],
      detail: { labelUpdated: "AWSPENDING" },
    };
    const { execution, batches } = await run({}, event);
    expect({ report: execution.report, batches }).toMatchObject({ report: { connections: [] }, batches: [] });
  });

  it("refuses an unsupported event", async () => {
    const { execution, alerts } = await run({}, { conections: ["a1"] });
    expect(execution.error).toContain('unknown key "conections"');
    expect(alerts).toEqual([]);
  });

  it("sends an alert if a scheduled run cannot start, but only throws to a direct caller", async () => {
    const broken = { env: { CONNECTIONS_FILE: "missing.json" } };
    const scheduled = await run(broken);
    expect(scheduled.execution.error).toContain("missing.json has a problem");
    expect(scheduled.alerts).toHaveLength(1);
    expect((await run(broken, {})).alerts).toHaveLength(0);
  });

  it("says in its error that the alert could not be sent", async () => {
    const sendAlert = () => Promise.reject(new Error("the topic is gone"));
    const { execution } = await run({ detailsByConnection: { a1: MISSING }, sendAlert });
    expect(execution.error).toMatch(
      /1 of 6 failed.*\nThe alert could not be sent: InvokeError: the topic is gone/,
    );
  });

  it("sends no alert and uses no canaries in a dry run", async () => {
    const planned = { outcome: "planned" } as const;
    const detailsByConnection = { a1: planned, a2: planned, a3: MISSING };
    const { batches, alerts } = await run({ detailsByConnection }, { secrets: ["prod/a"], dryRun: true });
    expect({ batches, alerts }).toEqual({ batches: [["prod/a1", "prod/a2"], ["prod/a3"]], alerts: [] });
  });
});

describe("the metrics of a fleet", () => {
  const metricsOf = (lines: readonly Line[]) =>
    lines.flatMap(({ ScheduledRuns, OpenFailures, AlertedErrors }) =>
      [{ ScheduledRuns, OpenFailures, AlertedErrors }].filter((each) =>
        Object.values(each).some((value) => value !== undefined),
      ),
    );

  it("count one scheduled run, its failures and its alert", async () => {
    const lines = captureOutput();
    await run({ detailsByConnection: { a1: REFUSED } });
    expect(metricsOf(lines())).toEqual([{ ScheduledRuns: 1 }, { OpenFailures: 3 }, { AlertedErrors: 1 }]);
  });

  it("do not count a dry run", async () => {
    const lines = captureOutput();
    await run({}, { dryRun: true });
    expect(metricsOf(lines())).toEqual([]);
  });
});

describe("two runs of a fleet", () => {
  const EARLIER = { arn: "earlier", startedAt: 0 };

  it("do not overlap: a scheduled run ends without a call if another one began before", async () => {
    const { execution, batches, alerts } = await run({ listRunning: async () => [EARLIER] });
    expect({ batches, alerts }).toEqual({ batches: [], alerts: [] });
    expect(execution.report).toMatchObject({
      outcome: "succeeded",
      trigger: { kind: "ignored", reason: "another run of the fleet is in progress" },
      connections: [],
    });
  });

  it("may overlap if the other one is a dry run or Lambda cannot list the executions", async () => {
    const planned = { outcome: "planned" } as const;
    const dry = await run(
      { listRunning: async () => [EARLIER], detailsByConnection: { a1: planned, a2: planned, a3: planned } },
      { secrets: ["prod/a"], dryRun: true },
    );
    expect(dry.batches).toHaveLength(2);
    const unknown = await run({ listRunning: () => Promise.reject(new Error("denied")) });
    expect(unknown.execution.report).toMatchObject({ counts: { ready: 6 } });
  });
});

describe("a fleet's secret that is listed under two names", () => {
  const secrets = {
    "prod/a": ["a1"],
    "arn:aws:secretsmanager:us-east-2:123456789012:secret:prod/a-AbCdEf": ["a2", "a3"],
  };

  it("has one canary, so that a refused key reaches one connection", async () => {
    const { batches, execution } = await run({ secrets, detailsByConnection: { a1: REFUSED } });
    expect(batches).toEqual([["prod/a1"]]);
    expect(execution.error).toContain("1 of 3 failed, 2 not attempted (rejected)");
  });

  it("counts as two secrets if the ARN is of another account", async () => {
    const elsewhere = {
      "prod/a": ["a1"],
      [Object.keys(secrets)[1]?.replace("123456789012", "444455556666") ?? ""]: ["a2"],
    };
    const { batches } = await run({ secrets: elsewhere, detailsByConnection: { a1: REFUSED } });
    expect(batches).toEqual([["prod/a1", "prod/a2"]]);
  });
});

describe("a fleet that crashes", () => {
  it.each([
    ["before a checkpoint is saved", false],
    ["after a checkpoint is saved", true],
  ])("%s continues without a second wave or a second alert, at any checkpoint", async (_, isSaved) => {
    const options = {
      detailsByConnection: { b2: MISSING },
      responses: { a2: () => Promise.reject(new Error("lost")) },
    };
    const reference = await run(options);
    expect(reference.alerts).toHaveLength(1);
    const crashes: number[] = [];
    for (let checkpoint = 1; checkpoint === crashes.length + 1; checkpoint += 1) {
      const fleet = startFleet(options);
      const execution = await execute(SCHEDULE, { ...fleet.engine, crash: { checkpoint, isSaved } });
      if (execution.crashes === 0) continue;
      crashes.push(checkpoint);
      expect({ checkpoint, error: execution.error, batches: fleet.batches, alerts: fleet.alerts }).toEqual({
        checkpoint,
        error: reference.execution.error,
        batches: reference.batches,
        alerts: reference.alerts,
      });
    }
    expect(crashes.length).toBeGreaterThanOrEqual(reference.execution.checkpoints);
  });
});
