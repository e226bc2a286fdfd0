import { exponentialDelay, withJitter } from "../../rotation/backoff.ts";
import { RotationError } from "../../rotation/errors.ts";

const FIRST_THROTTLE_MS = 500;
const MAX_THROTTLE_MS = 30_000;
const MIN_THROTTLE_MS = 100;

/** The delay after the `attempt`-th 429, from 1. It grows if the response requests none, or one that did not help. */
export function throttleDelayMs(attempt: number, retryAfterMs: number | undefined, random: number): number {
  const growingMs = withJitter(exponentialDelay(FIRST_THROTTLE_MS, attempt, MAX_THROTTLE_MS), random);
  if (retryAfterMs === undefined) return growingMs;
  return Math.max(retryAfterMs, attempt > 2 ? growingMs : MIN_THROTTLE_MS);
}

/** The run still has time, but the host's rate limit allows no request in it. */
export function throttledError(): RotationError {
  const message = "Confluent's rate limit allows no further request before the run's deadline.";
  return new RotationError("throttled", message, { httpStatus: 429 });
}
