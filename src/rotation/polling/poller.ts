import { CancellableSleep, type Clock } from "../clock.ts";
import type { ConnectionState } from "../connection.ts";
import { RotationError, UnauthorizedError } from "../errors.ts";
import type { ConnectionReader, ReadResult } from "./reader.ts";
import type { PollSchedule } from "./schedule.ts";
import type { Verdict } from "./verdict.ts";

/** The result of polling. Without a verdict, the time was up. `error` is set if the last read failed. */
export interface PollResult {
  readonly verdict?: Verdict;
  readonly state?: ConnectionState;
  readonly error?: RotationError;
}

/** Decides when a phase is a verdict. */
export interface PollCheck {
  /** True if the service itself has judged. Only then does the schedule learn from the time until the verdict. */
  readonly hasJudged: boolean;
  /** `undefined` while there is no verdict; `"outdated"` for a state that must be ignored. */
  readonly verdictOn: (state: ConnectionState, now: number) => Verdict | "outdated" | undefined;
  /** When the next read may tell something new, if that is known better than by the polling schedule. */
  readonly nextReadAt: (now: number) => number | undefined;
}

interface PollRequest {
  readonly name: string;
  readonly check: PollCheck;
  /** When the connection was put, in milliseconds since the epoch. Reads become rarer with time. */
  readonly startedAt: number;
  /** When to give up, in milliseconds since the epoch. */
  readonly untilAt: number;
  readonly onPhase: (phase: string) => void;
}

type Poll = { readonly number: number; readonly startedAt: number };

interface PendingConnection extends PollRequest {
  /** Earlier polls do not count, because they began before the connection was written. */
  readonly firstPoll: number;
  readonly settle: (result: PollResult) => void;
  readonly reject: (error: unknown) => void;
  scheduledAt: number;
  poll: Poll | undefined;
  /** How long after its start the connection was last seen without a verdict. */
  pendingMs?: number;
  state?: ConnectionState;
  error?: RotationError;
}

/** Polls the connections of one environment until each has a verdict. Connections that are due together are read together. */
export class Poller {
  readonly #reader: ConnectionReader;
  readonly #clock: Clock;
  readonly #schedule: PollSchedule;
  readonly #sleep: CancellableSleep;
  readonly #pending = new Map<string, PendingConnection>();
  #polls = 0;
  #isRunning = false;

  constructor(reader: ConnectionReader, clock: Clock, schedule: PollSchedule) {
    this.#reader = reader;
    this.#clock = clock;
    this.#schedule = schedule;
    this.#sleep = new CancellableSleep(clock);
  }

