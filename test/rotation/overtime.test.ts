import { describe, expect, it } from "vitest";
import type { RunContext } from "../../src/rotation/dependencies.ts";
import { HOUR_MS, NOW } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";

const DETAIL = "The endpoint said: try again.";

describe("the texts of an outcome", () => {
  it.each([60_000, 8_000, 2_000])(
    "are shown for a connection that is pending when the time is up, in a run of %i ms",
    async (remainingMs) => {
      const { run, add, deadlineAt, secrets } = openRun({ remainingMs });
      add("a", { timeToReadyMs: HOUR_MS, detail: DETAIL });
      expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "timeout", detail: DETAIL }]);
      const reads = secrets.reads.filter(
        ({ selector }) => "stage" in selector && selector.stage === "AWSPREVIOUS",
      );
      const halfTime = deadlineAt - remainingMs / 2;
      expect(reads).toHaveLength(2);
      expect(reads[1]?.sentAt).toBeLessThan(deadlineAt);
      expect(reads[1]?.sentAt).toBeGreaterThanOrEqual(Math.max(deadlineAt - 5_000, halfTime));
    },
  );

  it("are shown after the previous version has been read", async () => {
    const { run, add, context, clock } = openRun();
    add("a", { accepts: () => false, detail: DETAIL });
    const read: RunContext["secrets"]["read"] = async (secretId, selector) => {
      if ("stage" in selector && selector.stage === "AWSPREVIOUS") await clock.sleep(5_000);
      return context.secrets.read(secretId, selector);
    };
    expect(await run({ secrets: { ...context.secrets, read } })).toMatchObject([
      { outcome: "failed", errorClass: "rejected", detail: DETAIL, previousVersionId: "v0" },
    ]);
  });

  it("are shown without the key that a connection held before two newer versions appeared", async () => {
    const { run, add, secrets } = openRun();
    const held = "sk-held-by-the-connection";
    secrets.add("openai", { versionId: "held", value: held, at: NOW - 30 * 60_000 });
    secrets.add("openai", { versionId: "first", value: "sk-first-of-the-run", at: NOW - 20 * 60_000 });
    secrets.add("openai", { versionId: "second", value: "sk-second-of-the-run", at: NOW + 1_000 });
    add("a", { accepts: () => false, timeToReadyMs: 3_000, detail: `It refuses ${held}.` });
    expect(await run()).toMatchObject([
      {
        outcome: "failed",
        secretVersionId: "second",
        detail: "It refuses [redacted].",
        previousVersionId: "first",
      },
    ]);
  });

  it("cause no read of AWSPREVIOUS after the run, although Secrets Manager shows none yet", async () => {
    const trigger = { kind: "secret-change", secret: "new" } as const;
    const { run, add, secrets, clock, deadlineAt } = openRun({
      trigger,
      connections: [{ name: "a", secret: "new" }],
      remainingMs: 4_500,
    });
    secrets.add("new", { versionId: "only", value: "sk-only-version", at: NOW });
    add("a", { timeToReadyMs: HOUR_MS, detail: DETAIL });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "timeout", detail: "[withheld]" }]);
    expect(clock.now()).toBeLessThanOrEqual(deadlineAt + 500);
    const reads = secrets.reads.length;
    await clock.sleep(60_000);
    expect(secrets.reads).toHaveLength(reads);
  });
});
