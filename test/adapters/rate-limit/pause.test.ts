import { describe, expect, it } from "vitest";
import type { RateLimits } from "../../../src/adapters/rate-limit/limits.ts";
import type { RateLimitHeaders } from "../../../src/adapters/rate-limit/quota.ts";
import { NOW } from "../../support/builders.ts";
import { MARGIN_MS, openGate } from "../../support/rate-limiter.ts";

const LIMITS: RateLimits = [
  { count: 10, windowMs: 1_000, reserved: 1 },
  { count: 100, windowMs: 60_000, reserved: 20 },
];

const ONE_AT_ONCE: RateLimits = [{ count: 1, windowMs: 0, reserved: 0 }];

const open = (options: Parameters<typeof openGate>[0] = {}) => openGate({ limits: LIMITS, ...options });

const URGENT = { urgent: true };

describe("a pause", () => {
  it("holds every request, urgent ones too", async () => {
    const { limiter, pass, sent } = open();
    limiter.pause(7_000);
    await Promise.all([pass("calm"), pass("urgent", URGENT)]);
    expect(sent).toEqual([
      ["calm", 7_000],
      ["urgent", 7_000],
    ]);
  });

  it("holds what waits already", async () => {
    const { clock, limiter, passAll, timesOf } = open();
    const all = passAll(20);
    await clock.sleep(10);
    limiter.pause(3_000);
    await all;
    expect(timesOf().filter((at) => at > 10 && at < 3_010)).toEqual([]);
    expect(timesOf()).toContain(3_010);
  });

  it("is not cut short by a shorter one", async () => {
    const { limiter, passAll, timesOf } = open();
    limiter.pause(7_000);
    limiter.pause(10);
    await passAll(1);
    expect(timesOf()).toEqual([7_000]);
  });

  it("that lasts beyond the deadline fails all at once, what waits already too", async () => {
    const { clock, limiter, pass, sent } = open({ leftMs: 5_000, answerMs: 10, limits: ONE_AT_ONCE });
    const first = pass("first");
    const waiting = pass("waiting");
    await clock.sleep(0);
    limiter.pause(5_001);
    const throttled = {
      errorClass: "throttled",
      response: { httpStatus: 429 },
      message: "Confluent's rate limit leaves no room before the run's time is up.",
    };
    await expect(waiting).rejects.toMatchObject(throttled);
    expect(clock.now()).toBe(NOW);
    await expect(pass("later")).rejects.toMatchObject(throttled);
    await first;
    expect(sent).toEqual([["first", 0]]);
  });

  it("until the deadline leaves no time for anything else", async () => {
    const { clock, limiter, pass } = open({ leftMs: 5_000 });
    limiter.pause(5_000);
    await expect(pass("a")).rejects.toMatchObject({ name: "OutOfTimeError" });
    expect(clock.now()).toBe(NOW + 5_000);
  });
});

