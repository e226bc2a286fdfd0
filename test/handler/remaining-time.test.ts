import { describe, expect, it } from "vitest";
import { SCHEDULE, worldOf } from "./invocation.ts";

describe("the remaining time of the invocation", () => {
  it.each([
    ["a hanging connection", 60_000],
    ["less time than the alert's reserve", 8_000],
    ["one second", 1_000],
  ])("is not exceeded with %s", async (_, remainingMs) => {
    const world = await worldOf({ confluent: { hang: true } });
    const endsAt = world.clock.now() + remainingMs;
    await expect(world.invoke(SCHEDULE, remainingMs)).rejects.toThrow("Flink connections prod: 1 of 1 ");
    expect(world.clock.now()).toBeLessThan(endsAt);
    expect(world.aws.published()).toHaveLength(1);
  });
});
