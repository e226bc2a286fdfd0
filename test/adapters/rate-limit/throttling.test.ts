import { describe, expect, it } from "vitest";
import { throttleDelayMs } from "../../../src/adapters/rate-limit/throttling.ts";

describe("the delay after a 429", () => {
  it.each([
    [1, 500],
    [2, 1_000],
    [3, 2_000],
    [7, 30_000],
    [60, 30_000],
  ])("(attempt %i) is at most %i ms if the response requests none", (attempt, longestMs) => {
    expect(throttleDelayMs(attempt, undefined, 1)).toBe(longestMs);
    expect(throttleDelayMs(attempt, undefined, 0)).toBe(longestMs / 2);
  });

  it("is the one that the response requests", () => {
    expect(throttleDelayMs(1, 7_000, 1)).toBe(7_000);
    expect(throttleDelayMs(2, 50, 1)).toBe(100);
  });

  it("is at least a tenth of a second", () => {
    expect(throttleDelayMs(1, 0, 1)).toBe(100);
  });

  it("grows from the third 429 on, even if the responses request less", () => {
    expect(throttleDelayMs(3, 0, 1)).toBe(2_000);
    expect(throttleDelayMs(3, 60_000, 1)).toBe(60_000);
  });
});
