const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;
const LONGEST_THROTTLE_MS = 30_000;
const SHORTEST_THROTTLE_MS = 100;

/** True for an answer that a later attempt may better. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status >= 500;
}

/** The pause after the `attempt`-th failure, from 1, in milliseconds; `random` from 0 to 1 spreads it. */
export function backoffMs(attempt: number, random: number): number {
  return spread(Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS), random);
}

/** The pause after the `attempt`-th 429: what the answer asks for, or a growing one where it asks for nothing or asks in vain. */
export function throttleMs(attempt: number, askedMs: number | undefined, random: number): number {
  const own = spread(Math.min(FIRST_BACKOFF_MS * 2 ** attempt, LONGEST_THROTTLE_MS), random);
  if (askedMs === undefined) return own;
  return Math.max(askedMs, attempt > 2 ? own : SHORTEST_THROTTLE_MS);
}

function spread(ms: number, random: number): number {
  return ms * (0.5 + random / 2);
}
