import { describe, expect, it } from "vitest";
import {
  abbreviated,
  coversEverything,
  isDryRun,
  type Trigger,
  wantsAlert,
} from "../../src/rotation/plan.ts";

describe("a run that is started by", () => {
  it.each<{ by: string; trigger: Trigger; everything: boolean; dryRun: boolean; alert: boolean }>([
    { by: "the schedule", trigger: { kind: "schedule" }, everything: true, dryRun: false, alert: true },
    {
      by: "a changed secret",
      trigger: { kind: "secret-change", secret: "openai" },
      everything: false,
      dryRun: false,
      alert: true,
    },
    {
      by: "an ignored event",
      trigger: { kind: "ignored", reason: "AWSPENDING" },
      everything: false,
      dryRun: false,
      alert: true,
    },
    { by: "a direct call", trigger: { kind: "direct" }, everything: true, dryRun: false, alert: true },
    {
      by: "a call for connections",
      trigger: { kind: "direct", connections: ["a"] },
      everything: false,
      dryRun: false,
      alert: true,
    },
    {
      by: "a call for secrets",
      trigger: { kind: "direct", secrets: ["openai"] },
      everything: false,
      dryRun: false,
      alert: true,
    },
    {
      by: "a call with dryRun true",
      trigger: { kind: "direct", dryRun: true },
      everything: true,
      dryRun: true,
      alert: false,
    },
    {
      by: "a call with dryRun and alert true",
      trigger: { kind: "direct", dryRun: true, alert: true },
      everything: true,
      dryRun: true,
      alert: false,
    },
    {
      by: "a call with dryRun false and alert true",
      trigger: { kind: "direct", dryRun: false, alert: true },
      everything: true,
      dryRun: false,
      alert: true,
    },
    {
      by: "a call with alert false",
      trigger: { kind: "direct", alert: false },
      everything: true,
      dryRun: false,
      alert: false,
    },
  ])("$by covers everything: $everything, is a dry run: $dryRun, may alert: $alert", (each) => {
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

  it.each<[string, Trigger]>([
    ["a call without names", { kind: "direct" }],
    ["a call with a hundred names", { kind: "direct", connections: names(100) }],
    ["a call with an empty list", { kind: "direct", secrets: [] }],
    ["a scheduled run", { kind: "schedule" }],
    ["a run for a changed secret", { kind: "secret-change", secret: "openai", versionId: "v1" }],
  ])("are left unchanged in %s", (_, trigger) => {
    expect(abbreviated(trigger)).toEqual(trigger);
  });
});
