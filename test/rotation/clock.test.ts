import { getEventListeners } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock } from "../../src/rotation/clock.ts";

function holdTime(): void {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

describe("the system's clock", () => {
  it("tells the time in milliseconds since the epoch", () => {
    holdTime();
    vi.setSystemTime(1_234_567);
    expect(systemClock.now()).toBe(1_234_567);
  });

  it("sleeps until the time has passed, and leaves nothing behind", async () => {
    holdTime();
    const { signal } = new AbortController();
    let isAwake = false;
    const sleep = systemClock.sleep(100, signal).then(() => {
      isAwake = true;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(isAwake).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await sleep;
    expect(isAwake).toBe(true);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("wakes at once when the signal aborts, and leaves nothing behind", async () => {
    holdTime();
    const controller = new AbortController();
    const sleep = systemClock.sleep(100, controller.signal);
    controller.abort();
    await sleep;
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
  });

  it("does not sleep when the signal has aborted already", async () => {
    holdTime();
    await systemClock.sleep(100, AbortSignal.abort());
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes no time for less than nothing", async () => {
    holdTime();
    const sleep = systemClock.sleep(-5);
    await vi.advanceTimersByTimeAsync(0);
    await sleep;
  });
});
