import { describe, expect, it } from "vitest";
import { backoffMs } from "../../src/rotation/backoff.ts";

describe("the delay after a failure", () => {
  it.each([
    [1, 250],
    [2, 500],
    [3, 1_000],
    [5, 4_000],
    [6, 5_000],
    [60, 5_000],
  ])("number %i is up to %i ms", (attempt, longestMs) => {
    expect(backoffMs(attempt, 1)).toBe(longestMs);
    expect(backoffMs(attempt, 0)).toBe(longestMs / 2);
  });
});
