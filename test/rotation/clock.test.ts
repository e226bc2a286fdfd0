import { getEventListeners } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { systemClock, within } from "../../src/rotation/clock.ts";

function holdTime(): void {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

describe("the system clock", () => {
  it("has the time in milliseconds since the epoch", () => {
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

  it("sleeps without a signal too", async () => {
    holdTime();
    const sleep = systemClock.sleep(100);
    await vi.advanceTimersByTimeAsync(100);
    await expect(sleep).resolves.toBeUndefined();
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

  it.each([0, -5])("lets pending work go first, and takes no time, for %i ms", async (ms) => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const order: string[] = [];
    const sleep = systemClock.sleep(ms).then(() => order.push("awake"));
    await Promise.resolve().then(() => order.push("ready"));
    await sleep;
    expect(order).toEqual(["ready", "awake"]);
  });
});

describe("work with a time limit", () => {
  it("gives its result and leaves no timer behind", async () => {
    holdTime();
    expect(await within(systemClock, 100, Promise.resolve("done"))).toBe("done");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives nothing once the time has passed", async () => {
    holdTime();
    const result = within(systemClock, 100, Promise.withResolvers<string>().promise);
    await vi.advanceTimersByTimeAsync(100);
    expect(await result).toBeUndefined();
  });

  it("fails as it fails, and leaves no timer behind", async () => {
    holdTime();
    await expect(within(systemClock, 100, Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(vi.getTimerCount()).toBe(0);
  });
});
