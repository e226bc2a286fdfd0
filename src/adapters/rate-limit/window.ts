/** The requests that a host may still be counting: those under way, and those that it has answered lately. */
export class SlidingWindow {
  readonly #answeredAt: number[] = [];
  #inFlight = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  acquire(): void {
    this.#inFlight += 1;
  }

  release(now: number): void {
    this.#inFlight -= 1;
    this.#answeredAt.push(now);
  }

  /** How many are under way, or were answered after `at`. */
  countSince(at: number): number {
    const lastBefore = this.#answeredAt.findLastIndex((answeredAt) => answeredAt <= at);
    return this.#inFlight + this.#answeredAt.length - 1 - lastBefore;
  }

  /** When the first place gets free that is still held at `at`, each for `heldMs` after its answer. */
  nextFreeAt(at: number, heldMs: number): number {
    const lastFreed = this.#answeredAt.findLastIndex((answeredAt) => answeredAt <= at - heldMs);
    return (this.#answeredAt[lastFreed + 1] ?? at) + heldMs;
  }

  /** When fewer than `count` will be under way or answered for less than `heldMs`; never, until more are answered. */
  availableAt(count: number, heldMs: number): number {
    const free = count - this.#inFlight;
    if (free <= 0) return Number.POSITIVE_INFINITY;
    const last = this.#answeredAt.at(-free);
    return last === undefined ? 0 : last + heldMs;
  }
}
