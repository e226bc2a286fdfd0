const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;

/** The pause after the `attempt`-th failure, from 1, in milliseconds; `random` from 0 to 1 spreads it. */
export function backoffMs(attempt: number, random: number): number {
  return spread(growing(FIRST_BACKOFF_MS, attempt, LONGEST_BACKOFF_MS), random);
}

/** `firstMs`, doubled with each attempt after the first. */
export function growing(firstMs: number, attempt: number, longestMs: number): number {
  return Math.min(firstMs * 2 ** (attempt - 1), longestMs);
}

/** Between the half and the whole, so that many that failed together do not come back together. */
export function spread(ms: number, random: number): number {
  return ms * (0.5 + random / 2);
}
