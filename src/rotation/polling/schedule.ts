const MIN_DELAY_MS = 100;
/** The minimum while connections are still to be written: polling leaves most of the rate limit to the PUTs. */
const MIN_DELAY_WHILE_WRITING_MS = 500;
/** The minimum before the first verdict: the others wait for the canary's, and it shows how long theirs will take. */
const MIN_DELAY_TO_FIRST_VERDICT_MS = 300;
const MAX_DELAY_MS = 10_000;
const DELAY_PER_ELAPSED = 0.05;
/** A refusal may come sooner than READY, so no connection waits longer for its first poll. */
const MAX_FIRST_DELAY_MS = 5_000;

/** Polling schedule of one environment: frequent at first, then in proportion to the elapsed time. */
export class PollSchedule {
  /** Connections that are due within this time are polled together. */
  readonly batchWindowMs = MIN_DELAY_WHILE_WRITING_MS;
  readonly #expected: number;
  readonly #started = new Set<string>();
  #longestPendingMs = 0;
  /** The shortest time from a PUT to its verdict, as far as is known. */
  #shortestReadyMs: number | undefined;

  /** @param expected how many connections will be written. */
  constructor(expected: number) {
    this.#expected = expected;
  }

  /** Records that a connection was written, for the first time or again. */
  recordStart(name: string): void {
    this.#started.add(name);
  }

  /** Records how long after its PUT a connection was pending. */
  recordPending(pendingMs: number): void {
    this.#longestPendingMs = Math.max(this.#longestPendingMs, pendingMs);
  }

  /**
   * Records how long after its PUT a connection had a verdict.
   * @param pendingMs when it was last seen pending; if it never was, a likely time.
   */
  recordReady(readyMs: number, pendingMs = 0.8 * readyMs): void {
    this.#shortestReadyMs = Math.min((pendingMs + readyMs) / 2, this.#shortestReadyMs ?? readyMs);
  }

  /** How long after its PUT a connection is polled at the earliest, given how long it was seen pending. */
  earliestMs(pendingMs = 0): number {
    const likelyMs = this.#shortestReadyMs ?? (this.#isWriting ? this.#longestPendingMs : 0);
    return Math.min(likelyMs, Math.max(MAX_FIRST_DELAY_MS, 2 * pendingMs));
  }

  /** The delay until the next poll, given the time since the PUT. */
  delayMs(elapsedMs: number): number {
    return Math.min(Math.max(this.#minDelayMs, elapsedMs * DELAY_PER_ELAPSED), MAX_DELAY_MS);
  }

  get #minDelayMs(): number {
    if (!this.#isWriting) return MIN_DELAY_MS;
    return this.#shortestReadyMs === undefined ? MIN_DELAY_TO_FIRST_VERDICT_MS : MIN_DELAY_WHILE_WRITING_MS;
  }

  get #isWriting(): boolean {
    return this.#started.size < this.#expected;
  }
}
