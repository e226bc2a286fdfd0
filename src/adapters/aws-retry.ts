import { isServerError, isThrottlingError, isTransientError } from "@smithy/core/retry";
import { RetryBudget } from "../rotation/backoff.ts";
import type { Clock } from "../rotation/clock.ts";
import { OutOfTimeError } from "../rotation/errors.ts";
import { toNetworkFault } from "./network-fault.ts";

interface AwsRetryOptions {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly deadlineAt: number;
  /** How long a failing call is retried, in milliseconds. */
  readonly retryMs: number;
  /** Counted from the start of the attempt, without the time in a queue. */
  readonly attemptTimeoutMs: number;
  /** The longest delay between two attempts, in milliseconds. */
  readonly maxDelayMs?: number;
  /** If set, the last attempt starts this long before the end rather than not at all. */
  readonly lastAttemptMs?: number;
  /** Aborts when nobody needs the result any more; no attempt starts after that. */
  readonly closed?: AbortSignal;
  /** Schedules an attempt; at once by default. */
  readonly schedule?: <T>(attempt: () => Promise<T>) => Promise<T>;
}

/**
 * Repeats a call to AWS while it is throttled, gets no response or meets a service error. The SDK's own retries
 * end after a number of attempts, which a short outage exhausts.
 * @throws OutOfTimeError if the deadline has passed before an attempt, otherwise the last error.
 */
export async function withAwsRetry<T>(
  call: (abortSignal: AbortSignal) => Promise<T>,
  options: AwsRetryOptions,
): Promise<T> {
  const { clock, deadlineAt, retryMs, attemptTimeoutMs, closed, schedule = (attempt) => attempt() } = options;
  const budget = new RetryBudget(options, retryMs);
  const attempt = (): Promise<T> => {
    const leftMs = deadlineAt - clock.now();
    if (leftMs <= 0 || closed?.aborted) throw new OutOfTimeError();
    return call(AbortSignal.timeout(Math.ceil(Math.min(attemptTimeoutMs, leftMs))));
  };
  for (;;) {
    try {
      return await schedule(attempt);
    } catch (error) {
      const delayMs = mayPass(error) ? budget.nextDelayMs() : undefined;
      if (delayMs === undefined) throw error;
      await clock.sleep(delayMs, closed);
    }
  }
}

/** The response did not come from AWS, but from a proxy, for example. */
export class NotAwsError extends Error {
  override readonly name = "NotAwsError";
}

type SdkError = Parameters<typeof isTransientError>[0];

/**
 * An attempt is aborted only because it took too long. The SDK throws a SyntaxError for a response that is not from AWS.
 * An exceeded quota of labels or versions is permanent.
 */
function mayPass(error: unknown): boolean {
  if (!isSdkError(error) || error.name === "LimitExceededException") return false;
  return (
    /^(AbortError|SyntaxError|NotAwsError)$|Throttl/.test(error.name) ||
    isProxyOutage(error) ||
    isThrottlingError(error) ||
    isTransientError(error) ||
    isServerError(error)
  );
}

/** True for a proxy that closed the connection, or that reports a fault on its way to AWS. */
function isProxyOutage(error: Error): boolean {
  const code = toNetworkFault(error)?.code ?? "";
  return /^(ERR_PROXY_TUNNEL|PROXY_(408|429|5\d\d))$/.test(code);
}

function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error;
}
