import { describe, expect, it } from "vitest";
import type { RateLimitHeaders } from "../../../src/adapters/rate-limit/headers.ts";
import type { RateLimit } from "../../../src/adapters/rate-limit/limits.ts";
import { OutOfTimeError } from "../../../src/rotation/errors.ts";
import { NOW } from "../../support/builders.ts";
import { mostWithin, openLimiter } from "../../support/rate-limiter.ts";

const LIMITS: readonly RateLimit[] = [
  { windowMs: 60_000, count: 100, writes: 80 },
  { windowMs: 1_000, count: 10, writes: 9 },
];
const ONE_AT_ONCE: readonly RateLimit[] = [{ windowMs: 0, count: 1, writes: 1 }];
const READ = { kind: "read" } as const;

const open = (options: Parameters<typeof openLimiter>[0] = {}) => openLimiter({ limits: LIMITS, ...options });

describe("a pause of the rate limiter", () => {
  it("holds reads and writes", async () => {
    const { limiter, send, timesOf } = open();
    limiter.pause(7_000);
    await Promise.all([send("write"), send("read", READ)]);
    expect(timesOf()).toEqual([7_000, 7_000]);
  });

  it("holds requests that are already waiting", async () => {
    const { clock, limiter, sendMany, timesOf } = open();
    const all = sendMany(20);
    await clock.sleep(10);
    limiter.pause(3_000);
    await all;
    expect(timesOf().filter((at) => at > 10 && at < 3_010)).toEqual([]);
    expect(timesOf()).toContain(3_010);
  });

  it("is not shortened by a shorter one", async () => {
    const { limiter, sendMany, timesOf } = open();
    limiter.pause(7_000);
    limiter.pause(10);
    await sendMany(1);
    expect(timesOf()).toEqual([7_000]);
  });

  it("that lasts beyond the deadline rejects all requests at once", async () => {
    const { clock, limiter, send, sent } = open({ leftMs: 5_000, responseMs: 10, limits: ONE_AT_ONCE });
    const first = send("first");
    const waiting = send("waiting");
    await clock.sleep(0);
    limiter.pause(5_001);
    const throttled = {
      errorClass: "throttled",
      response: { httpStatus: 429 },
      message: "Confluent's rate limit allows no further request before the run's deadline.",
    };
    await expect(waiting).rejects.toMatchObject(throttled);
    expect(clock.now()).toBe(NOW);
    await expect(send("later")).rejects.toMatchObject(throttled);
    await first;
    expect(sent).toEqual([["first", 0]]);
  });

  it("that lasts until the deadline leaves no time for a request", async () => {
    const { clock, limiter, send } = open({ leftMs: 5_000 });
    limiter.pause(5_000);
    await expect(send("a")).rejects.toMatchObject({ name: "OutOfTimeError" });
    expect(clock.now()).toBe(NOW + 5_000);
  });
});

