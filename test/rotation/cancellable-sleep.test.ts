import { describe, expect, it } from "vitest";
import { Nap } from "../../src/rotation/nap.ts";
import { NOW } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

describe("a nap", () => {
  it("ends when its time is over", async () => {
    const clock = new FakeClock(NOW);
    await new Nap(clock).take(700);
    expect(clock.now()).toBe(NOW + 700);
  });

  it("may be ended before, and so may the next one", async () => {
    const clock = new FakeClock(NOW);
    const nap = new Nap(clock);
    for (let round = 0; round < 2; round += 1) {
      const asleep = nap.take(60_000);
      nap.end();
      await asleep;
    }
    expect(clock.now()).toBe(NOW);
  });

  it.each([
    [699, 0],
    [700, 700],
  ])("of 700 ms that is to end by then in %i ms takes %i", async (inMs, tookMs) => {
    const clock = new FakeClock(NOW);
    const nap = new Nap(clock);
    const asleep = nap.take(700);
    nap.endBy(NOW + inMs);
    await asleep;
    expect(clock.now()).toBe(NOW + tookMs);
  });

  it("is not ended by what came before it", async () => {
    const clock = new FakeClock(NOW);
    const nap = new Nap(clock);
    nap.end();
    await nap.take(700);
    expect(clock.now()).toBe(NOW + 700);
  });
});
