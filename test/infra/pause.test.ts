import { describe, expect, it } from "vitest";
import { CONNECTIONS, ofType, type Synthesis, synthesize } from "./synthesis.ts";

const { resources, template } = synthesize(CONNECTIONS, { enabled: "false", cloudTrailEvents: "true" });

/** The states of the schedule and of the rules for events of Secrets Manager. */
function statesOf(resources: Synthesis["resources"]): unknown[] {
  const rules = ofType(resources, "AWS::Events::Rule").filter(({ EventPattern }) =>
    JSON.stringify(EventPattern).includes("aws.secretsmanager"),
  );
  return [...ofType(resources, "AWS::Scheduler::Schedule"), ...rules].map(({ State }) => State);
}

describe("a paused stack (enabled=false)", () => {
  it("starts no run: its schedule and every event rule are disabled", () => {
    const states = statesOf(resources);
    expect(states.length).toBeGreaterThan(10);
    expect(new Set(states)).toEqual(new Set(["DISABLED"]));
  });

  it("does not report missing runs", () => {
    const names = ofType(resources, "AWS::CloudWatch::Alarm").map(({ AlarmName }) => AlarmName);
    expect(names).toContain("flink-connection-rotator-DeadLetters");
    expect(names).not.toContain("flink-connection-rotator-NoRun");
  });

  it("says so in its output and keeps its function, topic and permissions", () => {
    template.hasOutput("Schedule", { Value: "paused (enabled=false)" });
    template.resourceCountIs("AWS::Lambda::Function", 1);
    template.resourceCountIs("AWS::SNS::Topic", 1);
  });

  it("is not the default", () => {
    const active = synthesize(CONNECTIONS, { enabled: "true" });
    expect(new Set(statesOf(active.resources))).toEqual(new Set(["ENABLED"]));
  });
});
