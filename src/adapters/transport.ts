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
  /** How long a GET is retried on transient errors, in milliseconds. */
  readonly faultRetryMs: number;
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** Shared by all clients of the host. */
  readonly limiter: RateLimiter;
  readonly authorization: string;
}

export interface ReadResponse<T> {
  readonly response: HttpResponse;
  /** The parsed body of a 200; `undefined` for any other response, and for a 200 that cannot be parsed. */
  readonly value: T | undefined;
}

/** Sends requests to one host within its rate limits and the time of the run, and retries transient errors. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a GET. Retries if there is no response, if its status is transient, and if it is a 200 that cannot be parsed.
   * @throws NetworkError, OutOfTimeError, RotationError of class `throttled`
   */
  async read<T>(url: string, parse: (response: HttpResponse) => T | undefined): Promise<ReadResponse<T>> {
    const budget = new RetryBudget(this.#options, this.#options.faultRetryMs);
    for (;;) {
      const response = await this.#send({ method: "GET", url }, 0).catch(transientError);
      const delayMs = budget.nextDelayMs();
      if (response instanceof NetworkError) {
        if (delayMs === undefined) throw response;
      } else {
        const value = response.status === 200 ? parse(response) : undefined;
        const mayChange = isTransient(response.status) || (response.status === 200 && value === undefined);
        if (delayMs === undefined || !mayChange) return { response, value };
      }
      await this.#options.clock.sleep(delayMs);
    }
  }

  /**
   * Sends a PUT once. Only a 429 is retried, since it proves that the PUT was not applied. A lower `priority` goes first.
   * @throws NetworkError, OutOfTimeError, RotationError of class `throttled`
   */
  write(url: string, body: string, priority: number): Promise<HttpResponse> {
    return this.#send({ method: "PUT", url, body }, priority);
  }

  async #send(
    request: Pick<HttpRequest, "method" | "url" | "body">,
    priority: number,
  ): Promise<HttpResponse> {
    const { clock, random, limiter } = this.#options;
    const kind = request.method === "GET" ? "read" : "write";
    for (let attempt = 1; ; attempt += 1) {
      const { response, sentAt } = await limiter
        .schedule(kind, () => this.#sendNow(request), priority)
        .catch((error: unknown) => {
          throw attempt > 1 && error instanceof OutOfTimeError ? throttledError() : error;
        });
      const limits = parseRateLimitHeaders(response.headers);
      if (limits) limiter.applyHeaders(limits, sentAt);
      if (response.status !== 429) return response;
      limiter.pause(throttleDelayMs(attempt, retryAfterMs(response.headers, clock.now()), random()));
    }
  }

  async #sendNow(request: Pick<HttpRequest, "method" | "url" | "body">): Promise<SentRequest> {
    const { clock, deadlineAt, authorization, send } = this.#options;
    const sentAt = clock.now();
    const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, deadlineAt - sentAt);
    return { sentAt, response: await send({ ...request, authorization, timeoutMs }) };
  }
}

interface SentRequest {
  readonly sentAt: number;
  readonly response: HttpResponse;
}

function transientError(error: unknown): NetworkError {
  if (error instanceof NetworkError && error.isTransient) return error;
  throw error;
}
