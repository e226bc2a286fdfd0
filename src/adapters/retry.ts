import { exponentialDelay, withJitter } from "../rotation/backoff.ts";
import { RotationError } from "../rotation/errors.ts";

const FIRST_THROTTLE_MS = 500;
const LONGEST_THROTTLE_MS = 30_000;
const SHORTEST_THROTTLE_MS = 100;

/** True for an answer that a later attempt may better. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status >= 500;
}

/** The pause after the `attempt`-th 429: what the answer asks for, or a growing one where it asks for nothing or asks in vain. */
export function throttleDelayMs(attempt: number, askedMs: number | undefined, random: number): number {
  const own = withJitter(exponentialDelay(FIRST_THROTTLE_MS, attempt, LONGEST_THROTTLE_MS), random);
  if (askedMs === undefined) return own;
  return Math.max(askedMs, attempt > 2 ? own : SHORTEST_THROTTLE_MS);
}

/** There is still time, but none that the host's limit leaves. */
export function throttledError(): RotationError {
  const message = "Confluent's rate limit leaves no room before the run's time is up.";
  return new RotationError("throttled", message, { httpStatus: 429 });
}
