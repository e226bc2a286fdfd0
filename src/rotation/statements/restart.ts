import { createHash } from "node:crypto";
import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import { UnknownResultError } from "../errors.ts";
import { toRotationError } from "../outcome.ts";
import type { StatementState } from "./api.ts";
import { policyOf, type StatementPolicy } from "./policy.ts";
import type { StatementEntry, StatementRecorder } from "./recorder.ts";

/** A statement is stopped only if so much time is left to resume it, in milliseconds. */
const MIN_LEFT_MS = 90_000;
const MAX_STOP_MS = 120_000;
/** The time that is left for the marker's deletion, in milliseconds. */
const RESERVE_MS = 3_000;
const MIN_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
const DELAY_PER_ELAPSED = 0.1;
const MAX_MARKED_NAME = 60;

const OVER = ["STOPPED", "FAILED"];
/** In these phases a statement is on its way, or has run. */
const STARTED = ["RUNNING", "DEGRADED", "COMPLETED"];

/** Stops and resumes one statement of an environment, and records what became of it. */
export class Restart {
  readonly #context: RunContext;
  readonly #session: EnvironmentSession;
  readonly #recorder: StatementRecorder;
  readonly #policy: StatementPolicy;
  readonly #entry: Omit<StatementEntry, "action">;
  readonly #statement: StatementState;

  constructor(
    context: RunContext,
    session: EnvironmentSession,
    { entry, statement }: { entry: Omit<StatementEntry, "action">; statement: StatementState },
    recorder: StatementRecorder,
  ) {
    this.#context = context;
    this.#session = session;
    this.#recorder = recorder;
    this.#policy = policyOf(context, entry.environment);
    this.#entry = entry;
    this.#statement = statement;
  }

  /** Stops a running statement and resumes it; one that has failed is only resumed. Never rejects. */
  async run(): Promise<void> {
    const reason = this.#reasonToWait();
    if (reason !== undefined) return this.#leave(reason);
    if (this.#statement.phase === "FAILED") return this.#resumeFailed();
    const marker = await this.#mark();
    if (marker === undefined) return;
    this.#record("not-resumed", this.#statement.phase);
    const wasStopped = await this.#stop();
    if (wasStopped === "no") {
      await this.#unmark(marker);
      return this.#leave("Confluent did not stop it.");
    }
    const phase = await this.#resume();
    if (!STARTED.includes(phase)) return this.#record("not-resumed", phase);
    await this.#unmark(marker);
    this.#record("restarted", phase);
  }

  /** Resumes what an earlier run has stopped. Never rejects. */
  async recover(marker: string): Promise<void> {
    this.#record("not-resumed", this.#statement.phase);
    const phase = await this.#resume();
    if (!STARTED.includes(phase)) return this.#record("not-resumed", phase);
    await this.#unmark(marker);
    this.#record("resumed", phase);
  }

  #reasonToWait(): string | undefined {
    const { clock, deadlineAt, isStopping } = this.#context;
    if (isStopping()) return "The run was stopped before its turn.";
    return deadlineAt - clock.now() < MIN_LEFT_MS ? "There was not enough time left in this run." : undefined;
  }

