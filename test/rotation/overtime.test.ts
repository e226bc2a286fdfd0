import { describe, expect, it } from "vitest";
import type { RunContext } from "../../src/rotation/dependencies.ts";
import { HOUR_MS } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";

const DETAIL = "The endpoint said: try again.";

describe("the texts of an outcome", () => {
  it.each([60_000, 8_000, 2_000])(
    "are shown for a connection that is pending when the time is up, in a run of %i ms",
    async (remainingMs) => {
      const { run, add, deadlineAt, secrets } = openRun({ remainingMs });
      add("a", { timeToReadyMs: HOUR_MS, detail: DETAIL });
      expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "timeout", detail: DETAIL }]);
      const halfTime = deadlineAt - remainingMs / 2;
      const read = secrets.reads.find(
        ({ selector }) => "stage" in selector && selector.stage === "AWSPREVIOUS",
      );
      expect(read?.sentAt).toBeLessThan(deadlineAt);
      expect(read?.sentAt).toBeGreaterThanOrEqual(Math.max(deadlineAt - 5_000, halfTime));
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
});
