import type { Clock } from "../clock.ts";
import type { ConnectionState } from "../connection.ts";
import { RotationError, UnauthorizedError } from "../errors.ts";
import { CancellableSleep } from "../nap.ts";
import type { ConnectionReader, ReadResult } from "./reader.ts";
import type { PollSchedule } from "./schedule.ts";
import type { ReadinessCheck, Verdict } from "./verdict.ts";

/** Those that are due so soon are looked at together, in milliseconds. */
const TOGETHER_MS = 300;

/** What watching came to. Without a verdict the time was up, and `error` is why nothing could be read, if it could not. */
export interface PollResult {
  readonly verdict?: Verdict;
  readonly state?: ConnectionState;
  readonly error?: RotationError;
}

export interface PollRequest {
  readonly name: string;
  readonly check: ReadinessCheck;
  /** When to give up, in milliseconds since the epoch. */
  readonly untilAt: number;
  readonly onPhase?: (phase: string) => void;
}

interface Look {
  readonly number: number;
  readonly begunAt: number;
}

interface PendingConnection extends PollRequest {
  readonly startedAt: number;
  /** A look that began before it was watched shows nothing of it. */
  readonly firstLook: number;
  readonly settle: (watched: PollResult) => void;
  readonly fail: (error: unknown) => void;
  dueAt: number;
  askedIn: Look | undefined;
  /** For how long it had been watched when it was last seen to have no verdict yet. */
  pendingMs?: number;
  seen?: ConnectionState;
  error?: RotationError;
}

/** The one poller of an environment: it looks at the connections that are due together, as cheaply as its lookout can. */
export class Poller {
  readonly #lookout: ConnectionReader;
  readonly #clock: Clock;
  readonly #cadence: PollSchedule;
  readonly #nap: CancellableSleep;
  readonly #waiting = new Map<string, PendingConnection>();
  #looksBegun = 0;
  #isRunning = false;

  constructor(reader: ConnectionReader, clock: Clock, schedule: PollSchedule) {
    this.#lookout = reader;
    this.#clock = clock;
    this.#cadence = schedule;
    this.#nap = new CancellableSleep(clock);
  }

  /** Resolves with the verdict, or when the time is up. @throws UnauthorizedError when our own key is refused. */
  waitUntilSettled(watch: PollRequest): Promise<PollResult> {
    const { promise, resolve, reject } = Promise.withResolvers<PollResult>();
    const startedAt = this.#clock.now();
    const waiter: PendingConnection = {
      ...watch,
      startedAt,
      firstLook: this.#looksBegun + 1,
      dueAt: startedAt,
      askedIn: undefined,
      settle: resolve,
      fail: reject,
    };
    this.#waiting.set(watch.name, waiter);
    this.#cadence.recordStart();
    waiter.dueAt += this.#cadence.delayMs(0, this.#waiting.size);
    this.#nap.cancelAt(Math.min(this.#dueAt(waiter), waiter.untilAt));
    if (!this.#isRunning) this.#run().catch((error: unknown) => this.#failAll(error));
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#waiting.size > 0) {
      this.#giveUp();
      this.#lookAtDue();
      // Nobody may be left, and then the pause would have no end.
      if (this.#waiting.size > 0) await this.#nap.start(this.#pauseMs());
    }
    this.#isRunning = false;
  }

  #giveUp(): void {
    const now = this.#clock.now();
    for (const waiter of this.#waiting.values()) if (now >= waiter.untilAt) this.#end(waiter, {});
  }

  /** One that is asked for already, or that will be shown by a page which is being read. */
  #isBeingLookedAt({ askedIn, name }: PendingConnection): boolean {
    return askedIn !== undefined || this.#lookout.isListing(name);
  }

