import { lowered, type RateLimit, type RequestKind } from "./limits.ts";

/** Allows for clocks that tick in whole milliseconds. */
const CLOCK_MARGIN_MS = 3;

interface Slots {
  inFlight: number;
  /** When requests ended, oldest first. */
  readonly endedAt: number[];
}

/**
 * The slots of one rate limit. A request holds its slot from sending until one window after its response, less the fastest
 * round trip. The host received it no later than that, so it never counts more requests than the limit.
 */
export class SlidingWindow {
  #limit: RateLimit;
  readonly #all: Slots = { inFlight: 0, endedAt: [] };
  readonly #writes: Slots = { inFlight: 0, endedAt: [] };

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  get windowMs(): number {
    return this.#limit.windowMs;
  }

  acquire(kind: RequestKind): void {
    for (const slots of this.#slotsOf(kind)) slots.inFlight += 1;
  }

  release(kind: RequestKind, now: number): void {
    for (const slots of this.#slotsOf(kind)) {
      slots.inFlight -= 1;
      slots.endedAt.push(now);
    }
  }

  lower(count: number): void {
    this.#limit = lowered(this.#limit, count);
  }

  /** How many requests are in flight or ended after `at`. */
  countSince(at: number): number {
    const { inFlight, endedAt } = this.#all;
    return inFlight + endedAt.length - 1 - endedAt.findLastIndex((each) => each <= at);
  }

  /** When a slot is free; `Infinity` if that depends on a pending response. */
  availableAt(kind: RequestKind, fastestRoundTripMs: number): number {
    const { windowMs, count, writes } = this.#limit;
    const heldMs = windowMs === 0 ? 0 : windowMs - fastestRoundTripMs + CLOCK_MARGIN_MS;
    const freeAt = slotFreeAt(this.#all, count, heldMs);
    return kind === "read" ? freeAt : Math.max(freeAt, slotFreeAt(this.#writes, writes, heldMs));
  }

  #slotsOf(kind: RequestKind): readonly Slots[] {
    return kind === "read" ? [this.#all] : [this.#all, this.#writes];
  }
}

function slotFreeAt({ inFlight, endedAt }: Slots, count: number, heldMs: number): number {
  if (inFlight >= count) return Number.POSITIVE_INFINITY;
  return (endedAt.at(inFlight - count) ?? Number.NEGATIVE_INFINITY) + heldMs;
}
