import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import { UnknownResultError } from "../errors.ts";
import { toRotationError } from "../outcome.ts";
import type { StatementState } from "./api.ts";
import { pollStatement } from "./poll.ts";

const MAX_STOP_MS = 120_000;
/** How long the alert may be delayed by a statement that does not resume, in milliseconds; a later run continues. */
const MAX_RESUME_MS = 300_000;
/** The time that is left after the last attempt, in milliseconds. */
const RESERVE_MS = 3_000;
/** For this many milliseconds after a statement was resumed, its phase may be out of date. */
const SETTLE_MS = 10_000;
const RETRY_DELAY_MS = 5_000;
/** A statement that starts must run for this many milliseconds: its first call of a provider may make it fail. */
const RUNS_MS = 3_000;

const OVER = ["STOPPED", "FAILED"];
const RUNNING = ["RUNNING", "DEGRADED"];
/** In these phases a statement runs, or has run to its end. */
const STARTED = [...RUNNING, "COMPLETED"];
const NOT_STOPPED_YET = ["RUNNING", "DEGRADED", "STOPPING"];

/** Stops and resumes one statement, and waits until that is done. Its methods never reject. */
export class StatementControl {
  readonly #context: RunContext;
  readonly #session: EnvironmentSession;
  readonly #name: string;
  #phase: string;
  #hasStopped = false;

  constructor(context: RunContext, session: EnvironmentSession, { name, phase }: StatementState) {
    this.#context = context;
    this.#session = session;
    this.#name = name;
    this.#phase = phase;
  }

  /** The last phase that was read. */
  get phase(): string {
    return this.#phase;
  }

  /** True if the statement was seen stopped, or failed, after it was asked to stop or to resume. */
  get hasStopped(): boolean {
    return this.#hasStopped;
  }

  /** Waits until it has stopped, for two minutes at most. @returns false if the statement was certainly not stopped. */
  async stop(): Promise<boolean> {
    const { clock, deadlineAt } = this.#context;
    try {
      await this.#session.api.statements.setStopped(this.#name, true);
    } catch (error) {
      if (!(error instanceof UnknownResultError)) return false;
    }
    const untilAt = clock.now() + Math.min(MAX_STOP_MS, (deadlineAt - clock.now()) / 2);
    await this.#waitFor((phase) => !NOT_STOPPED_YET.includes(phase), untilAt);
    return true;
  }

  /** Asks until the statement runs, or for five minutes. @returns true if it was seen to run. */
  async resume(): Promise<boolean> {
    const { clock, deadlineAt } = this.#context;
    const untilAt = Math.min(deadlineAt - RESERVE_MS, clock.now() + MAX_RESUME_MS);
    for (;;) {
      await this.#askToResume();
      const phase = await this.#waitForStart(Math.min(untilAt, clock.now() + MAX_STOP_MS));
      const isLast = clock.now() + RETRY_DELAY_MS >= untilAt;
      if (STARTED.includes(phase)) return true;
      if (phase === "FAILED" || isLast) return false;
      await clock.sleep(RETRY_DELAY_MS);
    }
  }

  async #askToResume(): Promise<void> {
    try {
      await this.#session.api.statements.setStopped(this.#name, false);
    } catch (error) {
      this.#context.log.note("A statement could not be resumed yet.", {
        statement: this.#name,
        reason: toRotationError(this.#context, error).message,
      });
    }
  }

  #waitForStart(untilAt: number): Promise<string> {
    const { clock } = this.#context;
    const settlesAt = clock.now() + SETTLE_MS;
    let hasMoved = false;
    let runningSince: number | undefined;
    return this.#waitFor((phase) => {
      hasMoved ||= !OVER.includes(phase);
      runningSince = RUNNING.includes(phase) ? (runningSince ?? clock.now()) : undefined;
      if (runningSince !== undefined) return clock.now() - runningSince >= RUNS_MS;
      return STARTED.includes(phase) || (OVER.includes(phase) && (hasMoved || clock.now() >= settlesAt));
    }, untilAt);
  }

  /** @returns the last phase that was read; empty if none was. */
  async #waitFor(isReached: (phase: string) => boolean, untilAt: number): Promise<string> {
    const read = () => this.#session.api.statements.get(this.#name).catch(() => undefined);
    const last = await pollStatement(this.#context.clock, { read, untilAt }, ({ phase }) => {
      this.#hasStopped ||= OVER.includes(phase);
      return isReached(phase);
    });
    if (last === undefined) return "";
    this.#phase = last.phase;
    return last.phase;
  }
}
