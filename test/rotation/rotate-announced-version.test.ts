import { describe, expect, it } from "vitest";
import type { Trigger } from "../../src/rotation/plan.ts";
import { openRun } from "../support/fake-run.ts";

describe("a run for a version that an event announces", () => {
  const trigger: Trigger = { kind: "secret-change", secret: "openai", versionId: "v2" };

  it("waits for that version, and never puts the one before it", async () => {
    const { run, add, secrets, confluent } = openRun({ trigger });
    add("a");
    secrets.add("openai", { versionId: "v2", value: "sk-2", lagMs: 2_000 });
    expect(await run()).toMatchObject([{ outcome: "ready", secretVersionId: "v2" }]);
    expect(confluent.connection("a").puts).toHaveLength(1);
  });

  it("fails if that version does not appear", async () => {
    const { run, add, confluent } = openRun({ trigger });
    add("a");
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "secret" }]);
    expect(confluent.connection("a").puts).toEqual([]);
  });

  it("puts the current version if the event names none", async () => {
    const { run, add } = openRun({ trigger: { kind: "secret-change", secret: "openai" } });
    add("a");
    expect(await run()).toMatchObject([{ outcome: "ready", secretVersionId: "v1" }]);
  });
});