  /** Resolves with the verdict, or when the time is up. @throws UnauthorizedError if the rotator's API key is refused. */
  waitUntilSettled(request: PollRequest): Promise<PollResult> {
    const { promise, resolve, reject } = Promise.withResolvers<PollResult>();
    const now = this.#clock.now();
    const { check, untilAt, startedAt } = request;
    const firstDelayMs = Math.min(this.#schedule.delayMs(now - startedAt), (untilAt - now) / 2);
    this.#schedule.recordStart(request.name);
    const connection: PendingConnection = {
      ...request,
      firstPoll: this.#polls + 1,
      scheduledAt: check.nextReadAt(now) ?? now + firstDelayMs,
      poll: undefined,
      settle: resolve,
      reject,
    };
    this.#pending.set(request.name, connection);
    this.#sleep.cancelAt(Math.min(this.#dueAt(connection), connection.untilAt));
    if (!this.#isRunning) this.#run().catch((error: unknown) => this.#rejectAll(error));
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#pending.size > 0) {
      // Sleeps even if a connection is due at once: others may be added with it, and are polled together.
      await this.#sleep.start(this.#idleMs());
      this.#giveUp();
      this.#pollDue();
    }
    this.#isRunning = false;
  }

  #giveUp(): void {
    const now = this.#clock.now();
    for (const connection of this.#pending.values()) if (now >= connection.untilAt) this.#settle(connection);
  }

  #pollDue(): void {
    const now = this.#clock.now();
    const idle = this.#idle();
    if (!idle.some((connection) => this.#dueAt(connection) <= now)) return;
    const due = idle.filter((connection) => this.#dueAt(connection) <= now + this.#schedule.batchWindowMs);
    this.#polls += 1;
    const poll = { number: this.#polls, startedAt: now };
    for (const connection of due) connection.poll = poll;
    this.#read(poll, due).catch((error: unknown) => this.#rejectAll(error));
  }

  /** The schedule's earliest time, but at most half of the time there is, so that a connection is seen at least once. */
  #dueAt({ check, scheduledAt, startedAt, untilAt, pendingMs }: PendingConnection): number {
    if (check.nextReadAt(this.#clock.now()) !== undefined) return scheduledAt;
    const earliestMs = Math.min(this.#schedule.earliestMs(pendingMs), (untilAt - startedAt) / 2);
    return Math.max(scheduledAt, startedAt + earliestMs);
  }

  /** The connections that no request in flight will show. */
  #idle(): PendingConnection[] {
    return [...this.#pending.values()].filter(
      ({ poll, name }) => poll === undefined && !this.#reader.isListing(name),
    );
  }

  async #read(poll: Poll, due: readonly PendingConnection[]): Promise<void> {
    const names = due.map(({ name }) => name);
    try {
      await this.#reader.read(names, (name, result) => this.#record(name, result, poll));
    } catch (error) {
      if (!(error instanceof RotationError) || error instanceof UnauthorizedError) throw error;
      for (const connection of due.filter((each) => each.poll === poll)) {
        connection.error = error;
        this.#reschedule(connection, this.#clock.now());
      }
    } finally {
      this.#sleep.cancel();
    }
  }

  #record(name: string, result: ReadResult, poll: Poll): void {
    const connection = this.#pending.get(name);
    this.#sleep.cancel();
    if (connection === undefined || poll.number < connection.firstPoll) return;
    if (result instanceof UnauthorizedError) this.#rejectAll(result);
    else if (result === undefined || result instanceof RotationError) {
      connection.error =
        result ?? new RotationError("not-found", `${name} no longer exists. It did when its key was put.`);
    } else this.#check(connection, result);
    this.#reschedule(connection, connection.error === undefined ? poll.startedAt : this.#clock.now());
  }

  #check(connection: PendingConnection, state: ConnectionState): void {
    const now = this.#clock.now();
    const { check, startedAt } = connection;
    const verdict = check.verdictOn(state, now);
    if (verdict === "outdated") return;
    if (state.phase !== connection.state?.phase) connection.onPhase(state.phase);
    connection.state = state;
    delete connection.error;
    if (verdict !== undefined) {
      if (check.hasJudged) this.#schedule.recordReady(now - startedAt, connection.pendingMs);
      this.#settle(connection, verdict);
    } else if (check.nextReadAt(now) === undefined) {
      connection.pendingMs = now - startedAt;
      this.#schedule.recordPending(connection.pendingMs);
    }
  }

  /** A page that was read for others may show a connection early, and does not make it due earlier. */
  #reschedule(connection: PendingConnection, from: number): void {
    connection.poll = undefined;
    const now = this.#clock.now();
    const delayMs = this.#schedule.delayMs(now - connection.startedAt);
    const nextAt = connection.check.nextReadAt(now) ?? connection.scheduledAt;
    connection.scheduledAt = Math.max(nextAt, from + delayMs);
  }

  #idleMs(): number {
    const dueAts = this.#idle().map((connection) => this.#dueAt(connection));
    const untilAts = [...this.#pending.values()].map(({ untilAt }) => untilAt);
    return Math.max(0, Math.min(...dueAts, ...untilAts) - this.#clock.now());
  }

  #settle(connection: PendingConnection, verdict?: Verdict): void {
    this.#pending.delete(connection.name);
    const { state, error } = connection;
    connection.settle({ ...(verdict && { verdict }), ...(state && { state }), ...(error && { error }) });
  }

  #rejectAll(error: unknown): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    this.#sleep.cancel();
  }
}
