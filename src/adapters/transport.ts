import { RetryBudget } from "../rotation/backoff.ts";
import type { Clock } from "../rotation/clock.ts";
import { OutOfTimeError } from "../rotation/errors.ts";
import { type HttpRequest, type HttpResponse, isTransient } from "./http.ts";
import { NetworkError } from "./network-error.ts";
import { parseRateLimitHeaders, retryAfterMs } from "./rate-limit/headers.ts";
import type { RateLimiter } from "./rate-limit/limiter.ts";
import { throttleDelayMs, throttledError } from "./rate-limit/throttling.ts";
import { followRedirects, type Hop } from "./redirect.ts";

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

type WriteRequest = Required<Pick<HttpRequest, "method" | "url" | "body">> & Pick<HttpRequest, "contentType">;

interface ReadResponse<T> {
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
    const response = await this.#retry({ method: "GET", url }, (received) => {
      value = received.status === 200 ? parse(received) : undefined;
      return isTransient(received.status) || (received.status === 200 && value === undefined);
    });
    return { response, value };
  }

  /** Sends a DELETE and retries it like a GET. @throws as `read` */
  delete(url: string): Promise<HttpResponse> {
    return this.#retry({ method: "DELETE", url }, ({ status }) => isTransient(status));
  }

  /**
   * Sends a request with a body once. Only a 429 is retried, since it proves that nothing was changed. A lower `priority`
   * is sent first.
   * @throws NetworkError, OutOfTimeError, RotationError of class `throttled`
   */
  write(request: WriteRequest, priority = 0): Promise<HttpResponse> {
    return this.#send(request, priority);
  }

  /** Sends a request and retries it within the retry budget while its response `mayChange`. */
  async #retry(
    request: Pick<HttpRequest, "method" | "url">,
    mayChange: (response: HttpResponse) => boolean,
  ): Promise<HttpResponse> {
    const budget = new RetryBudget(this.#options, this.#options.faultRetryMs);
    for (;;) {
      const response = await this.#send(request, 0).catch(transientError);
      const isMissing = response instanceof NetworkError;
      if (!isMissing && !mayChange(response)) return response;
      const delayMs = budget.nextDelayMs();
      if (delayMs !== undefined) await this.#options.clock.sleep(delayMs);
      else if (isMissing) throw response;
      else return response;
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
