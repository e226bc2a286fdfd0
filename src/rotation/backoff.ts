import type { Clock } from "./clock.ts";

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;

/** The pause after the `attempt`-th failure, from 1, in milliseconds; `random` from 0 to 1 spreads it. */
export function backoffMs(attempt: number, random: number): number {
  return withJitter(exponentialDelay(FIRST_BACKOFF_MS, attempt, LONGEST_BACKOFF_MS), random);
}

/** How long a fault is lived with, from when it is first met: the wait in a line before that does not count. */
export class RetryBudget {
  readonly #world: World;
  readonly #patienceMs: number;
  #attempts = 0;
  #endsAt: number | undefined;

  constructor(world: World, budgetMs: number) {
    this.#world = world;
    this.#patienceMs = budgetMs;
  }

  /** The pause before what has just failed is tried again, in milliseconds; `undefined` once that would be too late. */
  nextDelayMs(): number | undefined {
    const { clock, random, deadlineAt } = this.#world;
    const now = clock.now();
    this.#endsAt ??= Math.min(now + this.#patienceMs, deadlineAt);
    this.#attempts += 1;
    const pauseMs = backoffMs(this.#attempts, random());
    return now + pauseMs < this.#endsAt ? pauseMs : undefined;
  }
}

interface World {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly deadlineAt: number;
}

/** `firstMs`, doubled with each attempt after the first. */
export function exponentialDelay(firstMs: number, attempt: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** (attempt - 1), longestMs);
}

/** Between the half and the whole, so that many that failed together do not come back together. */
export function withJitter(ms: number, random: number): number {
  return ms * (0.5 + random / 2);
}