  async #resumeFailed(): Promise<void> {
    const phase = await this.#resume();
    if (STARTED.includes(phase)) this.#record("restarted", phase);
    else this.#leave(`It had failed before, and is ${phase} again.`);
  }

  /** Creates a statement that tells a later run, by its name, what this one has stopped. */
  async #mark(): Promise<string | undefined> {
    const { api } = this.#session;
    const { name, computePool } = this.#statement;
    const marker = this.#session.nextStatementName(this.#context, "stopped", markedName(name));
    try {
      const sql = "SHOW CATALOGS";
      await api.statements.create({ name: marker, sql, ...(computePool !== undefined && { computePool }) });
      return marker;
    } catch (error) {
      if (error instanceof UnknownResultError && (await this.#exists(marker))) return marker;
      this.#leave(
        `It was not stopped, since no statement could be created that tells a later run to resume it: ${this.#reason(error)}`,
      );
      return undefined;
    }
  }

  async #exists(name: string): Promise<boolean> {
    return (await this.#session.api.statements.get(name).catch(() => undefined)) !== undefined;
  }

  async #unmark(marker: string): Promise<void> {
    await this.#session.api.statements.delete(marker).catch((error: unknown) => {
      this.#context.log.note("A marker statement could not be deleted; the next run tries again.", {
        statement: marker,
        reason: this.#reason(error),
      });
    });
  }

  /** @returns "no" if the statement was certainly not stopped. */
  async #stop(): Promise<"yes" | "no" | "unknown"> {
    const { clock, deadlineAt } = this.#context;
    try {
      await this.#session.api.statements.setStopped(this.#statement.name, true);
    } catch (error) {
      if (!(error instanceof UnknownResultError)) return "no";
    }
    const untilAt = clock.now() + Math.min(MAX_STOP_MS, (deadlineAt - clock.now()) / 2);
    const phase = await this.#waitFor((seen) => !["RUNNING", "DEGRADED", "STOPPING"].includes(seen), untilAt);
    return OVER.includes(phase) ? "yes" : "unknown";
  }

  /** Asks until the statement runs or the time is up. @returns its last phase. */
  async #resume(): Promise<string> {
    const { clock, deadlineAt } = this.#context;
    const untilAt = deadlineAt - RESERVE_MS;
    for (;;) {
      try {
        await this.#session.api.statements.setStopped(this.#statement.name, false);
      } catch (error) {
        const reason = this.#reason(error);
        this.#context.log.note("A statement could not be resumed yet.", {
          statement: this.#entry.name,
          reason,
        });
      }
      const phase = await this.#waitFor(
        (seen) => STARTED.includes(seen) || OVER.includes(seen),
        Math.min(untilAt, clock.now() + MAX_STOP_MS),
      );
      if (STARTED.includes(phase) || phase === "FAILED" || clock.now() + MAX_DELAY_MS >= untilAt)
        return phase;
      await clock.sleep(MAX_DELAY_MS);
    }
  }

  /** @returns the last phase that was read; the one from before if none could be. */
  async #waitFor(isReached: (phase: string) => boolean, untilAt: number): Promise<string> {
    const { clock } = this.#context;
    const startedAt = clock.now();
    let { phase } = this.#statement;
    for (;;) {
      const delayMs = Math.max(MIN_DELAY_MS, (clock.now() - startedAt) * DELAY_PER_ELAPSED);
      await clock.sleep(Math.max(1, Math.min(delayMs, MAX_DELAY_MS, untilAt - clock.now())));
      const state = await this.#session.api.statements.get(this.#statement.name).catch(() => undefined);
      phase = state?.phase ?? phase;
      if ((state !== undefined && isReached(phase)) || clock.now() >= untilAt) return phase;
    }
  }

  #reason(error: unknown): string {
    return toRotationError(this.#context, error).message;
  }

  #leave(message: string): void {
    this.#recorder.record({ ...this.#entry, action: "not-restarted", message });
  }

  #record(action: "restarted" | "resumed" | "not-resumed", phase: string): void {
    const isInterrupted = action === "not-resumed";
    this.#recorder.record({
      ...this.#entry,
      phase,
      action,
      ...(isInterrupted && {
        message: "The rotator has stopped it to restart it, and it does not run again.",
        nextStep: `${this.#policy.resumeCommand} ${this.#entry.name}`,
      }),
    });
  }
}

/** How the name of a marker ends: with the name of the statement, or with a hash of a long one. */
export function markedName(name: string): string {
  if (name.length <= MAX_MARKED_NAME) return name;
  return createHash("sha256").update(name).digest("hex").slice(0, 32);
}
