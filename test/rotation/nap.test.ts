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

  it("is not ended by what came before it", async () => {
    const clock = new FakeClock(NOW);
    const nap = new Nap(clock);
    nap.end();
    await nap.take(700);
    expect(clock.now()).toBe(NOW + 700);
  });
});
