import type { Clock } from "../rotation/clock.ts";
import { OutOfTimeError, RotationError } from "../rotation/errors.ts";
import { CONFLUENT_LIMITS, type GateLimits, type Window } from "./limits.ts";

/** How many requests that came late, since timers do, may be made up for at once. */
const CATCH_UP = 3;
/** Of ten requests, one may be urgent while others wait: looks are to watch the PUTs, not to hold them up. */
const CALM_PER_URGENT = 9;
const SECOND_MS = 1_000;

/** Without a reason of ours each wake-up would cost an exception with a stack. */
const WOKEN = "woken";

/** What the host says is left of a limit of its own. */
export interface Allowance {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

interface Entrant {
  readonly urgent: boolean;
  readonly rank: number;
  readonly admit: () => void;
  readonly refuse: (error: RotationError) => void;
}

/**
 * The way to one host. A request keeps its place in each window from when it is sent until the window's length after its
 * answer; so whatever the network delays, the host never counts more than the limit in any window. A pause holds all.
 */
export class Gate {
  readonly #clock: Clock;
  readonly #deadlineAt: number;
  readonly #limits: GateLimits;
  readonly #waiting: Entrant[] = [];
  /** When the latest answers came, in order. */
  readonly #answeredAt: number[] = [];
  readonly #longestMs: number;
  #inFlight = 0;
  #pausedUntil = 0;
  #allowance: { limit: number; left: number; until: number } | undefined;
  /** When the next request is due that is neither urgent nor part of a burst. */
  #nextAt = 0;
  #burstLeft = 0;
  #calmSinceUrgent = CALM_PER_URGENT;
  /** The lowest limit per second that is known. */
  #perSecond: number;
  #isPumping = false;
  #wake = new AbortController();

  constructor(clock: Clock, deadlineAt: number, limits: GateLimits = CONFLUENT_LIMITS) {
    this.#clock = clock;
    this.#deadlineAt = deadlineAt;
    this.#limits = limits;
    this.#perSecond = Math.min(
      ...limits.windows.map(({ count, windowMs }) =>
        windowMs <= SECOND_MS ? count : Number.POSITIVE_INFINITY,
      ),
    );
    this.#longestMs = Math.max(...limits.windows.map(({ windowMs }) => windowMs));
  }

  /**
   * Sends when it is this request's turn: the others by rank, the lowest first, and urgent ones between them, as long as
   * they are no more than one to nine.
   * @throws OutOfTimeError, or RotationError of class `throttled`, when its turn does not come before the deadline.
   */
  async pass<T>(urgent: boolean, send: () => Promise<T>, rank = 0): Promise<T> {
    await this.#enter(urgent, rank);
    try {
      return await send();
    } finally {
      this.#inFlight -= 1;
      this.#answeredAt.push(this.#clock.now());
      this.#wake.abort(WOKEN);
    }
  }

  /** Holds every request to this host. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#wake.abort(WOKEN);
  }

  /**
   * Takes in what an answer says of a limit that may be lower than the documented ones. While all that it counts is our
   * own, keeping the window is enough; where less is left, others share the limit, and what is left is all we take.
   */
  learn({ limit, remaining, resetMs }: Allowance): void {
    const now = this.#clock.now();
    if (resetMs <= SECOND_MS) {
      this.#perSecond = Math.min(this.#perSecond, limit);
      const ours = this.#inFlight + this.#answeredAt.filter((at) => at > now - SECOND_MS).length;
      if (remaining >= limit - ours) return;
    }
    const left = remaining - this.#inFlight;
    const known = this.#allowance;
    const isKnown = known !== undefined && now < known.until;
    this.#allowance = { limit, left: isKnown ? Math.min(left, known.left) : left, until: now + resetMs };
  }

  #enter(urgent: boolean, rank: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entrant = { urgent, rank, admit: resolve, refuse: reject };
    const before = this.#waiting.findIndex((other) => !other.urgent && (urgent || other.rank > rank));
    this.#waiting.splice(before < 0 ? this.#waiting.length : before, 0, entrant);
    this.#wake.abort();
    this.#pump().catch(reject);
    return promise;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const now = this.#clock.now();
      const freeAt = Math.max(this.#turnAt(now, next.urgent), this.#roomAt(now, next.urgent));
      if (now >= this.#deadlineAt || this.#pausedUntil > this.#deadlineAt) this.#refuseAll();
      else if (freeAt > now) {
        this.#wake = new AbortController();
        await this.#clock.sleep(Math.min(freeAt, this.#deadlineAt) - now, this.#wake.signal);
      } else this.#admit(next, now);
    }
    this.#isPumping = false;
  }

  /** The first in line, or the first that is not urgent while urgent ones have had their share. */
  #next(): Entrant | undefined {
    const [first] = this.#waiting;
    if (!first?.urgent || this.#calmSinceUrgent >= CALM_PER_URGENT) return first;
    const now = this.#clock.now();
    const calm = this.#waiting.find(({ urgent }) => !urgent);
    return calm !== undefined && this.#roomAt(now, false) <= now ? calm : first;
  }

  #admit(next: Entrant, now: number): void {
    const intervalMs = SECOND_MS / this.#perSecond;
    this.#nextAt = Math.max(this.#nextAt + intervalMs, now - CATCH_UP * intervalMs);
    if (!next.urgent && this.#burstLeft > 0) this.#burstLeft -= 1;
    this.#calmSinceUrgent = next.urgent ? 0 : this.#calmSinceUrgent + 1;
    this.#inFlight += 1;
    if (this.#allowance) this.#allowance.left -= 1;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    next.admit();
  }

  /** When there is room for the next request, as far as it does not depend on an answer that is still to come. */
  #roomAt(now: number, urgent: boolean): number {
    while ((this.#answeredAt[0] ?? now) <= now - this.#longestMs) this.#answeredAt.shift();
    if (this.#inFlight >= this.#limits.concurrent) return Number.POSITIVE_INFINITY;
    const inWindows = this.#limits.windows.map((window) => this.#roomIn(window, urgent));
    return Math.max(this.#pausedUntil, this.#allowedAt(now), ...inWindows);
  }

  #turnAt(now: number, urgent: boolean): number {
    if (now >= this.#nextAt + SECOND_MS) this.#burstLeft = Math.min(this.#limits.burst, this.#perSecond);
    return urgent || this.#burstLeft > 0 ? 0 : this.#nextAt;
  }

  #roomIn({ count, windowMs, reserved }: Window, urgent: boolean): number {
    const limit = windowMs <= SECOND_MS ? Math.min(count, this.#perSecond) : count;
    const places = limit - this.#inFlight - (urgent ? 0 : reserved);
    if (places <= 0) return Number.POSITIVE_INFINITY;
    const oldest = this.#answeredAt.at(-places);
    return oldest === undefined ? 0 : oldest + windowMs;
  }

  #allowedAt(now: number): number {
    const allowance = this.#allowance;
    if (allowance === undefined) return 0;
    if (now >= allowance.until && allowance.left <= 0) {
      allowance.left = allowance.limit - this.#inFlight;
    }
    return allowance.left > 0 ? 0 : Math.max(allowance.until, now + 1);
  }

  #refuseAll(): void {
    const error =
      this.#pausedUntil > this.#clock.now()
        ? new RotationError(
            "throttled",
            "Confluent's rate limit leaves no room before the run's time is up.",
            { httpStatus: 429 },
          )
        : new OutOfTimeError();
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }
}
