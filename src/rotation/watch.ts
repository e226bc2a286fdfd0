import type { Clock } from "./clock.ts";
import type { Observation } from "./connection.ts";
import { RotationError, UnauthorizedError } from "./errors.ts";
import { observe, type Sight } from "./observe.ts";
import type { ConnectionsApi } from "./outside.ts";
import type { Judge, Verdict } from "./verdict.ts";

const SHORTEST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
const PAUSE_PER_ELAPSED = 0.05;

/** What watching came to. Without a verdict the time was up, and `error` is why nothing could be read, if it could not. */
export interface Watched {
  readonly verdict?: Verdict;
  readonly seen?: Observation;
  readonly error?: RotationError;
}

export interface Watch {
  readonly name: string;
  readonly judge: Judge;
  /** When to give up, in milliseconds since the epoch. */
  readonly untilAt: number;
  readonly onPhase?: (phase: string) => void;
}

interface Waiter extends Watch {
  readonly startedAt: number;
  readonly settle: (watched: Watched) => void;
  readonly fail: (error: unknown) => void;
  dueAt: number;
  asked: boolean;
  seen?: Observation;
  error?: RotationError;
}

/** The one poller of an environment: it looks at every connection that is due, all of them together, as cheaply as `observe` can. */
export class Watcher {
  readonly #api: ConnectionsApi;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiter>();
  readonly #looks = new Set<Promise<void>>();
  #wake = new AbortController();
  #running: Promise<void> | undefined;

  constructor(api: ConnectionsApi, clock: Clock) {
    this.#api = api;
    this.#clock = clock;
  }

  /** Resolves with the verdict, or when the time is up. @throws UnauthorizedError when our own key is refused. */
  watch(watch: Watch): Promise<Watched> {
    const { promise, resolve, reject } = Promise.withResolvers<Watched>();
    const startedAt = this.#clock.now();
    const dueAt = startedAt + SHORTEST_PAUSE_MS;
    this.#waiting.set(watch.name, {
      ...watch,
      startedAt,
      dueAt,
      asked: false,
      settle: resolve,
      fail: reject,
    });
    this.#wake.abort();
    this.#running ??= this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    while (this.#waiting.size > 0) {
      this.#giveUp();
      this.#lookAtDue();
      this.#wake = new AbortController();
      await this.#clock.sleep(this.#pauseMs(), this.#wake.signal);
    }
    this.#running = undefined;
  }

  #giveUp(): void {
    const now = this.#clock.now();
    for (const waiter of this.#waiting.values()) if (now >= waiter.untilAt) this.#end(waiter, {});
  }

  #lookAtDue(): void {
    const idle = [...this.#waiting.values()].filter((waiter) => !waiter.asked);
    const now = this.#clock.now();
    const due = idle.filter((waiter) => waiter.dueAt <= now);
    if (due.length === 0) return;
    const asked = due.length > 1 ? idle : due;
    for (const waiter of asked) waiter.asked = true;
    const look = this.#look(asked).finally(() => {
      this.#looks.delete(look);
      this.#wake.abort();
    });
    this.#looks.add(look);
  }

  async #look(asked: readonly Waiter[]): Promise<void> {
    const names = asked.map(({ name }) => name);
    try {
      await observe(this.#api, names, (name, sight) => this.#see(name, sight));
    } catch (error) {
      if (!(error instanceof RotationError) || error instanceof UnauthorizedError)
        return this.#failAll(error);
      for (const name of names) this.#see(name, error);
    }
  }

  #see(name: string, sight: Sight): void {
    const waiter = this.#waiting.get(name);
    if (!waiter?.asked) return;
    const now = this.#clock.now();
    waiter.asked = false;
    const pauseMs = Math.min(
      LONGEST_PAUSE_MS,
      Math.max(SHORTEST_PAUSE_MS, (now - waiter.startedAt) * PAUSE_PER_ELAPSED),
    );
    waiter.dueAt = now + pauseMs;
    if (sight instanceof UnauthorizedError) {
      this.#failAll(sight);
      return;
    }
    if (sight === undefined || sight instanceof RotationError) {
      waiter.error =
        sight ?? new RotationError("not-found", `${name} is gone: it was there when its key was put.`);
      return;
    }
    if (sight.phase !== waiter.seen?.phase) waiter.onPhase?.(sight.phase);
    waiter.seen = sight;
    delete waiter.error;
    const verdict = waiter.judge.judge(sight, now);
    if (verdict !== undefined) this.#end(waiter, { verdict });
  }

  #pauseMs(): number {
    const next = [...this.#waiting.values()].map(({ asked, dueAt, untilAt }) =>
      asked ? untilAt : Math.min(dueAt, untilAt),
    );
    return Math.max(0, Math.min(...next) - this.#clock.now());
  }

  #end(waiter: Waiter, { verdict }: { verdict?: Verdict }): void {
    this.#waiting.delete(waiter.name);
    const { seen, error } = waiter;
    waiter.settle({ ...(verdict && { verdict }), ...(seen && { seen }), ...(error && { error }) });
  }

  #failAll(error: unknown): void {
    for (const waiter of this.#waiting.values()) waiter.fail(error);
    this.#waiting.clear();
  }
}
