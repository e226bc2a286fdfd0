import type { ErrorBody } from "./responses.ts";

export interface Limits {
  readonly perSecond?: number;
  readonly perMinute?: number;
  readonly concurrent?: number;
  /** The `Retry-After` header of a 429, from the seconds to wait and the time; `undefined` leaves it out. */
  readonly retryAfter?: (seconds: number, now: number) => string | undefined;
  /** Whether the `X-RateLimit-*` headers are sent. */
  readonly rateLimitHeaders?: boolean;
  readonly errorBody?: ErrorBody;
}

interface Quota {
  readonly limit: number;
  readonly remaining: number;
  /** Until the next request may come. */
  readonly resetMs: number;
}

interface Window {
  readonly limit: number;
  readonly lengthMs: number;
  readonly admittedAt: number[];
}

/** Admits requests within sliding windows and a number in flight; a refused request counts for nothing. */
export class Limiter {
  readonly #limits: Limits;
  readonly #windows: readonly Window[];
  #inFlight = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
    const { perSecond = Infinity, perMinute = Infinity } = limits;
    this.#windows = [
      { limit: perSecond, lengthMs: 1_000, admittedAt: [] },
      { limit: perMinute, lengthMs: 60_000, admittedAt: [] },
    ].filter(({ limit }) => limit !== Infinity);
  }

  /** Tells whether a request may pass, and the headers of its answer. Each that passes needs one `release`. */
  admit(now: number): { readonly admitted: boolean; readonly headers: Record<string, string> } {
    const full = this.#quotas(now).filter(({ remaining }) => remaining <= 0);
    const admitted = full.length === 0;
    if (admitted) this.#take(now);
    const waitMs = Math.max(...full.map(({ resetMs }) => resetMs));
    const headers = { ...this.#rateLimitHeaders(now), ...(!admitted && this.#retryAfter(waitMs, now)) };
    return { admitted, headers };
  }

  release(): void {
    this.#inFlight -= 1;
  }

  #take(now: number): void {
    this.#inFlight += 1;
    for (const { admittedAt } of this.#windows) admittedAt.push(now);
  }

  #quotas(now: number): readonly Quota[] {
    const { concurrent } = this.#limits;
    const quotas = this.#windows.map((window) => quotaOf(window, now));
    if (concurrent === undefined) return quotas;
    return [...quotas, { limit: concurrent, remaining: concurrent - this.#inFlight, resetMs: 1_000 }];
  }

  #rateLimitHeaders(now: number): Record<string, string> {
    const tightest = this.#quotas(now).toSorted((a, b) => a.remaining - b.remaining)[0];
    if (!tightest || this.#limits.rateLimitHeaders === false) return {};
    return {
      "x-ratelimit-limit": String(tightest.limit),
      "x-ratelimit-remaining": String(Math.max(0, tightest.remaining)),
      "x-ratelimit-reset": String(Math.ceil(tightest.resetMs / 1_000)),
    };
  }

  #retryAfter(waitMs: number, now: number): Record<string, string> {
    const { retryAfter = String } = this.#limits;
    const value = retryAfter(Math.ceil(waitMs / 1_000), now);
    return value === undefined ? {} : { "retry-after": value };
  }
}

function quotaOf({ limit, lengthMs, admittedAt }: Window, now: number): Quota {
  while (admittedAt[0] !== undefined && admittedAt[0] <= now - lengthMs) admittedAt.shift();
  const resetMs = admittedAt[0] === undefined ? 0 : admittedAt[0] + lengthMs - now;
  return { limit, remaining: limit - admittedAt.length, resetMs };
}
