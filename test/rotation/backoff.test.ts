import { describe, expect, it } from "vitest";
import { backoffMs, RetryBudget } from "../../src/rotation/backoff.ts";
import { NOW } from "../support/builders.ts";
import { FakeClock } from "../support/fake-clock.ts";

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

interface BudgetOptions {
  readonly budgetMs: number;
  readonly leftMs?: number;
  readonly maxDelayMs?: number;
  readonly lastAttemptMs?: number;
  /** How long the operation takes before it fails first. */
  readonly firstFailureAtMs?: number;
}

/** The delays between the attempts of an operation that always fails at once, without jitter. */
async function delaysOf({ budgetMs, leftMs = 900_000, firstFailureAtMs = 0, ...options }: BudgetOptions) {
  const clock = new FakeClock(NOW);
  const budget = new RetryBudget({ clock, random: () => 1, deadlineAt: NOW + leftMs, ...options }, budgetMs);
  await clock.sleep(firstFailureAtMs);
  const delays: number[] = [];
  for (let next = budget.nextDelayMs(); next !== undefined; next = budget.nextDelayMs()) {
    delays.push(next);
    await clock.sleep(next);
  }
  return delays;
}

describe("a retry budget", () => {
  it("allows growing delays until an attempt would start when the budget is used up", async () => {
    expect(await delaysOf({ budgetMs: 3_750 })).toEqual([250, 500, 1_000]);
    expect(await delaysOf({ budgetMs: 3_751 })).toEqual([250, 500, 1_000, 2_000]);
  });

  it("allows no attempt at the deadline or after it", async () => {
    expect(await delaysOf({ budgetMs: 60_000, leftMs: 750 })).toEqual([250]);
    expect(await delaysOf({ budgetMs: 60_000, leftMs: 751 })).toEqual([250, 500]);
  });

  it("starts at the first failure, so the time before it does not count", async () => {
    expect(await delaysOf({ budgetMs: 1_000, firstFailureAtMs: 60_000 })).toEqual([250, 500]);
  });

  it("may allow a last attempt shortly before its end", async () => {
    expect(await delaysOf({ budgetMs: 3_000, lastAttemptMs: 300 })).toEqual([250, 500, 1_000, 950]);
    expect(await delaysOf({ budgetMs: 2_000, lastAttemptMs: 300 })).toEqual([250, 500, 1_000]);
  });

  it("may limit the delay", async () => {
    expect(await delaysOf({ budgetMs: 2_000, maxDelayMs: 500 })).toEqual([250, 500, 500, 500]);
  });
});
