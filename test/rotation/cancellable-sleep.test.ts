import { describe, expect, it } from "vitest";
import { CancellableSleep } from "../../src/rotation/nap.ts";
import { NOW } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

describe("a nap", () => {
  it("ends when its time is over", async () => {
    const clock = new FakeClock(NOW);
    await new CancellableSleep(clock).start(700);
    expect(clock.now()).toBe(NOW + 700);
  });

  it("may be ended before, and so may the next one", async () => {
    const clock = new FakeClock(NOW);
    const nap = new CancellableSleep(clock);
    for (let round = 0; round < 2; round += 1) {
      const asleep = nap.start(60_000);
      nap.cancel();
      await asleep;
    }
    expect(clock.now()).toBe(NOW);
  });

  it.each([
    [699, 0],
    [700, 700],
  ])("of 700 ms that is to end by then in %i ms takes %i", async (inMs, tookMs) => {
    const clock = new FakeClock(NOW);
    const nap = new CancellableSleep(clock);
    const asleep = nap.start(700);
    nap.cancelAt(NOW + inMs);
    await asleep;
    expect(clock.now()).toBe(NOW + tookMs);
  });

  it("is not ended by what came before it", async () => {
    const clock = new FakeClock(NOW);
    const nap = new CancellableSleep(clock);
    nap.cancel();
    await nap.start(700);
    expect(clock.now()).toBe(NOW + 700);
  });
});
