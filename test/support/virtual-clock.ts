import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as realDelay } from "node:timers/promises";
import type { Clock } from "../../src/rotation/clock.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

const STARTED = ["undici:request:create", "http.client.request.start"];
const ENDED = [
  "undici:request:trailers",
  "undici:request:error",
  "http.client.response.finish",
  "http.client.request.error",
];

/** How long nothing must have been under way before time moves, in real milliseconds. */
const QUIET_MS = 3;

/**
 * A clock that moves to its next sleeper as soon as the process has nothing else to do: minutes cost milliseconds,
 * over real HTTP too, since time stands still while a request of undici or node:http is under way.
 */
export class VirtualClock implements Clock {
  #now: number;
  #isRunning = false;
  #underWay = 0;
  readonly #sleepers = new Set<Sleeper>();
  readonly #start = () => {
    this.#underWay += 1;
  };
  readonly #end = () => {
    this.#underWay -= 1;
  };

  constructor(startAt = Date.parse("2026-03-21T10:00:00Z")) {
    this.#now = startAt;
    for (const name of STARTED) subscribe(name, this.#start);
    for (const name of ENDED) subscribe(name, this.#end);
  }

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted || ms <= 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { at: this.#now + ms, wake: resolve };
    this.#sleepers.add(sleeper);
    signal?.addEventListener("abort", () => {
      this.#sleepers.delete(sleeper);
      resolve();
    });
    if (!this.#isRunning) this.#run().catch(resolve);
    return promise;
  };

  /** Stops listening to the process. */
  close(): void {
    for (const name of STARTED) unsubscribe(name, this.#start);
    for (const name of ENDED) unsubscribe(name, this.#end);
    this.#sleepers.clear();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#sleepers.size > 0) {
      await realDelay(QUIET_MS);
      if (this.#underWay > 0) continue;
      const next = [...this.#sleepers].reduce<Sleeper | undefined>(
        (a, b) => (a && a.at <= b.at ? a : b),
        undefined,
      );
      if (next === undefined || next.at === Number.POSITIVE_INFINITY) continue;
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#isRunning = false;
  }
}
