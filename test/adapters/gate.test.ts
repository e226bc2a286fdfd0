import { describe, expect, it } from "vitest";
import { Gate } from "../../src/adapters/gate.ts";
import type { GateLimits } from "../../src/adapters/limits.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const WIDE: GateLimits = {
  windows: [{ count: 1_000, windowMs: 1_000, reserved: 0 }],
  concurrent: 1_000,
  burst: 1_000,
};

/** A gate, and requests through it that take `tookMs` each; `sentAt` tells when each was sent, from the start. */
function gateWith(limits: Partial<GateLimits> = {}, tookMs = 0) {
  const clock = new VirtualClock();
  const startedAt = clock.now();
  const gate = new Gate(clock, startedAt + 60_000, { ...WIDE, ...limits });
  const sent: (readonly [name: string, atMs: number])[] = [];
  const pass = (name: string, urgent = false, rank = 0) =>
    gate.pass(
      urgent,
      async () => {
        sent.push([name, clock.now() - startedAt]);
        await clock.sleep(tookMs);
      },
      rank,
    );
  return { clock, gate, pass, sent };
}

describe("a gate", () => {
  it("sends an urgent request before those that wait", async () => {
    const { pass, sent } = gateWith({ concurrent: 1 }, 10);
    await Promise.all([pass("first"), pass("calm"), pass("urgent", true)]);
    expect(sent.map(([name]) => name)).toEqual(["first", "urgent", "calm"]);
  });

  it("lets nine others go between two urgent requests", async () => {
    const { pass, sent } = gateWith({ concurrent: 1 }, 10);
    const calm = Array.from({ length: 12 }, (_, index) => pass(`${index}`));
    await Promise.all([...calm, pass("urgent", true), pass("urgent", true)]);
    const turns = sent.flatMap(([name], turn) => (name === "urgent" ? [turn] : []));
    expect(turns).toEqual([1, 11]);
  });

  it("sends by rank, and by arrival within a rank", async () => {
    const { pass, sent } = gateWith({ concurrent: 1 }, 10);
    await Promise.all([
      pass("first", false, 9),
      pass("b1", false, 2),
      pass("a", false, 1),
      pass("b2", false, 2),
    ]);
    expect(sent.map(([name]) => name)).toEqual(["first", "a", "b1", "b2"]);
  });

  it("never has more requests under way than it may", async () => {
    const { pass, sent } = gateWith({ concurrent: 2 }, 100);
    await Promise.all(["a", "b", "c"].map((name) => pass(name)));
    expect(sent.map(([, atMs]) => atMs)).toEqual([0, 0, 100]);
  });

  it("keeps a request's place until the window's length after its answer", async () => {
    const { pass, sent } = gateWith({ windows: [{ count: 2, windowMs: 1_000, reserved: 0 }] }, 300);
    await Promise.all(["a", "b", "c"].map((name) => pass(name)));
    expect(sent.at(-1)).toEqual(["c", 1_300]);
  });

  it("keeps places for urgent requests", async () => {
    const { pass, sent } = gateWith({ windows: [{ count: 2, windowMs: 10_000, reserved: 1 }] });
    await pass("calm 1");
    await Promise.all([pass("calm 2"), pass("urgent", true)]);
    expect(sent.map(([name]) => name)).toEqual(["calm 1", "urgent", "calm 2"]);
    expect(sent.at(-1)?.[1]).toBeGreaterThanOrEqual(10_000);
  });

  it("spreads what exceeds the burst over the second, urgent requests excepted", async () => {
    const { pass, sent } = gateWith({ windows: [{ count: 10, windowMs: 1_000, reserved: 0 }], burst: 2 });
    const calm = Array.from({ length: 8 }, (_, index) => pass(`calm ${index}`));
    await Promise.all([...calm, pass("urgent", true)]);
    const times = sent.map(([, atMs]) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThan(1_000);
    expect(sent.find(([name]) => name === "urgent")?.[1]).toBe(0);
  });

  it("lets nobody in after the deadline", async () => {
    const { clock, pass, sent } = gateWith();
    await clock.sleep(60_000);
    await expect(pass("late")).rejects.toMatchObject({ name: "OutOfTimeError", errorClass: "timeout" });
    expect(sent).toEqual([]);
  });

  it("refuses all that wait when a pause leaves no time", async () => {
    const { gate, pass, sent } = gateWith({ concurrent: 1 }, 10);
    const first = pass("first");
    const second = pass("second");
    gate.pause(60_001);
    await expect(second).rejects.toMatchObject({ errorClass: "throttled", answer: { httpStatus: 429 } });
    await first;
    expect(sent).toEqual([["first", 0]]);
  });

  it("frees the place of a request that failed", async () => {
    const { gate, pass } = gateWith({ concurrent: 1 });
    await expect(gate.pass(false, () => Promise.reject(new Error("reset")))).rejects.toThrow("reset");
    await expect(pass("next")).resolves.toBeUndefined();
  });

  it("takes no more than is left where others share the limit", async () => {
    const { gate, pass, sent } = gateWith();
    await pass("a");
    gate.learn({ limit: 50, remaining: 1, resetMs: 1_000 });
    gate.learn({ limit: 50, remaining: 20, resetMs: 1_000 });
    await Promise.all([pass("b"), pass("c")]);
    expect(sent).toEqual([
      ["a", 0],
      ["b", 0],
      ["c", 1_000],
    ]);
  });

  it("keeps to a lower limit per second that only it uses", async () => {
    const { gate, pass, sent } = gateWith();
    await pass("a");
    gate.learn({ limit: 2, remaining: 1, resetMs: 1_000 });
    await Promise.all([pass("b"), pass("c")]);
    const [, , last] = sent.map(([, atMs]) => atMs);
    expect(last).toBeGreaterThanOrEqual(1_000);
  });
});
