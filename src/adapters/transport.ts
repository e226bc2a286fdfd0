import { RetryBudget } from "../rotation/backoff.ts";
import type { Clock } from "../rotation/clock.ts";
import { OutOfTimeError } from "../rotation/errors.ts";
import type { HttpRequest, HttpResponse } from "./http.ts";
import { NetworkError } from "./network-error.ts";
import { parseRateLimitHeaders, retryAfterMs } from "./rate-limit/headers.ts";
import type { RateLimiter } from "./rate-limit/limiter.ts";
import { followRedirects, type Hop } from "./redirect.ts";
import { isTransient, throttleDelayMs, throttledError } from "./retry.ts";

const REQUEST_TIMEOUT_MS = 10_000;

export interface TransportOptions {
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly deadlineAt: number;
  /** How long a GET is retried on transient errors, in milliseconds. */
  readonly faultRetryMs: number;
  /** For one request and its redirects, 10 seconds by default. */
  readonly requestTimeoutMs?: number;
  readonly send: (request: HttpRequest) => Promise<HttpResponse>;
  /** The rate limiter that all clients of an origin share. */
  readonly limiterFor: (origin: string) => RateLimiter;
  readonly authorization: string;
}

export interface ReadResponse<T> {
  readonly response: HttpResponse;
  /** The parsed body of a 200; `undefined` for any other response, and for a 200 that cannot be parsed. */
  readonly value: T | undefined;
}

/** Sends requests to one host within its rate limits and the run's deadline, and retries transient errors. */
export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Sends a GET. Retries it if there is no response, its status is transient, or it is a 200 that cannot be parsed.
   * @throws NetworkError, OutOfTimeError, RotationError of class `throttled`
   */
  async read<T>(url: string, parse: (response: HttpResponse) => T | undefined): Promise<ReadResponse<T>> {
    let value: T | undefined;
    const response = await this.#retry({ method: "GET", url }, (answer) => {
      value = answer.status === 200 ? parse(answer) : undefined;
      return isTransient(answer.status) || (answer.status === 200 && value === undefined);
    });
    return { response, value };
  }

  /** Sends a DELETE and retries it like a GET. @throws as `read` */
  delete(url: string): Promise<HttpResponse> {
    return this.#retry({ method: "DELETE", url }, ({ status }) => isTransient(status));
  }

  /**
   * Sends a PUT once. Only a 429 is retried, since it proves that the PUT was not applied. A lower `priority` is sent first.
   * @throws NetworkError, OutOfTimeError, RotationError of class `throttled`
   */
  write(url: string, body: string, priority: number): Promise<HttpResponse> {
    return this.#send({ method: "PUT", url, body }, priority);
  }

  /** Sends any other request in the same way. */
  writeOnce(
    request: Required<Pick<HttpRequest, "method" | "url" | "body" | "contentType">>,
  ): Promise<HttpResponse> {
    return this.#send(request, 0);
  }

  /** Sends a request and retries it within the retry budget while its response `mayChange`. */
  async #retry(
    request: Pick<HttpRequest, "method" | "url">,
    mayChange: (response: HttpResponse) => boolean,
  ): Promise<HttpResponse> {
    const budget = new RetryBudget(this.#options, this.#options.faultRetryMs);
    for (;;) {
      const response = await this.#send(request, 0).catch(transientError);
      const delayMs = budget.nextDelayMs();
      if (response instanceof NetworkError) {
        if (delayMs === undefined) throw response;
      } else if (!mayChange(response) || delayMs === undefined) return response;
      await this.#options.clock.sleep(delayMs);
    }
  }

  /** Each redirect counts as a request for the rate limit of its host. All share one timeout. */
  #send(request: Omit<Hop, "authorization">, priority: number): Promise<HttpResponse> {
    const { clock, authorization, requestTimeoutMs = REQUEST_TIMEOUT_MS } = this.#options;
    let timeoutMs = requestTimeoutMs;
    return followRedirects({ ...request, authorization }, async (hop) => {
      const { response, sentAt } = await this.#sendHop({ ...hop, timeoutMs }, priority);
      timeoutMs -= clock.now() - sentAt;
      return response;
    });
  }

  async #sendHop(request: HttpRequest, priority: number): Promise<SentRequest> {
    const { clock, random, limiterFor } = this.#options;
    const limiter = limiterFor(new URL(request.url).origin);
    const kind = request.method === "GET" ? "read" : "write";
    for (let attempt = 1; ; attempt += 1) {
      const sent = await limiter
        .schedule(kind, () => this.#sendNow(request), priority)
        .catch((error: unknown) => {
          throw attempt > 1 && error instanceof OutOfTimeError ? throttledError() : error;
        });
      const { status, headers } = sent.response;
      const limits = parseRateLimitHeaders(headers);
      if (limits) limiter.applyHeaders(limits, sent.sentAt);
      if (status !== 429) return sent;
      limiter.pause(throttleDelayMs(attempt, retryAfterMs(headers, clock.now()), random()));
    }
  }

  async #sendNow(request: HttpRequest): Promise<SentRequest> {
    const { clock, deadlineAt, send } = this.#options;
    const sentAt = clock.now();
    const timeoutMs = Math.min(request.timeoutMs, deadlineAt - sentAt);
    return { sentAt, response: await send({ ...request, timeoutMs }) };
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
