export interface Limits {
  readonly perSecond?: number;
  readonly perMinute?: number;
  readonly concurrent?: number;
  /** Whether the `X-RateLimit-*` headers are sent. */
  readonly rateLimitHeaders?: boolean;
}

/** The used part of a window. */
interface Usage {
  readonly limit: number;
  readonly remaining: number;
  /** Time until the next request is allowed. */
  readonly resetMs: number;
}

interface Window {
  readonly limit: number;
  readonly lengthMs: number;
  readonly admittedAt: number[];
}

/** Admits requests within sliding windows and a maximum in flight. Refused requests are not counted. */
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

  /** Whether a request is admitted, and the headers of its response. Each admitted request needs one `release`. */
  admit(now: number): { readonly admitted: boolean; readonly headers: Record<string, string> } {
    const full = this.#usages(now).filter(({ remaining }) => remaining <= 0);
    const admitted = full.length === 0;
    if (admitted) this.#take(now);
    const waitMs = Math.max(...full.map(({ resetMs }) => resetMs));
    const headers = {
      ...this.#rateLimitHeaders(now),
      ...(!admitted && { "retry-after": String(Math.ceil(waitMs / 1_000)) }),
    };
    return { admitted, headers };
  }

  release(): void {
    this.#inFlight -= 1;
  }

  #take(now: number): void {
    this.#inFlight += 1;
    for (const { admittedAt } of this.#windows) admittedAt.push(now);
  }

  #usages(now: number): readonly Usage[] {
    const { concurrent } = this.#limits;
    const usages = this.#windows.map((window) => usageOf(window, now));
    if (concurrent === undefined) return usages;
    return [...usages, { limit: concurrent, remaining: concurrent - this.#inFlight, resetMs: 1_000 }];
  }

  #rateLimitHeaders(now: number): Record<string, string> {
    const tightest = this.#usages(now).toSorted((a, b) => a.remaining - b.remaining)[0];
    if (!tightest || this.#limits.rateLimitHeaders === false) return {};
    return {
      "x-ratelimit-limit": String(tightest.limit),
      "x-ratelimit-remaining": String(Math.max(0, tightest.remaining)),
      "x-ratelimit-reset": String(Math.ceil(tightest.resetMs / 1_000)),
    };
  }
}

function usageOf({ limit, lengthMs, admittedAt }: Window, now: number): Usage {
  while (admittedAt[0] !== undefined && admittedAt[0] <= now - lengthMs) admittedAt.shift();
  const resetMs = admittedAt[0] === undefined ? 0 : admittedAt[0] + lengthMs - now;
  return { limit, remaining: limit - admittedAt.length, resetMs };
}
