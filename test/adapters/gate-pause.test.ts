import { describe, expect, it } from "vitest";
import { type Allowance, Gate } from "../../src/adapters/gate.ts";
import type { GateLimits } from "../../src/adapters/limits.ts";
import { NOW } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

const LIMITS: GateLimits = {
  windows: [
    { count: 10, windowMs: 1_000, reserved: 0 },
    { count: 100, windowMs: 60_000, reserved: 20 },
  ],
  concurrent: 5,
  burst: 3,
};

/** A gate, and when each request was sent, in milliseconds from the start. */
function open({ leftMs = 890_000, limits = LIMITS, answerMs = 0 } = {}) {
  const clock = new FakeClock(NOW);
  const gate = new Gate(clock, NOW + leftMs, limits);
  const sent: (readonly [string, number])[] = [];
  const pass = (name: string, urgent = false, takesMs = answerMs) =>
    gate.pass(urgent, async () => {
      sent.push([name, clock.now() - NOW]);
      if (takesMs > 0) await clock.sleep(takesMs);
      return name;
    });
  const passAll = (count: number, urgent = false) =>
    Promise.all(Array.from({ length: count }, (_, index) => pass(`${index}`, urgent)));
  return { clock, gate, sent, pass, passAll, times: () => sent.map(([, at]) => at) };
}

const NO_BURST = { ...LIMITS, burst: 10 };

describe("the way to one host", () => {
  it("passes answers and errors on", async () => {
    const { gate, pass } = open();
    await expect(pass("a")).resolves.toBe("a");
    await expect(gate.pass(false, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  });

  it("sends a burst again after a quiet second", async () => {
    const { clock, passAll, times } = open();
    await passAll(3);
    await clock.sleep(5_000);
    await passAll(3);
    expect(times()).toEqual([0, 0, 0, 5_000, 5_000, 5_000]);
  });

  it("never sends more in a second than are allowed, urgent or not", async () => {
    const { passAll, times } = open();
    await passAll(25, true);
    const sent = times();
    expect(sent.filter((at) => at < 1_000)).toHaveLength(10);
    expect(sent.filter((at) => at < 2_000)).toHaveLength(20);
  });
});

describe("a pause", () => {
  it("holds every request, urgent ones too", async () => {
    const { gate, pass, sent } = open();
    gate.pause(7_000);
    await Promise.all([pass("calm"), pass("urgent", true)]);
    expect(sent).toEqual([
      ["urgent", 7_000],
      ["calm", 7_000],
    ]);
  });

  it("holds what waits already", async () => {
    const { clock, gate, passAll, times } = open();
    const all = passAll(20);
    await clock.sleep(10);
    gate.pause(3_000);
    await all;
    expect(times().filter((at) => at > 10 && at < 3_010)).toEqual([]);
    expect(times()).toContain(3_010);
  });

  it("is not cut short by a shorter one", async () => {
    const { gate, passAll, times } = open();
    gate.pause(7_000);
    gate.pause(10);
    await passAll(1);
    expect(times()).toEqual([7_000]);
  });

  it("that lasts beyond the deadline fails all at once", async () => {
    const { clock, gate, pass } = open({ leftMs: 5_000 });
    gate.pause(5_001);
    await expect(pass("a")).rejects.toMatchObject({
      errorClass: "throttled",
      answer: { httpStatus: 429 },
      message: "Confluent's rate limit leaves no room before the run's time is up.",
    });
    expect(clock.now()).toBe(NOW);
  });
});

describe("the deadline of a gate", () => {
  it("refuses what comes after it", async () => {
    const { clock, pass, sent } = open({ leftMs: 1_000 });
    await clock.sleep(1_000);
    await expect(pass("late")).rejects.toMatchObject({ name: "OutOfTimeError", errorClass: "timeout" });
    expect(sent).toEqual([]);
  });

  it("refuses what still waits, at that moment", async () => {
    const { clock, pass } = open({ leftMs: 4_000, answerMs: 60_000, limits: NO_BURST });
    const all = Array.from({ length: 7 }, (_, index) => pass(`${index}`));
    const refused = await Promise.allSettled(all.slice(5));
    expect(refused).toMatchObject([
      { reason: { name: "OutOfTimeError" } },
      { reason: { name: "OutOfTimeError" } },
    ]);
    expect(clock.now()).toBe(NOW + 4_000);
  });
});

describe("what a host says of its limit", () => {
  const says = (allowance: Partial<Allowance>): Allowance => ({
    limit: 10,
    remaining: 10,
    resetMs: 1_000,
    ...allowance,
  });

  it("slows a second down where it allows fewer", async () => {
    const { gate, passAll, times } = open({ limits: NO_BURST });
    gate.learn(says({ limit: 4, remaining: 4 }));
    await passAll(9, true);
    expect(times().filter((at) => at < 1_000)).toHaveLength(4);
    expect(times().filter((at) => at < 2_000)).toHaveLength(8);
  });

  it("lets no more through than are left where others share it", async () => {
    const { gate, passAll, times } = open({ limits: NO_BURST });
    gate.learn(says({ remaining: 2 }));
    await passAll(4, true);
    expect(times()).toEqual([0, 0, 1_000, 1_000]);
  });

  it("stops all until it is reset where nothing is left", async () => {
    const { gate, passAll, times } = open({ limits: NO_BURST });
    gate.learn(says({ limit: 100, remaining: 0, resetMs: 30_000 }));
    await passAll(1, true);
    expect(times()).toEqual([30_000]);
  });

  it("counts what is still under way", async () => {
    const { clock, gate, pass, times } = open({ limits: NO_BURST });
    const slow = pass("slow", true, 5_000);
    gate.learn(says({ limit: 100, remaining: 2, resetMs: 30_000 }));
    const more = [pass("a", true), pass("b", true)];
    await clock.sleep(40_000);
    await Promise.all([slow, ...more]);
    expect(times()).toEqual([0, 0, 30_000]);
  });

  it("takes the lower of two answers about the same window", async () => {
    const { gate, passAll, times } = open({ limits: NO_BURST });
    gate.learn(says({ limit: 100, remaining: 1, resetMs: 30_000 }));
    gate.learn(says({ limit: 100, remaining: 5, resetMs: 30_000 }));
    await passAll(2, true);
    expect(times()).toEqual([0, 30_000]);
  });

  it("changes nothing while all that it counts is our own", async () => {
    const { gate, passAll, times } = open({ limits: NO_BURST });
    await passAll(5, true);
    gate.learn(says({ remaining: 5 }));
    await passAll(5, true);
    expect(times()).toEqual(Array(10).fill(0));
  });
});
