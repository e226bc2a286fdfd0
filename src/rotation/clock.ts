/** Time as the rotation sees it. Tests hold one in their hand. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // The one of "node:timers/promises" makes an error with a stack for each sleep that is cut short.
  sleep: (ms, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted) resolve();
    // A timer takes a millisecond at least, and a process that sleeps is not woken at once.
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
