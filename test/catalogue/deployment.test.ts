import { describe, expect, it } from "vitest";
import { execute, startEngine } from "../fleet/engine.ts";
import { startFleet } from "../fleet/fleet.ts";
import { CONNECTIONS, ofType, synthesize, warningsOf } from "../infra/synthesis.ts";

startEngine();

describe("two runs of a fleet", () => {
  it("row 81: do not overlap: a scheduled run ends if another one is running", async () => {
    const earlier = { arn: "earlier", startedAt: 0 };
    const fleet = startFleet({ listRunning: async () => [earlier] });
    const { report } = await execute({ trigger: "schedule" }, fleet.engine);
    expect(fleet.batches).toEqual([]);
    expect(report?.trigger).toMatchObject({ kind: "ignored" });
  });

  it("row 81: may overlap if Lambda does not say whether another one is running", async () => {
    const fleet = startFleet({ listRunning: () => Promise.reject(new Error("AccessDenied")) });
    const { report } = await execute({ trigger: "schedule" }, fleet.engine);
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 6 } });
  });
});

describe("a deployment", () => {
  it("row 82: fails at synthesis with the number and a remedy if IAM cannot permit so many secrets by name", () => {
    const connections = Array.from({ length: 900 }, (_, index) => ({
      name: `connection-${index}`,
      type: "OPENAI",
      secret: `prod/applications/models/team-${index}`,
    }));
    expect(() => synthesize({ ...CONNECTIONS, connections })).toThrow(
      /lists 901 secrets\. .* takes 1\d policies, but IAM attaches 10 to a role\. .*secretTag/,
    );
  });

  it("row 83: fails at synthesis for a misspelt setting and warns that nobody receives alerts", () => {
    expect(() => synthesize(CONNECTIONS, { alertEmial: "ops@example.com" })).toThrow(
      'There is no setting alertEmial. Did you mean "alertEmail"?',
    );
    expect(warningsOf(synthesize()).join()).toContain("Nobody receives the alerts");
  });

  it("row 83: starts no run by itself", () => {
    const [schedule] = ofType(synthesize().resources, "AWS::Scheduler::Schedule");
    expect(schedule?.["ScheduleExpression"]).toMatch(/^cron\(/);
  });
});
