/** What a host says of a limit of its own. */
export interface RateLimitHeaders {
  readonly limit: number;
  readonly remaining: number;
  readonly resetMs: number;
}

/** What is left to us, until it is reset, of a limit that others use too. */
export class RemainingQuota {
  #left = 1;
  #until = 0;

  /** Until when nothing may be sent, in milliseconds since the epoch. */
  get heldUntil(): number {
    return this.#left > 0 ? 0 : this.#until;
  }

  /** Takes in what an answer says; of two about the same time, the lower one counts. */
  learn(left: number, until: number, now: number): void {
    this.#left = now < this.#until ? Math.min(left, this.#left) : left;
    this.#until = until;
  }

  take(): void {
    this.#left -= 1;
  }
}