describe("the X-RateLimit headers in the rate limiter", () => {
  const headers = (changes: Partial<RateLimitHeaders>): RateLimitHeaders => ({
    limit: 10,
    remaining: 10,
    resetMs: 1_000,
    ...changes,
  });

  it("lower the limit per second", async () => {
    const { limiter, sendMany, timesOf } = open();
    limiter.applyHeaders(headers({ limit: 4, remaining: 4 }), NOW);
    await sendMany(9, READ);
    expect(mostWithin(1_000, timesOf())).toBe(4);
    expect(timesOf().at(-1)).toBeLessThan(2_100);
  });

  it("allow only the remaining requests if other clients share the quota", async () => {
    const { limiter, sendMany, timesOf } = open();
    limiter.applyHeaders(headers({ remaining: 2 }), NOW);
    await sendMany(4, READ);
    expect(timesOf()).toEqual([0, 0, 1_000, 1_000]);
  });

  it("hold all requests of a limiter that has no limit per second itself", async () => {
    const { limiter, sendMany, timesOf } = open({ limits: ONE_AT_ONCE });
    limiter.applyHeaders(headers({ remaining: 0 }), NOW);
    await sendMany(1, READ);
    expect(timesOf()).toEqual([1_000]);
  });

  it.each([30_000, 60_000])(
    "hold all requests until the reset in %i ms if nothing remains",
    async (resetMs) => {
      const { limiter, sendMany, timesOf } = open();
      limiter.applyHeaders(headers({ limit: 100, remaining: 0, resetMs }), NOW);
      await sendMany(1, READ);
      expect(timesOf()).toEqual([resetMs]);
    },
  );

  it("are ignored if the reset is after the deadline, because nothing was refused", async () => {
    const { limiter, sendMany, timesOf } = open({ leftMs: 30_000 });
    limiter.applyHeaders(headers({ limit: 100, remaining: 0, resetMs: 30_001 }), NOW);
    await sendMany(1, READ);
    expect(timesOf()).toEqual([0]);
  });

  it("hold requests if the reset is at the deadline", async () => {
    const { limiter, send, timesOf } = open({ leftMs: 30_000 });
    limiter.applyHeaders(headers({ limit: 100, remaining: 0, resetMs: 30_000 }), NOW);
    await expect(send("a")).rejects.toThrow(OutOfTimeError);
    expect(timesOf()).toEqual([]);
  });

  it("are ignored if the reset is later than any of Confluent's windows", async () => {
    const { limiter, sendMany, timesOf } = open();
    limiter.applyHeaders(headers({ limit: 1, remaining: 0, resetMs: 600_000 }), NOW);
    await sendMany(3);
    expect(timesOf()).toEqual([0, 0, 0]);
  });

  it("may leave out requests in flight", async () => {
    const { clock, limiter, send, timesOf } = open();
    const slow = send("slow", { ...READ, takesMs: 5_000 });
    await clock.sleep(0);
    limiter.applyHeaders(headers({ limit: 100, remaining: 2, resetMs: 30_000 }), NOW);
    const more = [send("a", READ), send("b", READ)];
    await clock.sleep(40_000);
    await Promise.all([slow, ...more]);
    expect(timesOf()).toEqual([0, 0, 30_000]);
  });

  it.each([
    ["in order", [1, 5]],
    ["out of order", [5, 1]],
  ])("of two responses about the same window apply the lower value, %s", async (_case, values) => {
    const { limiter, sendMany, timesOf } = open();
    for (const remaining of values)
      limiter.applyHeaders(headers({ limit: 100, remaining, resetMs: 30_000 }), NOW);
    await sendMany(2, READ);
    expect(timesOf()).toEqual([0, 30_000]);
  });

  it("about a short window do not shorten the hold of a long one", async () => {
    const { limiter, sendMany, timesOf } = open();
    limiter.applyHeaders(headers({ limit: 100, remaining: 0, resetMs: 30_000 }), NOW);
    limiter.applyHeaders(headers({ remaining: 5 }), NOW);
    await sendMany(1);
    expect(timesOf()).toEqual([30_000]);
  });

  it("change nothing if the limiter's own requests explain the remaining count", async () => {
    const { clock, limiter, send, sendMany, timesOf } = open();
    await sendMany(2, READ);
    const slow = ["slow 1", "slow 2", "slow 3"].map((name) => send(name, { ...READ, takesMs: 5_000 }));
    await clock.sleep(0);
    limiter.applyHeaders(headers({ remaining: 5 }), NOW);
    await sendMany(5, READ);
    expect(timesOf()).toEqual(Array(10).fill(0));
    await Promise.all(slow);
  });

  it.each([
    ["that ended a second before the request was sent do not count", 0, 2_000],
    ["that ended later may count", -1, 1_100],
  ])("include the limiter's requests: those %s", async (_case, sentBeforeMs, nextBeforeMs) => {
    const { clock, limiter, sendMany, timesOf } = open();
    await sendMany(2, READ);
    await clock.sleep(1_000);
    limiter.applyHeaders(headers({ remaining: 8 }), clock.now() + sentBeforeMs);
    await sendMany(9, READ);
    expect(timesOf().slice(2, 10)).toEqual(Array(8).fill(1_000));
    expect(timesOf()[10]).toBeGreaterThanOrEqual(nextBeforeMs - 100);
    expect(timesOf()[10]).toBeLessThanOrEqual(nextBeforeMs);
  });

  it("of a longer window do not limit requests per second", async () => {
    const { limiter, sendMany, timesOf } = open();
    limiter.applyHeaders(headers({ limit: 5, remaining: 5, resetMs: 30_000 }), NOW);
    await sendMany(6, READ);
    expect(timesOf()).toEqual([0, 0, 0, 0, 0, 30_000]);
  });

  it("are forgotten at the reset", async () => {
    const { clock, limiter, sendMany, timesOf } = open();
    limiter.applyHeaders(headers({ limit: 100, remaining: 0, resetMs: 2_000 }), NOW);
    await clock.sleep(2_000);
    limiter.applyHeaders(headers({ limit: 100, remaining: 3, resetMs: 30_000 }), NOW);
    await sendMany(4, READ);
    expect(timesOf()).toEqual([2_000, 2_000, 2_000, 32_000]);
  });
});
