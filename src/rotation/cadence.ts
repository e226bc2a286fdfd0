const SHORTEST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;
/** With many to watch, a look costs several requests; seconds count less then. */
const PAUSE_PER_WATCHED_MS = 2;
const PAUSE_FOR_MANY_MS = 300;
/** While there are PUTs to come, which looks hold up, since both count for the rate limit. */
const PAUSE_BEFORE_PUTS_MS = 200;
/** How long a look waits then for others, so that one serves them all. */
const GATHERING_BEFORE_PUTS_MS = 400;
/** Others are looked at for the first time once the shortest time that any took has passed, but within this. */
const LATEST_FIRST_LOOK_MS = 2_000;

/** How often to look at what changes sooner or later: tenths of a second while seconds count, ever more seldom after that. */
export class Cadence {
  /** How many will be watched in all, as far as is known. */
  readonly #expected: number;
  #begun = 0;
  #quickestMs: number | undefined;

  constructor(expected: number) {
    this.#expected = expected;
  }

  /** @returns when to look at one more for the first time, in milliseconds from now. */
  begin(watched: number): number {
    this.#begun += 1;
    const tooSoonMs = Math.min(this.#quickestMs ?? 0, LATEST_FIRST_LOOK_MS);
    return Math.max(tooSoonMs, this.pauseMs(0, watched));
  }

  /** @returns how long to wait from one look to the next; never more than a tenth of the time that it has taken already. */
  pauseMs(elapsedMs: number, watched: number): number {
    const growingMs = Math.min(LONGEST_PAUSE_MS, elapsedMs * 0.07, elapsedMs ** 2 / 80_000);
    return Math.max(growingMs, this.#shortestMs(watched));
  }

  /** How long a look may wait for others to become due, so that one look serves them all. */
  get gatheringMs(): number {
    return this.#begun < this.#expected ? GATHERING_BEFORE_PUTS_MS : 0;
  }

  /** Takes in how long one took from its PUT to its verdict. */
  ended(tookMs: number): void {
    this.#quickestMs = Math.min(this.#quickestMs ?? tookMs, tookMs);
  }

  #shortestMs(watched: number): number {
    if (this.#begun < this.#expected) return PAUSE_BEFORE_PUTS_MS;
    return Math.min(Math.max(SHORTEST_PAUSE_MS, watched * PAUSE_PER_WATCHED_MS), PAUSE_FOR_MANY_MS);
  }
}
