import { describe, expect, it } from "vitest";
import { captureOutput, type Line } from "../support/output.ts";
import { startEngine } from "./engine.ts";
import { MISSING, REFUSED, run } from "./run.ts";

startEngine();

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
