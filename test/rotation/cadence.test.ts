import { describe, expect, it } from "vitest";
import { Cadence } from "../../src/rotation/cadence.ts";

/** The pauses of one that is looked at again and again, until so much time has passed. */
function pauses(cadence: Cadence, { forMs, watched }: { forMs: number; watched: number }): number[] {
  const all = [cadence.begin(watched)];
  for (let elapsedMs = all[0] ?? 0; elapsedMs < forMs; elapsedMs += all.at(-1) ?? 0)
    all.push(cadence.pauseMs(elapsedMs, watched));
  return all;
}

describe("how often to look", () => {
  it("is tenths of a second while seconds count, with few and with many", () => {
    expect(Math.max(...pauses(new Cadence(1), { forMs: 5_000, watched: 1 }))).toBeLessThanOrEqual(350);
    expect(Math.max(...pauses(new Cadence(1), { forMs: 5_000, watched: 1_000 }))).toBeLessThanOrEqual(350);
  });

  it("is as often as can be in the first two seconds", () => {
    expect([500, 1_000, 2_000].map((elapsedMs) => new Cadence(0).pauseMs(elapsedMs, 1))).toEqual([
      50, 50, 50,
    ]);
  });

  it("is more often with few than with many", () => {
    const [few, some, many, more] = [1, 60, 500, 5_000].map((watched) => new Cadence(1).begin(watched));
    expect([few, some, many, more]).toEqual([50, 120, 300, 300]);
  });

  it("is five times a second while there are PUTs to come, however few are watched", () => {
    const cadence = new Cadence(2);
    expect(cadence.begin(1)).toBe(200);
    expect(cadence.begin(2)).toBe(50);
    expect(cadence.pauseMs(0, 2)).toBe(50);
  });

  it.each([10_000, 60_000, 120_000])(
    "is never more seldom than a tenth of %i ms that have passed",
    (elapsedMs) => {
      expect(new Cadence(1).pauseMs(elapsedMs, 1)).toBeGreaterThan(elapsedMs / 20);
      expect(new Cadence(1).pauseMs(elapsedMs, 1)).toBeLessThanOrEqual(elapsedMs / 10);
    },
  );

  it("is at least every ten seconds", () => {
    expect(new Cadence(1).pauseMs(900_000, 1)).toBe(10_000);
  });

  it("begins later once it is known how long others took, the quickest of them", () => {
    const cadence = new Cadence(1);
    cadence.ended(1_500);
    cadence.ended(1_200);
    cadence.ended(1_800);
    expect(cadence.begin(1)).toBe(1_200);
    expect(cadence.pauseMs(0, 1)).toBe(50);
  });

  it("gathers those that become due within tenths of a second while there are PUTs to come", () => {
    const cadence = new Cadence(2);
    cadence.begin(1);
    expect(cadence.gatheringMs).toBe(400);
    cadence.begin(2);
    expect(cadence.gatheringMs).toBe(0);
  });

  it("begins within seconds, however long others took, since a refusal may come sooner", () => {
    const cadence = new Cadence(1);
    cadence.ended(600_000);
    expect(cadence.begin(1)).toBe(2_000);
  });
});
