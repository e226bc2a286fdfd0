import { getEventListeners } from "node:events";
import { setTimeout as realDelay } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Clock } from "../../src/rotation/clock.ts";
import { Traffic } from "./traffic.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
  /** False once nobody waits for it. */
  readonly matters: () => boolean;
}

/** The number of idle turns of the event loop, of a millisecond each, before time advances. */
const STILL_TURNS = 3;

/** After this number of idle turns, the server is assumed not to respond to the request in progress. */
const STUCK_TURNS = 20;

/**
 * A clock that advances to its next sleeper as soon as the process is idle: minutes cost milliseconds,
 * even over real HTTP, because time stands still while a request is served. `AbortSignal.timeout` uses it, too,
 * so a server that never responds costs no time. It is removed at the end of the test.
 */
export class VirtualClock implements Clock {
  #now: number;
  #isRunning = false;
  readonly #traffic = new Traffic();
  readonly #sleepers = new Set<Sleeper>();

  constructor(startAt = Date.parse("2026-03-21T10:00:00Z")) {
    this.#now = startAt;
    const realTimeout = AbortSignal.timeout;
    AbortSignal.timeout = (ms) => this.#timeout(ms);
    onTestFinished(() => {
      AbortSignal.timeout = realTimeout;
      this.#traffic.close();
      this.#sleepers.clear();
    });
  }

  readonly now = (): number => this.#now;

  readonly sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted || ms <= 0) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = this.#add(ms, resolve);
    signal?.addEventListener("abort", () => {
      this.#sleepers.delete(sleeper);
      this.#traffic.stir();
      resolve();
    });
    return promise;
  };

  /** The same clock for a server in this process: a request that it serves does not stop time while the server sleeps. */
  readonly serverSide: Clock = {
    now: this.now,
    sleep: async (ms, signal) => {
      this.#traffic.heldBack += 1;
      await this.sleep(ms, signal);
      this.#traffic.heldBack -= 1;
    },
  };

  #timeout(ms: number): AbortSignal {
    const controller = new AbortController();
    const wake = () => controller.abort(new DOMException("The time is up.", "TimeoutError"));
    this.#add(ms, wake, () => getEventListeners(controller.signal, "abort").length > 0);
    return controller.signal;
  }

  #add(ms: number, wake: () => void, matters = () => true): Sleeper {
    const sleeper = { at: this.#now + ms, wake, matters };
    this.#sleepers.add(sleeper);
    this.#traffic.stir();
    if (!this.#isRunning) this.#run().catch(wake);
    return sleeper;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#sleepers.size > 0) {
      await this.#stillness();
      const next = this.#next();
      if (next === undefined) continue;
      this.#sleepers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
    this.#isRunning = false;
  }

  async #stillness(): Promise<void> {
    let seen = this.#traffic.stirred;
    for (let turns = 0; turns < STILL_TURNS || this.#traffic.isBusy; turns += 1) {
      await realDelay(1);
      if (seen !== this.#traffic.stirred) turns = 0;
      seen = this.#traffic.stirred;
      if (turns >= STUCK_TURNS) this.#traffic.giveUp();
    }
  }

  #next(): Sleeper | undefined {
    for (const sleeper of this.#sleepers) if (!sleeper.matters()) this.#sleepers.delete(sleeper);
    const finite = [...this.#sleepers].filter(({ at }) => at !== Number.POSITIVE_INFINITY);
    return finite.reduce<Sleeper | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
  }
}
