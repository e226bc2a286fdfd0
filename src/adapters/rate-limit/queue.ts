interface Entrant {
  readonly rank: number;
  readonly enteredAt: number;
  readonly start: () => void;
  readonly refuse: (error: unknown) => void;
}

/** The requests of one kind that wait, by rank. */
export class RequestQueue {
  readonly #waiting: Entrant[] = [];
  #lastAt = 0;

  get length(): number {
    return this.#waiting.length;
  }

  /** When the last one was let in, in milliseconds since the epoch. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Whether the first one came before the last one was let in, so that both are due together. */
  get isTogether(): boolean {
    return (this.#waiting[0]?.enteredAt ?? Number.POSITIVE_INFINITY) <= this.#lastAt;
  }

  /** Waits behind all of no higher rank. @throws the error with which it is refused. */
  enqueue(rank: number, now: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const before = this.#waiting.findIndex((other) => other.rank > rank);
    const place = before < 0 ? this.#waiting.length : before;
    this.#waiting.splice(place, 0, { rank, enteredAt: now, start: resolve, refuse: reject });
    return promise;
  }

  /** Lets the first one in. */
  admit(now: number): void {
    this.#lastAt = now;
    this.#waiting.shift()?.start();
  }

  rejectAll(error: unknown): void {
    for (const { refuse } of this.#waiting.splice(0)) refuse(error);
  }
}
