import type { Clock } from "../../rotation/clock.ts";
import { OutOfTimeError } from "../../rotation/errors.ts";
import { CancellableSleep } from "../../rotation/nap.ts";
import { throttledError } from "../retry.ts";
import { CONFLUENT_LIMITS, lowered, type RateLimits, type RateWindow } from "./limits.ts";
import { RequestQueue } from "./queue.ts";
import { type RateLimitHeaders, RemainingQuota } from "./quota.ts";
import { SlidingWindow } from "./window.ts";

const SECOND_MS = 1_000;
/** How much later than allowed a request goes, in milliseconds: clocks tick in whole ones, and hosts have their own. */
const MARGIN_MS = 3;
/** After so long without calm requests those that come are a first burst, which takes so long, in milliseconds. */
const QUIET_MS = 2_000;
const BURST_MS = 200;

/**
 * The way to one host. A request keeps its place in each window from when it is sent until the window's length after its
 * answer, less what the quickest answer took; so the host never counts more than the limit in any window, however late
 * answers are. Only a way there that varies by more than the rest of that time could bring one too many, and for that the
 * windows are a little smaller than the limits. A pause holds all.
 */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #nap: CancellableSleep;
  readonly #deadlineAt: number;
  #limits: RateLimits;
  readonly #calm = new RequestQueue();
  readonly #urgent = new RequestQueue();
  /** What the requests of all hold, and those of the calm line. */
  readonly #all = new SlidingWindow();
  readonly #calmly = new SlidingWindow();
  #pausedUntil = 0;
  readonly #quota = new RemainingQuota();
  #quickestMs: number | undefined;
  #isPumping = false;
  /** When the next urgent request would go if all were a like time apart. */
  #evenlyAt = 0;
  /** When calm requests began to go after a quiet time. */
  #burstAt = 0;

  constructor(clock: Clock, deadlineAt: number, limits: RateLimits = CONFLUENT_LIMITS) {
    this.#clock = clock;
    this.#nap = new CancellableSleep(clock);
    this.#deadlineAt = deadlineAt;
    this.#limits = limits;
  }

  /**
   * Sends when it is this request's turn: by rank, the lowest first. Urgent ones may have any place, others none of those
   * that are kept for them.
   * @throws OutOfTimeError, or RotationError of class `throttled`, when its turn does not come before the deadline.
   */
  async schedule<T>(urgent: boolean, send: () => Promise<T>, rank = 0): Promise<T> {
    const line = urgent ? this.#urgent : this.#calm;
    await this.#enter(line, rank);
    try {
      return await send();
    } finally {
      for (const places of this.#placesOf(line)) places.release(this.#clock.now());
      this.#rouse();
    }
  }

  /** Holds every request to this host. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + ms);
    this.#nap.cancel();
  }

  /** Takes in how long a request took from when it was written until its answer began; less than nothing where the clock was set. */
  recordRoundTrip(ms: number): void {
    this.#quickestMs = Math.max(0, Math.min(this.#quickestMs ?? ms, ms));
  }

  /**
   * Takes in what an answer says of a limit that may be lower than the documented ones. While all that it counts is our
   * own, keeping the window is enough; where less is left, others share the limit, and what is left is all we take.
   * @param sentAt when its request was sent, in milliseconds since the epoch: the host counted back from then on.
   */
  applyHeaders({ limit, remaining, resetMs }: RateLimitHeaders, sentAt: number): void {
    const now = this.#clock.now();
    if (resetMs <= SECOND_MS) {
      this.#limits = this.#limits.map((window) =>
        window.windowMs === SECOND_MS ? lowered(window, limit) : window,
      );
      if (remaining >= limit - this.#all.countSince(sentAt - SECOND_MS)) return;
    }
    this.#quota.learn(remaining - this.#all.inFlight, now + resetMs, now);
  }

  #enter(line: RequestQueue, rank: number): Promise<void> {
    const turn = line.enqueue(rank, this.#clock.now());
    if (this.#isPumping) this.#rouse();
    else this.#pump().catch((error: unknown) => this.#refuseAll(error));
    return turn;
  }

  /** Wakes the pump where its next turn has come nearer. */
  #rouse(): void {
    this.#nap.cancelAt(this.#next()?.freeAt ?? Number.POSITIVE_INFINITY);
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    // All that come at once are there before the first is sent, so that rank decides.
    await this.#clock.sleep(0);
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      const now = this.#clock.now();
      if (now >= this.#deadlineAt || this.#heldUntil > this.#deadlineAt)
        this.#refuseAll(this.#heldUntil > now ? throttledError() : new OutOfTimeError());
      else if (next.freeAt > now) {
        await this.#nap.start(Math.min(next.freeAt, this.#deadlineAt) - now);
      } else this.#admit(next.line);
    }
    this.#isPumping = false;
  }

  /** Until when nothing may be sent at all: by a pause, or since the host says that nothing is left. */
  get #heldUntil(): number {
    return Math.max(this.#pausedUntil, this.#quota.heldUntil);
  }

  /** The line that has room first, and when, as far as that does not depend on an answer that is still to come. */
  #next(): { readonly line: RequestQueue; readonly freeAt: number } | undefined {
    const now = this.#clock.now();
    const lines = [this.#calm, this.#urgent].filter(({ length }) => length > 0);
    const candidates = lines.map((line) => {
      const inWindows = this.#limits.map((window) => this.#roomIn(window, line));
      return { line, freeAt: Math.max(now, this.#heldUntil, this.#turnOf(line), ...inWindows) };
    });
    return candidates.toSorted((a, b) => a.freeAt - b.freeAt || a.line.lastAt - b.line.lastAt)[0];
  }

  #admit(line: RequestQueue): void {
    const now = this.#clock.now();
    for (const places of this.#placesOf(line)) places.acquire();
    this.#quota.take();
    if (line === this.#urgent) this.#evenlyAt = Math.max(this.#evenlyAt, now) + this.#apartMs;
    if (line === this.#calm && now >= line.lastAt + QUIET_MS) this.#burstAt = now;
    line.admit(now);
  }

  /**
   * When a line may go on where a second is limited. Urgent requests are spread over it, or all that the calm ones leave
   * would come at its beginning; two that come together go together, as the pages of one look do. Those few calm ones that
   * get room soon after the first burst, from looks before it, wait for the second: every burst goes on as the one before it
   * did, and what went together is ready together, and seen by the same look.
   */
  #turnOf(line: RequestQueue): number {
    const second = this.#second;
    if (second === undefined) return 0;
    if (line === this.#urgent) return this.#evenlyAt - (line.isTogether ? this.#apartMs : 0);
    if (this.#clock.now() <= this.#burstAt + BURST_MS) return 0;
    const many = Math.min(line.length, Math.ceil(second.count / 2));
    return Math.min(this.#burstAt + SECOND_MS, this.#roomIn(second, line, many));
  }

  get #second(): RateWindow | undefined {
    return this.#limits.find(({ windowMs }) => windowMs === SECOND_MS);
  }

  /** How far apart urgent requests are that take all of a second, once half full, which calm ones leave, in milliseconds. */
  get #apartMs(): number {
    if (this.#second === undefined) return 0;
    const { count, reserved } = this.#second;
    if (this.#calm.length > 0) return SECOND_MS / reserved;
    const secondAgo = this.#clock.now() - SECOND_MS;
    const calm = this.#calmly.countSince(secondAgo);
    if (calm === 0 || this.#all.countSince(secondAgo) < count / 2) return 0;
    return SECOND_MS / Math.max(reserved, count - calm);
  }

  /** When there is room in a window for so many more of its line. */
  #roomIn({ count, windowMs, reserved }: RateWindow, line: RequestQueue, many = 1): number {
    const heldMs = windowMs === 0 ? 0 : windowMs - (this.#quickestMs ?? 0) + MARGIN_MS;
    if (line === this.#urgent) return this.#all.availableAt(count, heldMs);
    const spare = windowMs > SECOND_MS ? Math.min(reserved, this.#spare(heldMs)) : 0;
    return Math.max(
      this.#all.availableAt(count - spare - many + 1, heldMs),
      this.#calmly.availableAt(Math.max(1, count - reserved) - many + 1, heldMs),
    );
  }

  /**
   * How many of the places that are kept for urgent requests are still to be free when a calm one goes: one for each
   * second in which none gets free, since what was sent is looked at all the while.
   */
  #spare(heldMs: number): number {
    const { lastAt } = this.#calm;
    return Math.floor((this.#all.nextFreeAt(lastAt, heldMs) - lastAt) / SECOND_MS);
  }

  #placesOf(line: RequestQueue): readonly SlidingWindow[] {
    return line === this.#calm ? [this.#all, this.#calmly] : [this.#all];
  }

  #refuseAll(error: unknown): void {
    for (const line of [this.#calm, this.#urgent]) line.rejectAll(error);
  }
}
