import { describe, expect, it, vi } from "vitest";
import { NOW } from "../../support/builders.ts";
import { openPoller as open } from "../../support/poller.ts";

describe("the poller", () => {
  it("ends without a verdict as soon as the time is up", async () => {
    const { watch } = open([60_000]);
    const { verdict, state, afterMs } = await watch("c0", { forMs: 7_123 });
    expect(verdict).toBeUndefined();
    expect(state).toMatchObject({ phase: "PENDING" });
    expect(afterMs).toBe(7_123);
  });

  it("does not sleep once nothing is pending", async () => {
    const { clock, watch } = open([60_000]);
    const sleep = vi.spyOn(clock, "sleep");
    await watch("c0", { forMs: 500 });
    expect(Math.max(...sleep.mock.calls.map(([ms]) => ms))).toBeLessThanOrEqual(500);
  });

  it("ends in time even if no request is ever answered", async () => {
    const { watch } = open([0], { fault: () => "hang" });
    expect(await watch("c0", { forMs: 3_000 })).toEqual({ afterMs: 3_000, phases: [] });
  });

  it("goes on after a connection whose time was up before it began", async () => {
    const { watch } = open([0, 0]);
    await watch("c0", { forMs: 0 });
    expect(await watch("c1")).toMatchObject({ verdict: "ready" });
  });

  it("ends in time for a connection that is not due until later", async () => {
    const { clock, watch } = open([2_000, 600_000, 600_000]);
    await watch("c0");
    const other = watch("c1", { forMs: 90_000 });
    await clock.sleep(80_000);
    const startedAt = clock.now() - NOW;
    expect((await watch("c2", { forMs: 500 })).afterMs - startedAt).toBe(500);
    await other;
  });
});
