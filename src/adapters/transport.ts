import { RetryBudget } from "../rotation/backoff.ts";
import type { Clock } from "../rotation/clock.ts";
import { OutOfTimeError } from "../rotation/errors.ts";
import { type HttpRequest, type HttpResponse, NetworkError } from "./http.ts";
import { parseRateLimitHeaders, retryAfterMs } from "./rate-limit/headers.ts";
import type { RateLimiter } from "./rate-limit/limiter.ts";
import { isTransient, throttleDelayMs, throttledError } from "./retry.ts";

const REQUEST_TIMEOUT_MS = 10_000;

export interface TransportOptions {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly deadlineAt: number;
  /** How long a read is asked again for a fault that may pass, in milliseconds. */
  readonly faultRetryMs: number;
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** The one way to this host, shared by all that call it. */
  readonly limiter: RateLimiter;
  readonly authorization: string;
}

export interface ReadResponse<T> {
  readonly answer: HttpResponse;
  /** What a 200 holds; `undefined` for any other answer, and for a 200 that cannot be read. */
  readonly value: T | undefined;
}

/** Sends requests to one host within its rate limits, the run's time and the patience for faults. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * A GET, asked again while a fault may pass: no answer, a transient status, or a 200 that `parse` makes nothing of.
   * @throws NetworkError, OutOfTimeError, RotationError of class `throttled`
   */
  async read<T>(url: string, parse: (answer: HttpResponse) => T | undefined): Promise<ReadResponse<T>> {
    const { clock, faultRetryMs: faultPatienceMs } = this.#options;
    const budget = new RetryBudget(this.#options, faultPatienceMs);
    for (;;) {
      const answer = await this.#send({ method: "GET", url }, true).catch(passing);
      const pauseMs = budget.nextDelayMs();
      if (answer instanceof NetworkError) {
        if (pauseMs === undefined) throw answer;
      } else {
        const value = answer.status === 200 ? parse(answer) : undefined;
        const mayPass = isTransient(answer.status) || (answer.status === 200 && value === undefined);
        if (pauseMs === undefined || !mayPass) return { answer, value };
      }
      await clock.sleep(pauseMs);
    }
  }

  /**
   * A PUT, sent once; only what was refused with 429, and so certainly not applied, is sent again. A lower `rank` goes first.
   * @throws NetworkError, OutOfTimeError, RotationError of class `throttled`
   */
  write(url: string, body: string, rank: number): Promise<HttpResponse> {
    return this.#send({ method: "PUT", url, body }, false, rank);
  }

  async #send(
    message: Pick<HttpRequest, "method" | "url" | "body">,
    urgent: boolean,
    rank = 0,
  ): Promise<HttpResponse> {
    const { clock, random, limiter, send: exchange, authorization, deadlineAt } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      let sentAt = 0;
      const answer = await limiter
        .schedule(
          urgent,
          () => {
            sentAt = clock.now();
            const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, deadlineAt - sentAt);
            return exchange({ ...message, authorization, timeoutMs });
          },
          rank,
        )
        .catch((error: unknown) => {
          throw attempt > 1 && error instanceof OutOfTimeError ? throttledError() : error;
        });
      const limits = parseRateLimitHeaders(answer.headers);
      if (limits) limiter.applyHeaders(limits, sentAt);
      if (answer.status !== 429) return answer;
      limiter.pause(throttleDelayMs(attempt, retryAfterMs(answer.headers, clock.now()), random()));
    }
  }
}

function passing(error: unknown): NetworkError {
  if (error instanceof NetworkError && error.isTransient) return error;
  throw error;
}
