/** The remaining part of a quota shared with other clients, as announced by the host. */
export class RemainingQuota {
  #remaining = Number.POSITIVE_INFINITY;
  #resetAt = 0;

  /** When a request may be sent, in milliseconds since the epoch. */
  get availableAt(): number {
    return this.#remaining > 0 ? 0 : this.#resetAt;
  }

  /** Until the reset, the lowest count and the latest reset hold: responses may arrive out of order. */
  update(remaining: number, resetAt: number, now: number): void {
    const isReset = now >= this.#resetAt;
    this.#remaining = isReset ? remaining : Math.min(remaining, this.#remaining);
    this.#resetAt = isReset ? resetAt : Math.max(resetAt, this.#resetAt);
  }

  take(): void {
    this.#remaining -= 1;
  }
}
