import { describe, expect, it } from "vitest";
import { PollSchedule } from "../../../src/rotation/polling/schedule.ts";

/** The pauses of one that is looked at again and again, until so much time has passed. */
function pauses(schedule: PollSchedule, { forMs, watched }: { forMs: number; watched: number }): number[] {
  schedule.recordStart();
  const all: number[] = [];
  for (let elapsedMs = 0; elapsedMs < forMs; elapsedMs += all.at(-1) ?? 0)
    all.push(schedule.delayMs(elapsedMs, watched));
  return all;
}

describe("how often to look", () => {
  it("is tenths of a second while seconds count, with few and with many", () => {
    expect(Math.max(...pauses(new PollSchedule(1), { forMs: 5_000, watched: 1 }))).toBeLessThanOrEqual(350);
    expect(Math.max(...pauses(new PollSchedule(1), { forMs: 5_000, watched: 1_000 }))).toBeLessThanOrEqual(
      350,
    );
  });

  it("is as often as can be in the first two seconds", () => {
    expect([500, 1_000, 2_000].map((elapsedMs) => new PollSchedule(0).delayMs(elapsedMs, 1))).toEqual([
      50, 50, 50,
    ]);
  });

  it("is more often with few than with many", () => {
    const pausesMs = [1, 60, 500, 5_000].map((watched) => new PollSchedule(0).delayMs(0, watched));
    expect(pausesMs).toEqual([50, 120, 300, 300]);
  });

  it("is five times a second while there are PUTs to come, however few are watched", () => {
    const schedule = new PollSchedule(2);
    schedule.recordStart();
    expect(schedule.delayMs(0, 1)).toBe(200);
    schedule.recordStart();
    expect(schedule.delayMs(0, 2)).toBe(50);
  });

  it.each([10_000, 60_000, 120_000])(
    "is never more seldom than a twentieth of %i ms that have passed, or a fourteenth while there are PUTs to come",
    (elapsedMs) => {
      const pausesMs = [0, 1].map((expected) => new PollSchedule(expected).delayMs(elapsedMs, 1));
      expect(pausesMs).toEqual([expect.closeTo(elapsedMs * 0.045), expect.closeTo(elapsedMs * 0.07)]);
    },
  );

  it("is at least every ten seconds", () => {
    expect(new PollSchedule(1).delayMs(900_000, 1)).toBe(10_000);
  });

  it("gathers those that become due within tenths of a second while there are PUTs to come", () => {
    const schedule = new PollSchedule(2);
    schedule.recordStart();
    expect(schedule.batchWindowMs).toBe(400);
    schedule.recordStart();
    expect(schedule.batchWindowMs).toBe(0);
  });
});

/** How soon after its PUT one is looked at, after others of which each was pending last, and then was not. */
function tooSoonMs(...others: readonly (readonly [pendingMs: number, endedMs: number])[]): number {
  const schedule = new PollSchedule(1);
  for (const [pendingMs, endedMs] of others) schedule.recordReady(endedMs, pendingMs);
  return schedule.earliestMs();
}

describe("how soon to look", () => {
  it("is at once while nothing is known", () => expect(new PollSchedule(1).earliestMs()).toBe(0));

  it("is not before one has waited as long as any that is still pending, until one is not", () => {
    const schedule = new PollSchedule(2);
    schedule.recordPending(400);
    schedule.recordPending(300);
    expect(schedule.earliestMs()).toBe(400);
    schedule.recordReady(700, 400);
    schedule.recordPending(5_000);
    expect(schedule.earliestMs()).toBe(600);
  });

  it("is between when another was pending and when it was not, rather later than sooner", () => {
    expect(tooSoonMs([1_000, 1_300])).toBe(1_200);
  });

  it("is as long as another was pending where no PUT is to come that a look might hold up", () => {
    const schedule = new PollSchedule(0);
    schedule.recordReady(1_300, 1_000);
    expect(schedule.earliestMs()).toBe(1_000);
  });

  it("is known the closer, the more have shown it", () => {
    expect(tooSoonMs([1_000, 1_300], [0, 1_210])).toBe(1_140);
    expect(tooSoonMs([1_000, 1_300], [1_150, 1_400])).toBe(1_250);
    expect(tooSoonMs([1_000, 1_300], [1_150, 1_400], [900, 1_450])).toBe(1_250);
  });

  it("is when it was not pending any more, once that is known closely enough", () => {
    expect(tooSoonMs([1_000, 1_099])).toBe(1_099);
    expect(tooSoonMs([1_000, 1_300], [0, 1_090], [0, 1_150])).toBe(1_090);
    expect(tooSoonMs([1_000, 1_100])).toBeLessThan(1_100);
  });

  it("is so too once it is known to less than 7.5 % of what it takes", () => {
    expect(tooSoonMs([3_701, 4_000])).toBe(4_000);
    expect(tooSoonMs([3_700, 4_000])).toBe(3_900);
  });

  it.each<[string, [number, number], number]>([
    ["between two looks", [300, 600], 500],
    ["before its first look", [0, 900], 600],
  ])("is sooner again where one was quicker than any before, %s", (_case, quicker, expected) => {
    expect(tooSoonMs([1_000, 1_300], quicker)).toBe(expected);
  });

  it("is no later for one that was slower", () => {
    expect(tooSoonMs([1_000, 1_300], [1_300, 1_600])).toBe(1_200);
  });

  it("is within seconds, however long others took, since a refusal may come sooner", () => {
    expect(tooSoonMs([580_000, 600_000])).toBe(5_000);
  });

  it("is no later than twice, or ten seconds after, it was last seen to be pending", () => {
    const schedule = new PollSchedule(1);
    schedule.recordReady(600_000, 580_000);
    expect([1_000, 4_000, 9_000, 200_000].map((seenMs) => schedule.earliestMs(seenMs))).toEqual([
      5_000, 8_000, 18_000, 210_000,
    ]);
    expect(schedule.earliestMs(599_000)).toBe(600_000);
  });

  it("is so too while none has ended", () => {
    const schedule = new PollSchedule(1);
    schedule.recordPending(30_000);
    expect([0, 9_000, 29_000].map((seenMs) => schedule.earliestMs(seenMs))).toEqual([5_000, 18_000, 30_000]);
  });
});
