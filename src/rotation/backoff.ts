import type { Clock } from "./clock.ts";

const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 5_000;

/** The delay after the `attempt`-th failure, from 1, in milliseconds; `random` is a number from 0 to 1. */
export function backoffMs(attempt: number, random: number, maxMs = MAX_BACKOFF_MS): number {
  return withJitter(exponentialDelay(FIRST_BACKOFF_MS, attempt, maxMs), random);
}

interface RetryContext {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly deadlineAt: number;
  /** The longest delay, before it is spread by jitter; 5 s by default. */
  readonly maxDelayMs?: number;
  /** If set, the last attempt starts this long before the end rather than not at all. */
  readonly lastAttemptMs?: number;
}

/** How long a failing operation is retried. The budget starts at the first failure, so queueing time is not counted. */
export class RetryBudget {
  readonly #context: RetryContext;
  readonly #budgetMs: number;
  #attempts = 0;
  #endsAt: number | undefined;

  constructor(context: RetryContext, budgetMs: number) {
    this.#context = context;
    this.#budgetMs = budgetMs;
  }

  /** The delay before the next attempt, in milliseconds; `undefined` if that attempt would be too late. */
  nextDelayMs(): number | undefined {
    const { clock, random, deadlineAt, maxDelayMs, lastAttemptMs = 0 } = this.#context;
    const now = clock.now();
    this.#endsAt ??= Math.min(now + this.#budgetMs, deadlineAt);
    this.#attempts += 1;
    const delayMs = backoffMs(this.#attempts, random(), maxDelayMs);
    if (now + delayMs < this.#endsAt) return delayMs;
    const lastDelayMs = this.#endsAt - lastAttemptMs - now;
    return lastAttemptMs > 0 && lastDelayMs > 0 ? lastDelayMs : undefined;
  }
}

/** `firstMs`, doubled with each attempt after the first. */
export function exponentialDelay(firstMs: number, attempt: number, maxMs: number): number {
  return Math.min(firstMs * 2 ** (attempt - 1), maxMs);
}

/** Between half and all of `ms`, so that requests that failed together are not repeated together. */
export function withJitter(ms: number, random: number): number {
  return ms * (0.5 + random / 2);
}