describe("what a host says of its limit", () => {
  const says = (limits: Partial<RateLimitHeaders>): RateLimitHeaders => ({
    limit: 10,
    remaining: 10,
    resetMs: 1_000,
    ...limits,
  });

  it("slows a second down where it allows fewer", async () => {
    const { limiter, passAll, timesOf } = open();
    limiter.applyHeaders(says({ limit: 4, remaining: 4 }), NOW);
    await passAll(9, URGENT);
    expect(timesOf().filter((at) => at < 1_000)).toHaveLength(4);
    expect(timesOf().filter((at) => at < 2_000)).toHaveLength(8);
  });

  it("lets no more through than are left where others share it", async () => {
    const { limiter, passAll, timesOf } = open();
    limiter.applyHeaders(says({ remaining: 2 }), NOW);
    await passAll(4, URGENT);
    expect(timesOf()).toEqual([0, 0, 1_000, 1_000]);
  });

  it("stops all until it is reset where nothing is left", async () => {
    const { limiter, passAll, timesOf } = open();
    limiter.applyHeaders(says({ limit: 100, remaining: 0, resetMs: 30_000 }), NOW);
    await passAll(1, URGENT);
    expect(timesOf()).toEqual([30_000]);
  });

  it("fails all at once where nothing is left until after the deadline", async () => {
    const { clock, limiter, pass } = open({ leftMs: 300_000 });
    limiter.applyHeaders(says({ limit: 100, remaining: 0, resetMs: 800_000 }), NOW);
    await expect(pass("a")).rejects.toMatchObject({ errorClass: "throttled", response: { httpStatus: 429 } });
    expect(clock.now()).toBe(NOW);
  });

  it("counts what is still under way", async () => {
    const { clock, limiter, pass, timesOf } = open();
    const slow = pass("slow", { urgent: true, takesMs: 5_000 });
    await clock.sleep(0);
    limiter.applyHeaders(says({ limit: 100, remaining: 2, resetMs: 30_000 }), NOW);
    const more = [pass("a", URGENT), pass("b", URGENT)];
    await clock.sleep(40_000);
    await Promise.all([slow, ...more]);
    expect(timesOf()).toEqual([0, 0, 30_000]);
  });

  it("takes the lower of two answers about the same window", async () => {
    const { limiter, passAll, timesOf } = open();
    limiter.applyHeaders(says({ limit: 100, remaining: 1, resetMs: 30_000 }), NOW);
    limiter.applyHeaders(says({ limit: 100, remaining: 5, resetMs: 30_000 }), NOW);
    await passAll(2, URGENT);
    expect(timesOf()).toEqual([0, 30_000]);
  });

  it("changes nothing while all that it counts is our own, answered or not", async () => {
    const { clock, limiter, pass, passAll, timesOf } = open();
    await passAll(2, URGENT);
    const slow = ["slow 1", "slow 2", "slow 3"].map((name) => pass(name, { urgent: true, takesMs: 5_000 }));
    await clock.sleep(0);
    limiter.applyHeaders(says({ remaining: 5 }), NOW);
    await passAll(5, URGENT);
    expect(timesOf()).toEqual(Array(10).fill(0));
    await Promise.all(slow);
  });

  it("knows that what was answered a second ago is not counted any more", async () => {
    const { clock, limiter, passAll, timesOf } = open();
    await passAll(2, URGENT);
    await clock.sleep(1_000);
    limiter.applyHeaders(says({ remaining: 8 }), clock.now());
    await passAll(9, URGENT);
    expect(timesOf().slice(2)).toEqual([...Array(8).fill(1_000), 2_000]);
  });

  it("knows that what was answered less than a second before the request was sent may be counted", async () => {
    const { clock, limiter, passAll, timesOf } = open();
    await passAll(2, URGENT);
    await clock.sleep(1_000);
    limiter.applyHeaders(says({ remaining: 8 }), clock.now() - 1);
    await passAll(9, URGENT);
    expect(timesOf().slice(2)).toEqual([...Array(8).fill(1_000), 1_000 + MARGIN_MS]);
  });

  it("is no limit per second where it is one for a longer time", async () => {
    const { limiter, passAll, timesOf } = open();
    limiter.applyHeaders(says({ limit: 5, remaining: 5, resetMs: 30_000 }), NOW);
    await passAll(6, URGENT);
    expect(timesOf()).toEqual([0, 0, 0, 0, 0, 30_000]);
  });

  it("is forgotten when its time is over", async () => {
    const { clock, limiter, passAll, timesOf } = open();
    limiter.applyHeaders(says({ limit: 100, remaining: 0, resetMs: 2_000 }), NOW);
    await clock.sleep(2_000);
    limiter.applyHeaders(says({ limit: 100, remaining: 3, resetMs: 30_000 }), NOW);
    await passAll(4, URGENT);
    expect(timesOf()).toEqual([2_000, 2_000, 2_000, 32_000]);
  });
});
