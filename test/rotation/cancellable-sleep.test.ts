import { describe, expect, it } from "vitest";
import { CancellableSleep } from "../../src/rotation/clock.ts";
import { NOW } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

describe("a cancellable sleep", () => {
  it("ends when its time is over", async () => {
    const clock = new FakeClock(NOW);
    await new CancellableSleep(clock).start(700);
    expect(clock.now()).toBe(NOW + 700);
  });

  it("ends at once when it is cancelled, and so does the next one", async () => {
    const clock = new FakeClock(NOW);
    const sleep = new CancellableSleep(clock);
    for (let round = 0; round < 2; round += 1) {
      const sleeping = sleep.start(60_000);
      sleep.cancel();
      await sleeping;
    }
    expect(clock.now()).toBe(NOW);
  });

  it.each([
    [699, 0],
    [700, 700],
  ])("of 700 ms that is cancelled at %i ms takes %i ms", async (inMs, tookMs) => {
    const clock = new FakeClock(NOW);
    const sleep = new CancellableSleep(clock);
    const sleeping = sleep.start(700);
    sleep.cancelAt(NOW + inMs);
    await sleeping;
    expect(clock.now()).toBe(NOW + tookMs);
  });

  it("is not affected by a cancellation before it", async () => {
    const clock = new FakeClock(NOW);
    const sleep = new CancellableSleep(clock);
    sleep.cancel();
    await sleep.start(700);
    expect(clock.now()).toBe(NOW + 700);
  });
});
