import { describe, expect, it } from "vitest";
import { NOW } from "../../support/builders.ts";
import { never, openPoller as open } from "../../support/poller.ts";

describe("the poller", () => {
  it("gives the verdict soon after the phase has changed, with the last state", async () => {
    const { watch } = open([5_000]);
    const { verdict, state, afterMs, phases } = await watch("c0");
    expect(verdict).toBe("ready");
    expect(state).toMatchObject({ name: "c0", phase: "READY" });
    expect(afterMs).toBeGreaterThanOrEqual(5_000);
    expect(afterMs).toBeLessThan(5_500);
    expect(phases).toEqual(["PENDING", "READY"]);
  });

  it.each([
    ["the schedule's delay", 60_000, 100],
    ["half of the time there is, if that is less", 100, 50],
  ])("polls for the first time after %s", async (_, forMs, afterMs) => {
    const { confluent, watch } = open([600_000]);
    await watch("c0", { forMs });
    expect(confluent.requests[0]?.sentAt).toBe(NOW + afterMs);
  });

  it("polls less and less often", async () => {
    const { confluent, watch } = open([600_000]);
    await watch("c0", { forMs: 300_000 });
    const sent = confluent.requests.map(({ sentAt }) => sentAt);
    const pauses = sent.slice(1).map((at, index) => at - (sent[index] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses[0]).toBeLessThan(200);
    expect(pauses.at(-1)).toBe(10_000);
  });

  it("gives each connection its own verdict at its own time", async () => {
    const { watch } = open([10_000, 100, 0]);
    const watched = await Promise.all([
      watch("c0"),
      watch("c1"),
      watch("c2", { check: never, forMs: 1_000 }),
    ]);
    expect(watched.map(({ verdict }) => verdict)).toEqual(["ready", "ready", undefined]);
    const [slow = 0, fast = 0, hopeless = 0] = watched.map(({ afterMs }) => afterMs);
    expect(fast).toBeLessThan(1_000);
    expect(hopeless).toBe(1_000);
    expect(slow).toBeGreaterThanOrEqual(10_000);
  });

  it("accepts a further connection while it waits", async () => {
    const { clock, watch } = open([60_000, 0]);
    const first = watch("c0", { forMs: 50_000 });
    await clock.sleep(30_000);
    const { afterMs } = await watch("c1");
    expect(afterMs).toBeLessThan(30_500);
    expect(await first).toMatchObject({ afterMs: 50_000 });
  });

  it("can be used again after nothing was pending", async () => {
    const { clock, watch } = open([0]);
    await watch("c0");
    await clock.sleep(60_000);
    expect(await watch("c0")).toMatchObject({ verdict: "ready" });
  });

  it("reports a phase only when it changes", async () => {
    const { phases } = await open([600_000]).watch("c0");
    expect(phases).toEqual(["PENDING"]);
  });
});
