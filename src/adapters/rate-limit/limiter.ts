import { CancellableSleep, type Clock } from "../../rotation/clock.ts";
import { OutOfTimeError } from "../../rotation/errors.ts";
import type { RateLimitHeaders } from "./headers.ts";
import { CONFLUENT_LIMITS, type RateLimit, type RequestKind } from "./limits.ts";
import { RemainingQuota } from "./quota.ts";
import { throttledError } from "./throttling.ts";
import { SlidingWindow } from "./window.ts";

const SECOND_MS = 1_000;
/** Confluent's longest window. Only a 429 can delay requests for longer, or beyond the deadline. */
const MAX_RESET_MS = 60_000;

interface QueuedRequest {
  readonly priority: number;
  readonly start: () => void;
  readonly reject: (error: unknown) => void;
}

/** Keeps the requests to one host within its rate limits. Some slots of each limit are reserved for reads. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #sleep: CancellableSleep;
  readonly #deadlineAt: number;
  readonly #windows: readonly SlidingWindow[];
  readonly #quota = new RemainingQuota();
  readonly #queues: Readonly<Record<RequestKind, QueuedRequest[]>> = { read: [], write: [] };
  #lastKind: RequestKind | undefined;
  #inFlight = 0;
  #pausedUntil = 0;
  #fastestRoundTripMs: number | undefined;
  #isDraining = false;

  constructor(clock: Clock, deadlineAt: number, limits: readonly RateLimit[] = CONFLUENT_LIMITS) {
    this.#clock = clock;
    this.#sleep = new CancellableSleep(clock);
    this.#deadlineAt = deadlineAt;
    this.#windows = limits.map((limit) => new SlidingWindow(limit));
  }

  /**
   * Calls `send` as soon as the limits allow it. Requests of one kind are sent in order of `priority`, the lowest first.
   * @throws OutOfTimeError, or RotationError of class `throttled`, if they do not allow it before the deadline.
   */
  async schedule<T>(kind: RequestKind, send: () => Promise<T>, priority = 0): Promise<T> {
    await this.#enqueue(kind, priority);
    try {
      return await send();
    } finally {
      this.#inFlight -= 1;
      for (const window of this.#windows) window.release(kind, this.#clock.now());
      this.#sleep.cancel();
    }
  }

  /** Holds all requests. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#sleep.cancel();
  }

  /** Records the time from sending a request until its response started. It is negative if the clock was set back. */
  recordRoundTrip(ms: number): void {
    this.#fastestRoundTripMs = Math.max(0, Math.min(this.#fastestRoundTripMs ?? ms, ms));
  }

  /**
   * Applies the X-RateLimit headers of a response. If less remains than the requests of this limiter explain, other clients
   * share the quota, and only the remainder is used before the reset.
   */
  applyHeaders({ limit, remaining, resetMs }: RateLimitHeaders, sentAt: number): void {
    const now = this.#clock.now();
    if (resetMs > MAX_RESET_MS || now + resetMs > this.#deadlineAt) return;
    if (resetMs <= SECOND_MS) {
      const second = this.#windows.find(({ windowMs }) => windowMs === SECOND_MS);
      second?.lower(limit);
      if (remaining >= limit - (second?.countSince(sentAt - SECOND_MS) ?? 0)) return;
    }
    this.#quota.update(remaining - this.#inFlight, now + resetMs, now);
  }

  #enqueue(kind: RequestKind, priority: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const queue = this.#queues[kind];
    const index = queue.findIndex((other) => other.priority > priority);
    queue.splice(index < 0 ? queue.length : index, 0, { priority, start: resolve, reject });
    this.#sleep.cancel();
    if (!this.#isDraining) this.#drain().catch((error: unknown) => this.#rejectAll(error));
    return promise;
  }

  async #drain(): Promise<void> {
    this.#isDraining = true;
    // Priority counts only among queued requests, so all that are scheduled together must be queued before one is sent.
    await this.#clock.sleep(0);
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const now = this.#clock.now();
      const heldUntil = Math.max(this.#pausedUntil, this.#quota.availableAt);
      const startAt = Math.max(next.availableAt, heldUntil);
      if (now >= this.#deadlineAt || heldUntil > this.#deadlineAt)
        this.#rejectAll(heldUntil > now ? throttledError() : new OutOfTimeError());
      else if (startAt > now) await this.#sleep.start(Math.min(startAt, this.#deadlineAt) - now);
      else this.#start(next.kind);
    }
    this.#isDraining = false;
  }

  /** The kind whose first request can be sent first. If both can, they take turns, so neither starves under a low limit. */
  #next(): { readonly kind: RequestKind; readonly availableAt: number } | undefined {
    const now = this.#clock.now();
    const kinds: RequestKind[] = this.#lastKind === "read" ? ["write", "read"] : ["read", "write"];
    return kinds
      .filter((kind) => this.#queues[kind].length > 0)
      .map((kind) => ({ kind, availableAt: Math.max(now, this.#availableAt(kind)) }))
      .toSorted((a, b) => a.availableAt - b.availableAt)[0];
  }

  #availableAt(kind: RequestKind): number {
    return Math.max(
      ...this.#windows.map((window) => window.availableAt(kind, this.#fastestRoundTripMs ?? 0)),
    );
  }

  #start(kind: RequestKind): void {
    for (const window of this.#windows) window.acquire(kind);
    this.#quota.take();
    this.#inFlight += 1;
    this.#lastKind = kind;
    this.#queues[kind].shift()?.start();
  }

  #rejectAll(error: unknown): void {
    for (const queue of Object.values(this.#queues)) for (const { reject } of queue.splice(0)) reject(error);
  }
}
