import type { Clock } from "../../src/rotation/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that advances to its next sleeper as soon as every promise has settled, for code without I/O. */
export class FakeClock implements Clock {
  #now: number;
  #isMoving = false;
  /** Sorted, the next one last. */
  readonly #sleepers: Sleeper[] = [];

  constructor(startAt = Date.parse("2026-03-21T10:00:00Z")) {
    this.#now = startAt;
  }

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) resolve();
    else this.#add({ at: this.#now + Math.max(0, ms), wake: resolve }, signal);
    return promise;
  };

  #add(sleeper: Sleeper, signal: AbortSignal | undefined): void {
    this.#sleepers.splice(this.#sleepers.findLastIndex(({ at }) => at > sleeper.at) + 1, 0, sleeper);
    signal?.addEventListener("abort", () => {
      const place = this.#sleepers.indexOf(sleeper);
      if (place >= 0) this.#sleepers.splice(place, 1);
      sleeper.wake();
    });
    if (this.#isMoving) return;
    this.#isMoving = true;
    setImmediate(this.#move);
  }

  readonly #move = (): void => {
    const next = this.#sleepers.at(-1);
    this.#isMoving = next !== undefined && next.at < Number.POSITIVE_INFINITY;
    if (!this.#isMoving || next === undefined) return;
    this.#sleepers.pop();
    this.#now = next.at;
    next.wake();
    setImmediate(this.#move);
  };
}