  #lookAtDue(): void {
    const now = this.#clock.now();
    const idle = this.#idle();
    if (this.#nextLookAt(idle) > now) return;
    const asked = idle.filter((waiter) => this.#dueAt(waiter) <= now + TOGETHER_MS);
    this.#looksBegun += 1;
    const look = { number: this.#looksBegun, begunAt: now };
    for (const waiter of asked) waiter.askedIn = look;
    this.#look(look, asked).catch((error: unknown) => this.#failAll(error));
  }

  /** Not too soon, but not so late either that nothing would be seen of it in its time. */
  #dueAt({ dueAt, startedAt, untilAt, pendingMs }: PendingConnection): number {
    const tooSoonMs = Math.min(this.#cadence.earliestMs(pendingMs), (untilAt - startedAt) / 2);
    return Math.max(dueAt, startedAt + tooSoonMs);
  }

  #idle(): PendingConnection[] {
    return [...this.#waiting.values()].filter((waiter) => !this.#isBeingLookedAt(waiter));
  }

  /** When those that are due first have waited for all that will be due soon after them. */
  #nextLookAt(idle: readonly PendingConnection[]): number {
    const dueAts = idle.map((waiter) => this.#dueAt(waiter)).toSorted((a, b) => a - b);
    const latest = (dueAts[0] ?? Number.POSITIVE_INFINITY) + this.#cadence.batchWindowMs;
    return dueAts.findLast((dueAt) => dueAt <= latest) ?? latest;
  }

  async #look(look: Look, asked: readonly PendingConnection[]): Promise<void> {
    const names = asked.map(({ name }) => name);
    try {
      await this.#lookout.read(names, (name, sight) => this.#see(name, sight, look));
    } catch (error) {
      if (!(error instanceof RotationError) || error instanceof UnauthorizedError) throw error;
      for (const waiter of asked.filter(({ askedIn }) => askedIn === look)) {
        waiter.error = error;
        this.#plan(waiter, this.#clock.now());
      }
    } finally {
      this.#nap.cancel();
    }
  }

  #see(name: string, sight: ReadResult, look: Look): void {
    const waiter = this.#waiting.get(name);
    this.#nap.cancel();
    if (waiter === undefined || look.number < waiter.firstLook) return;
    if (sight instanceof UnauthorizedError) this.#failAll(sight);
    else if (sight === undefined || sight instanceof RotationError) {
      waiter.error =
        sight ?? new RotationError("not-found", `${name} is gone: it was there when its key was put.`);
    } else this.#judge(waiter, sight);
    this.#plan(waiter, waiter.error === undefined ? look.begunAt : this.#clock.now());
  }

  #judge(waiter: PendingConnection, sight: ConnectionState): void {
    if (sight.phase !== waiter.seen?.phase) waiter.onPhase?.(sight.phase);
    waiter.seen = sight;
    delete waiter.error;
    const verdict = waiter.check.verdictOn(sight, this.#clock.now());
    if (verdict !== undefined) this.#end(waiter, { verdict });
    else this.#stillPending(waiter);
  }

  #stillPending(waiter: PendingConnection): void {
    waiter.pendingMs = this.#clock.now() - waiter.startedAt;
    this.#cadence.recordPending(waiter.pendingMs);
  }

  #plan(waiter: PendingConnection, from: number): void {
    waiter.askedIn = undefined;
    const pauseMs = this.#cadence.delayMs(this.#clock.now() - waiter.startedAt, this.#waiting.size);
    // A page that is read for others does not make it due before its time.
    waiter.dueAt = Math.max(waiter.dueAt, from + pauseMs);
  }

  #pauseMs(): number {
    const untilAts = [...this.#waiting.values()].map(({ untilAt }) => untilAt);
    return Math.max(0, Math.min(this.#nextLookAt(this.#idle()), ...untilAts) - this.#clock.now());
  }

  #end(waiter: PendingConnection, { verdict }: { verdict?: Verdict }): void {
    this.#waiting.delete(waiter.name);
    if (verdict !== undefined)
      this.#cadence.recordReady(this.#clock.now() - waiter.startedAt, waiter.pendingMs);
    const { seen, error } = waiter;
    waiter.settle({ ...(verdict && { verdict }), ...(seen && { state: seen }), ...(error && { error }) });
  }

  #failAll(error: unknown): void {
    for (const waiter of this.#waiting.values()) waiter.fail(error);
    this.#waiting.clear();
    this.#nap.cancel();
  }
}
