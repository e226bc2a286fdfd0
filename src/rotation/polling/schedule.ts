const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;
/** With many to watch, a look costs several requests; seconds count less then. */
const PAUSE_PER_WATCHED_MS = 2;
const PAUSE_FOR_MANY_MS = 300;
/** While there are PUTs to come, which looks hold up, since both count for the rate limit. */
const PAUSE_BEFORE_PUTS_MS = 200;
/** A pause is no longer than such a part of the time that it has taken already. */
const PAUSE_PART = 0.045;
const PAUSE_PART_BEFORE_PUTS = 0.07;
/** How long a look waits, while there are PUTs to come, for others, so that one serves them all. */
const GATHERING_BEFORE_PUTS_MS = 400;
/** What is known so closely, or to such a part of the time it takes, is not asked more closely. */
const CLOSE_MS = 100;
const CLOSE_PART = 0.075;
/** None waits longer than this for its first look, or for the next longer than it has waited: a refusal may come sooner. */
const LATEST_FIRST_LOOK_MS = 5_000;

/** How often to look at what changes sooner or later: tenths of a second while seconds count, ever more seldom after that. */
export class PollSchedule {
  /** How many will be watched in all, as far as is known. */
  readonly #expected: number;
  #begun = 0;
  /** How long after its PUT the quickest was still pending, and was not any more, in milliseconds. */
  #pendingMs = 0;
  #endedMs = Number.POSITIVE_INFINITY;

  constructor(expected: number) {
    this.#expected = expected;
  }

  /** Takes in that one more is watched. */
  recordStart(): void {
    this.#begun += 1;
  }

  /**
   * For how long after its PUT one is not to be looked at, in milliseconds: while PUTs are to come until it is likely to
   * have ended, else as long as others were pending.
   * @param seenMs how long after its PUT it was last seen to be pending.
   */
  earliestMs(seenMs = 0): number {
    const latestMs = Math.max(LATEST_FIRST_LOOK_MS, seenMs + Math.min(seenMs, LONGEST_PAUSE_MS));
    return Math.min(this.#likelyMs, latestMs);
  }

  /** Takes in how long after its PUT one was pending; the first ones show how long it takes. */
  recordPending(pendingMs: number): void {
    if (this.#endedMs === Number.POSITIVE_INFINITY) this.#pendingMs = Math.max(this.#pendingMs, pendingMs);
  }

  /** @returns how long to wait from one look to the next. */
  delayMs(elapsedMs: number, watched: number): number {
    const part = this.#arePutsToCome ? PAUSE_PART_BEFORE_PUTS : PAUSE_PART;
    const growingMs = Math.min(LONGEST_PAUSE_MS, elapsedMs * part, elapsedMs ** 2 / 80_000);
    return Math.max(growingMs, this.#shortestMs(watched));
  }

  /** How long a look may wait for others to become due, so that one look serves them all. */
  get batchWindowMs(): number {
    return this.#arePutsToCome ? GATHERING_BEFORE_PUTS_MS : 0;
  }

  /** Takes in how long after its PUT one was last seen to be pending, if it was, and then had its verdict. */
  recordReady(endedMs: number, pendingMs = 0): void {
    if (pendingMs >= this.#endedMs) return;
    const isQuicker = endedMs <= this.#pendingMs;
    this.#pendingMs = isQuicker ? pendingMs : Math.max(this.#pendingMs, pendingMs);
    this.#endedMs = Math.min(this.#endedMs, endedMs);
  }

  get #likelyMs(): number {
    const [pending, ended] = [this.#pendingMs, this.#endedMs];
    if (ended === Number.POSITIVE_INFINITY)
      return this.#arePutsToCome || pending < LATEST_FIRST_LOOK_MS ? pending : 0;
    if (!this.#arePutsToCome) return pending;
    return ended - pending < Math.max(CLOSE_MS, ended * CLOSE_PART) ? ended : (pending + 2 * ended) / 3;
  }

  get #arePutsToCome(): boolean {
    return this.#begun < this.#expected;
  }

  #shortestMs(watched: number): number {
    if (this.#arePutsToCome) return PAUSE_BEFORE_PUTS_MS;
    return Math.min(Math.max(SHORTEST_PAUSE_MS, watched * PAUSE_PER_WATCHED_MS), PAUSE_FOR_MANY_MS);
  }
}
