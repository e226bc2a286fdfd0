import { describe, expect, it } from "vitest";
import {
  abbreviated,
  coversEverything,
  isDryRun,
  type Trigger,
  wantsAlert,
} from "../../src/rotation/plan.ts";

describe("what starts a run", () => {
  it.each<{ trigger: Trigger; everything: boolean; dryRun: boolean; alert: boolean }>([
    { trigger: { kind: "schedule" }, everything: true, dryRun: false, alert: true },
    { trigger: { kind: "secret-change", secret: "openai" }, everything: false, dryRun: false, alert: true },
    { trigger: { kind: "ignored", reason: "AWSPENDING" }, everything: false, dryRun: false, alert: true },
    { trigger: { kind: "direct" }, everything: true, dryRun: false, alert: true },
    { trigger: { kind: "direct", connections: ["a"] }, everything: false, dryRun: false, alert: true },
    { trigger: { kind: "direct", secrets: ["openai"] }, everything: false, dryRun: false, alert: true },
    { trigger: { kind: "direct", dryRun: true }, everything: true, dryRun: true, alert: false },
    { trigger: { kind: "direct", dryRun: true, alert: true }, everything: true, dryRun: true, alert: false },
    { trigger: { kind: "direct", dryRun: false, alert: true }, everything: true, dryRun: false, alert: true },
    { trigger: { kind: "direct", alert: false }, everything: true, dryRun: false, alert: false },
  ])("tells whether it covers every connection, puts nothing, and may alert: $trigger", (each) => {
    expect(coversEverything(each.trigger)).toBe(each.everything);
    expect(isDryRun(each.trigger)).toBe(each.dryRun);
    expect(wantsAlert(each.trigger)).toBe(each.alert);
  });
});

describe("the names of a direct call in the log", () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `name-${index + 1}`);

  it("are at most a hundred, and the line says how many more there are", () => {
    const trigger: Trigger = { kind: "direct", connections: names(103), secrets: names(101), dryRun: true };
    expect(abbreviated(trigger)).toEqual({
      kind: "direct",
      connections: [...names(100), "and 3 more"],
      secrets: [...names(100), "and 1 more"],
      dryRun: true,
    });
  });

  it("are cut at 200 characters", () => {
    const [name] = [abbreviated({ kind: "direct", connections: ["x".repeat(5_000)] })].flatMap(
      (trigger) => (trigger.kind === "direct" && trigger.connections) || [],
    );
    expect(name).toMatch(/^x{100,}/);
    expect(name?.length).toBeLessThanOrEqual(200);
  });

  it.each<Trigger>([
    { kind: "direct" },
    { kind: "direct", connections: names(100) },
    { kind: "direct", secrets: [] },
    { kind: "schedule" },
    { kind: "secret-change", secret: "openai", versionId: "v1" },
  ])("are left as they are in %j", (trigger) => {
    expect(abbreviated(trigger)).toEqual(trigger);
  });
});
