import { describe, expect, it } from "vitest";
import { CONFLUENT_LIMITS, lowered, type RateLimit } from "../../../src/adapters/rate-limit/limits.ts";
import { NOW } from "../../support/builders.ts";
import { mostWithin, openLimiter } from "../../support/rate-limiter.ts";

const ONE_AT_ONCE: readonly RateLimit[] = [{ windowMs: 0, count: 1, writes: 1 }];
const READ = { kind: "read" } as const;

const perSecond = (count: number, writes = count): RateLimit => ({ windowMs: 1_000, count, writes });

describe("the rate limiter", () => {
  it("passes on the result or the error of a request", async () => {
    const { limiter, send } = openLimiter();
    await expect(send("a")).resolves.toBe("a");
    const failing = limiter.schedule("write", () => Promise.reject(new Error("broken")));
    await expect(failing).rejects.toThrow("broken");
  });

  it("sends requests by priority, then in order of arrival", async () => {
    const { send, names } = openLimiter({ limits: ONE_AT_ONCE, responseMs: 10 });
    const queued = (name: string, priority: number) => send(name, { priority });
    await Promise.all([queued("c", 9), queued("b1", 2), queued("a", 1), queued("b2", 2)]);
    expect(names()).toEqual(["a", "b1", "b2", "c"]);
  });

  it("never has more requests in flight than allowed, and sends the next as soon as one ends", async () => {
    const limits = [{ windowMs: 0, count: 2, writes: 2 }];
    const { sendMany, timesOf } = openLimiter({ limits, responseMs: 100 });
    await sendMany(5);
    expect(timesOf()).toEqual([0, 0, 100, 100, 200]);
  });

  it("frees the slot of a request that failed", async () => {
    const { limiter, send } = openLimiter({ limits: ONE_AT_ONCE });
    const failing = limiter.schedule("write", () => Promise.reject(new Error("reset")));
    await expect(failing).rejects.toThrow("reset");
    await expect(send("next")).resolves.toBe("next");
  });

  it("keeps to each of its limits", async () => {
    const limits = [perSecond(2), { windowMs: 10_000, count: 5, writes: 5 }];
    const { sendMany, timesOf } = openLimiter({ limits });
    await sendMany(12);
    expect(mostWithin(1_000, timesOf())).toBe(2);
    expect(mostWithin(10_000, timesOf())).toBe(5);
    expect(timesOf().at(-1)).toBeLessThan(20_000 + 100);
  });

  it("sends a whole window's requests at once after a quiet period", async () => {
    const { clock, sendMany, timesOf } = openLimiter({ limits: [perSecond(3)] });
    await sendMany(1);
    await clock.sleep(5_000);
    await sendMany(3);
    expect(timesOf()).toEqual([0, 5_000, 5_000, 5_000]);
  });

  it("holds a slot for a whole window after a slow response", async () => {
    const { sendMany, timesOf } = openLimiter({ limits: [perSecond(2)], responseMs: 300 });
    await sendMany(3);
    expect(timesOf()[2]).toBeGreaterThanOrEqual(1_300);
  });

  it("needs no more than one window per burst if responses take as long as the fastest round trip", async () => {
    const { limiter, sendMany, timesOf } = openLimiter({ limits: [perSecond(2)], responseMs: 300 });
    for (const roundTripMs of [400, 300, 350]) limiter.recordRoundTrip(roundTripMs);
    await sendMany(11);
    expect(mostWithin(1_000, timesOf())).toBe(2);
    expect(timesOf().at(-1)).toBeLessThan(5 * 1_000 + 50);
  });

  it("keeps to its limits if the clock was set back", async () => {
    const { limiter, sendMany, timesOf } = openLimiter({ limits: [perSecond(1)] });
    limiter.recordRoundTrip(-3_600_000);
    await sendMany(3);
    expect(mostWithin(1_000, timesOf())).toBe(1);
    expect(timesOf().at(-1)).toBeLessThan(2_100);
  });
});

