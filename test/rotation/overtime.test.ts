import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";

const DETAIL = "The endpoint said: try again.";

describe("the texts of a run", () => {
  it.each([60_000, 8_000, 2_000])(
    "are shown for a connection that is still open when the time is up (%i ms)",
    async (remainingMs) => {
      const { run, add, deadlineAt, secrets } = openRun({ remainingMs });
      add("a", { timeToReadyMs: HOUR_MS, detail: DETAIL });
      expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "timeout", detail: DETAIL }]);
      const read = secrets.reads.find(
        ({ selector }) => "stage" in selector && selector.stage === "AWSPREVIOUS",
      );
      expect(read?.sentAt).toBeLessThan(deadlineAt);
    },
  );

  it("wait for the version before a refused key to be read", async () => {
    const { run, add } = openRun({ secrets: { latencyMs: () => 300 } });
    add("a", { accepts: () => false, detail: DETAIL });
    expect(await run()).toMatchObject([
      { outcome: "failed", errorClass: "rejected", detail: DETAIL, previousVersionId: "v0" },
    ]);
  });
});
