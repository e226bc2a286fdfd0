import { describe, expect, it } from "vitest";
import { PollSchedule } from "../../../src/rotation/polling/schedule.ts";

const NO_WRITES_LEFT = 0;

/** A schedule after a connection that was pending, and then had a verdict, so long after its PUT. */
function scheduleAfter(
  ...connections: readonly (readonly [pendingMs: number | undefined, readyMs: number])[]
) {
  const schedule = new PollSchedule(NO_WRITES_LEFT);
  for (const [pendingMs, readyMs] of connections) schedule.recordReady(readyMs, pendingMs);
  return schedule;
}

describe("the delay between polls", () => {
  it.each([0, 500, 2_000, 20_000, 120_000])(
    "is at most a twentieth of %i ms that have passed, or a tenth of a second",
    (elapsedMs) => {
      const delayMs = new PollSchedule(NO_WRITES_LEFT).delayMs(elapsedMs);
      expect(delayMs).toBeLessThanOrEqual(Math.max(100, elapsedMs / 20));
      expect(delayMs).toBeGreaterThanOrEqual(100);
    },
  );

  it("costs one connection at most 23 polls in two seconds, and 115 in a minute", () => {
    const schedule = new PollSchedule(NO_WRITES_LEFT);
    const pollsIn = (ms: number) => {
      let polls = 0;
      for (let elapsedMs = 0; elapsedMs < ms; elapsedMs += schedule.delayMs(elapsedMs)) polls += 1;
      return polls;
    };
    expect(pollsIn(2_000)).toBeLessThanOrEqual(23);
    expect(pollsIn(60_000)).toBeLessThanOrEqual(115);
  });

  it("is ten seconds at most", () => {
    expect(new PollSchedule(NO_WRITES_LEFT).delayMs(900_000)).toBe(10_000);
  });

  it("is longer while connections are still to be written, and even longer after the first verdict", () => {
    const schedule = new PollSchedule(2);
    schedule.recordStart("a");
    schedule.recordStart("a");
    const beforeVerdict = schedule.delayMs(0);
    schedule.recordReady(2_000);
    const afterVerdict = schedule.delayMs(0);
    schedule.recordStart("b");
    expect(beforeVerdict).toBeGreaterThan(schedule.delayMs(0));
    expect(afterVerdict).toBeGreaterThan(beforeVerdict);
    expect(afterVerdict).toBeLessThanOrEqual(500);
  });
});

describe("the earliest poll", () => {
  it("is at once while nothing is known", () => {
    expect(scheduleAfter().earliestMs()).toBe(0);
  });

  it("is no earlier than the longest time any connection was pending, while others are still to be written", () => {
    const schedule = new PollSchedule(1);
    schedule.recordPending(400);
    schedule.recordPending(300);
    expect(schedule.earliestMs()).toBe(400);
    schedule.recordStart("a");
    expect(schedule.earliestMs()).toBe(0);
  });

  it("is between the last time a connection was pending and its verdict", () => {
    const earliestMs = scheduleAfter([1_000, 1_300]).earliestMs();
    expect(earliestMs).toBeGreaterThanOrEqual(1_000);
    expect(earliestMs).toBeLessThanOrEqual(1_300);
  });

  it("is shortly before the verdict of a connection that was never seen pending", () => {
    const earliestMs = scheduleAfter([undefined, 1_000]).earliestMs();
    expect(earliestMs).toBeGreaterThanOrEqual(800);
    expect(earliestMs).toBeLessThan(1_000);
  });

  it("follows the fastest connection, not the last", () => {
    const fastest = scheduleAfter([300, 600]).earliestMs();
    expect(scheduleAfter([1_000, 1_300], [300, 600], [5_000, 5_100]).earliestMs()).toBe(fastest);
  });

  it("is within five seconds, however long others took, because a refusal may come sooner", () => {
    expect(scheduleAfter([580_000, 600_000]).earliestMs()).toBe(5_000);
  });

  it("is at most twice the time that the connection was last seen pending", () => {
    const schedule = scheduleAfter([580_000, 600_000]);
    for (const pendingMs of [4_000, 9_000, 200_000])
      expect(schedule.earliestMs(pendingMs)).toBe(2 * pendingMs);
    expect(schedule.earliestMs(599_000)).toBeLessThanOrEqual(600_000);
  });
});