describe("reads in the rate limiter", () => {
  it("have reserved slots in every limit", async () => {
    const limits = [perSecond(4, 3), { windowMs: 60_000, count: 8, writes: 6 }];
    const { clock, send, sendMany, timesOf } = openLimiter({ limits });
    const writes = sendMany(12);
    await clock.sleep(100);
    await send("read", READ);
    expect(timesOf("read")).toEqual([100]);
    await clock.sleep(30_000);
    await send("read", READ);
    expect(timesOf("read")).toEqual([100, 30_100]);
    await writes;
  });

  it("are not delayed by writes without a response", async () => {
    const { send, sendMany, timesOf } = openLimiter({
      limits: [{ windowMs: 0, count: 3, writes: 2 }],
      responseMs: 60_000,
    });
    await Promise.all([sendMany(3), send("read", READ)]);
    expect(timesOf("read")).toEqual([0]);
    expect(timesOf("write")).toEqual([0, 0, 60_000]);
  });

  it("overtake an earlier write that waits for a free slot", async () => {
    const { sendMany, timesOf } = openLimiter({ limits: [perSecond(5, 1)] });
    await Promise.all([sendMany(3), sendMany(4, READ)]);
    expect(timesOf("read")).toEqual([0, 0, 0, 0]);
    expect(timesOf("write").filter((at) => at === 0)).toHaveLength(1);
  });

  it("use all slots if no write waits", async () => {
    const { sendMany, timesOf } = openLimiter({ limits: [perSecond(10, 8)] });
    await sendMany(25, READ);
    expect(timesOf().filter((at) => at === 0)).toHaveLength(10);
    expect(timesOf().at(-1)).toBeLessThan(2_100);
  });

  it("overtake a long queue of earlier writes", async () => {
    const { clock, send, sendMany, timesOf } = openLimiter({ limits: [perSecond(4, 4)] });
    const writes = sendMany(100);
    await clock.sleep(500);
    await send("read", READ);
    expect(timesOf("read")[0]).toBeLessThan(2_100);
    await writes;
  });

  it.each([1, 2, 5])("and writes both proceed under a limit of %i a second", async (count) => {
    const { sendMany, timesOf } = openLimiter({ limits: [lowered(perSecond(49, 45), count)] });
    await Promise.all([sendMany(60), sendMany(60, READ)]);
    for (const kind of ["read", "write"]) {
      const times = timesOf(kind);
      const waits = times.map((at, index) => at - (times[index - 1] ?? 0));
      expect(times).toHaveLength(60);
      expect(Math.max(...waits)).toBeLessThan(5_000);
    }
    expect(mostWithin(1_000, timesOf())).toBe(count);
  });
});

describe("the deadline of the rate limiter", () => {
  it("rejects requests that arrive after it", async () => {
    const { clock, send, sent } = openLimiter({ leftMs: 1_000 });
    await clock.sleep(1_000);
    await expect(send("late")).rejects.toMatchObject({ name: "OutOfTimeError", errorClass: "timeout" });
    expect(sent).toEqual([]);
  });

  it("rejects reads and writes that still wait when it passes", async () => {
    const { clock, send, sent } = openLimiter({ leftMs: 4_000, responseMs: 60_000, limits: ONE_AT_ONCE });
    const first = send("first");
    await clock.sleep(0);
    const waiting = await Promise.allSettled([send("write"), send("read", READ)]);
    const outOfTime = { reason: { name: "OutOfTimeError" } };
    expect(waiting).toMatchObject([outOfTime, outOfTime]);
    expect(clock.now()).toBe(NOW + 4_000);
    await first;
    expect(sent).toEqual([["first", 0]]);
  });

  it("allows a request that arrives just before it", async () => {
    const { clock, send } = openLimiter({ leftMs: 1_000 });
    await clock.sleep(999);
    await expect(send("just in time")).resolves.toBe("just in time");
  });
});

describe("Confluent's limits", () => {
  it("are slightly below the documented 50 a second, 1,000 a minute and 100 at once", () => {
    const documented = { 1000: 50, 60000: 1_000, 0: 100 };
    for (const [windowMs, limit] of Object.entries(documented)) {
      const { count = 0, writes = 0 } =
        CONFLUENT_LIMITS.find((each) => each.windowMs === Number(windowMs)) ?? {};
      expect(count).toBeGreaterThanOrEqual(0.9 * limit);
      expect(count).toBeLessThan(limit);
      expect(writes).toBeLessThan(count);
    }
  });

  it.each([60, 49, 25, 5, 2, 1])("are lowered to %i a second if a host announces that limit", (announced) => {
    const { count, writes } = lowered(perSecond(49, 45), announced);
    expect(count).toBe(Math.min(announced, 49));
    expect(writes).toBeGreaterThanOrEqual(1);
    expect(writes).toBeLessThanOrEqual(Math.max(1, 0.95 * count));
    expect(writes).toBeGreaterThanOrEqual(Math.floor(0.9 * count));
  });
});
