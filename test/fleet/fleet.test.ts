import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Execution, execute } from "./engine.ts";
import { type FleetOptions, startFleet } from "./fleet.ts";

const SCHEDULE = { trigger: "schedule" };
const REFUSED = { outcome: "failed", errorClass: "rejected", phase: "INVALID_AUTH" } as const;
const MISSING = { outcome: "failed", errorClass: "not-found" } as const;
const NEVER = () => new Promise<never>(() => {});

beforeAll(() => LocalDurableTestRunner.setupTestEnvironment());
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

async function run(options: FleetOptions = {}, event: object = SCHEDULE) {
  const fleet = startFleet(options);
  const execution = await execute(event, fleet.engine);
  return { ...fleet, execution };
}

/** `name outcome` or `name outcome class` of each connection that the report or the alert tells of. */
function toldOf({ connections }: NonNullable<Execution["report"]>): string[] {
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
    expect(execution.report && toldOf(execution.report)).toEqual([
      "a1 ready",
      "a2 ready",
      "a3 ready",
      "b1 ready",
      "b2 ready",
      "b3 ready",
    ]);
    expect(alerts).toEqual([]);
  });

  it("spares the rest of a secret whose canary is refused, and sends one alert about all of it", async () => {
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
    expect(alerts[0]?.text).toContain("a1 went first and was refused this key");
  });

  it("hands over in one batch where a canary fails for its own reasons", async () => {
    const detailsByConnection = { a1: MISSING };
    const { batches } = await run({
      detailsByConnection,
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5", "a6"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2", "prod/a3"], ["prod/a4", "prod/a5"], ["prod/a6"]]);
  });

  it("sends everything at once without the canary rule", async () => {
    const { batches } = await run({ canary: false });
    expect(batches.map((batch) => batch.length)).toEqual([2, 2, 2]);
  });

  it("has as many batches under way as it is told, and no more", async () => {
    const secrets = { "prod/a": ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"] };
    expect((await run({ secrets, canary: false, concurrency: 1 })).execution.mostAtOnce).toBe(1);
    expect((await run({ secrets, canary: false, concurrency: 3 })).execution.mostAtOnce).toBe(3);
  });

  it.each([
    ["ends with an error", () => Promise.reject(new Error("out of memory")), "failed internal"],
    ["answers something else", async () => ({ unexpected: true }), "failed internal"],
    ["tells nothing of its connections", async () => ({ requests: 0, connections: [] }), "failed internal"],
    [
      "runs into the function's time limit",
      () => Promise.reject(new Error("Task timed out after 900.00 seconds")),
      "unverified timeout",
    ],
    ["never answers", NEVER, "unverified timeout"],
  ])("accounts for the connections of a batch that %s, and alerts once", async (_what, instead, told) => {
    const { execution, batches, alerts } = await run(
      { instead: { a2: instead }, patienceSeconds: instead === NEVER ? 1 : 60 },
      { connections: ["a1", "a2", "a3", "b1"] },
    );
    expect(batches).toEqual([
      ["prod/a1", "prod/b1"],
      ["prod/a2", "prod/a3"],
    ]);
    expect(execution.report && toldOf(execution.report)).toEqual([
      "a1 ready",
      `a2 ${told}`,
      `a3 ${told}`,
      "b1 ready",
    ]);
    expect(alerts).toHaveLength(1);
  });

  it("does not take a lost canary for a proof", async () => {
    const { batches } = await run({
      patienceSeconds: 1,
      instead: { a1: NEVER },
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2", "prod/a3"], ["prod/a4", "prod/a5"]]);
  });
});

describe("how a fleet's run begins and ends", () => {
  it("does nothing for an event that asks for nothing", async () => {
    const event = {
      source: "aws.secretsmanager",
      "detail-type": "Secret Label Updated",
      resources: ["arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/a-AbCdEf"],
      detail: { labelUpdated: "AWSPENDING" },
    };
    const { execution, batches } = await run({}, event);
    expect({ report: execution.report, batches }).toMatchObject({ report: { connections: [] }, batches: [] });
  });

  it("refuses an event that it is not made for", async () => {
    const { execution, alerts } = await run({}, { conections: ["a1"] });
    expect(execution.error).toContain('unknown key "conections"');
    expect(alerts).toEqual([]);
  });

  it("alerts when a scheduled run cannot start, and only tells a direct caller", async () => {
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

  it("sends no alert for a dry run, which needs no canaries", async () => {
    const planned = { outcome: "planned" } as const;
    const detailsByConnection = { a1: planned, a2: planned, a3: MISSING };
    const { batches, alerts } = await run({ detailsByConnection }, { secrets: ["prod/a"], dryRun: true });
    expect({ batches, alerts }).toEqual({ batches: [["prod/a1", "prod/a2"], ["prod/a3"]], alerts: [] });
  });
});

describe("a fleet that is killed", () => {
  it.each([
    ["before a checkpoint is kept", false],
    ["after it is kept", true],
  ])(
    "%s goes on without a second wave or a second alert, whichever checkpoint it is",
    async (_when, isKept) => {
      const options = {
        detailsByConnection: { b2: MISSING },
        instead: { a2: () => Promise.reject(new Error("lost")) },
      };
      const undisturbed = await run(options);
      expect(undisturbed.alerts).toHaveLength(1);
      const deaths: number[] = [];
      for (let checkpoint = 1; checkpoint === deaths.length + 1; checkpoint += 1) {
        const fleet = startFleet(options);
        const execution = await execute(SCHEDULE, { ...fleet.engine, death: { checkpoint, isKept } });
        if (execution.deaths === 0) continue;
        deaths.push(checkpoint);
        expect({ checkpoint, error: execution.error, batches: fleet.batches, alerts: fleet.alerts }).toEqual({
          checkpoint,
          error: undisturbed.execution.error,
          batches: undisturbed.batches,
          alerts: undisturbed.alerts,
        });
      }
      expect(deaths.length).toBeGreaterThanOrEqual(undisturbed.execution.checkpoints);
    },
  );
});
