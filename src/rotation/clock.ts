/** Time as the rotation sees it. Tests replace it with a clock that they control. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // The sleep of "node:timers/promises" creates an error with a stack each time it is cancelled.
  sleep: (ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) resolve();
    // A timer takes at least a millisecond.
    else if (ms <= 0) setImmediate(resolve);
    else {
      const timer = setTimeout(wake, ms);
      function wake(): void {
        clearTimeout(timer);
        signal?.removeEventListener("abort", wake);
        resolve();
      }
      signal?.addEventListener("abort", wake);
    }
    return promise;
  },
};

/** An abort without a reason creates an error with a stack each time. */
const CANCELLED = "cancelled";

/** The result of the work, or `undefined` if that takes longer than `ms` milliseconds. The work itself goes on. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>): Promise<T | undefined> {
  const settled = new AbortController();
  const late = clock.sleep(ms, settled.signal).then(() => undefined);
  return Promise.race([work, late]).finally(() => settled.abort(CANCELLED));
}

/** A sleep that can be cancelled. Cancelling while nobody sleeps has no effect. */
export class CancellableSleep {
  readonly #clock: Clock;
  #controller = new AbortController();
  #endsAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  start(ms: number): Promise<void> {
    this.#controller = new AbortController();
    this.#endsAt = this.#clock.now() + ms;
    return this.#clock.sleep(ms, this.#controller.signal);
  }

  cancel(): void {
    this.#controller.abort(CANCELLED);
  }

  /** Cancels a sleep that would last beyond `at`, in milliseconds since the epoch. */
  cancelAt(at: number): void {
    if (at < this.#endsAt) this.cancel();
  }
}
