import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import { RotationError } from "../errors.ts";
import { asResult } from "../outcome.ts";
import type { StatementState } from "./api.ts";
import { StatementControl } from "./control.ts";
import { createMarker, deleteOwnStatement } from "./marker.ts";
import { policyOf } from "./policy.ts";
import type { StatementEntry, StatementRecorder } from "./recorder.ts";

/** A statement is stopped only if this much time is left to resume it, in milliseconds. */
const MIN_LEFT_MS = 90_000;

/** A statement with the report's entry for it. */
export interface FoundStatement {
  readonly entry: Omit<StatementEntry, "action">;
  readonly statement: StatementState;
}

/** Stops and resumes one statement of an environment, and records what becomes of it. Its methods never reject. */
export class Restart {
  readonly #context: RunContext;
  readonly #session: EnvironmentSession;
  readonly #recorder: StatementRecorder;
  readonly #found: FoundStatement;
  readonly #control: StatementControl;

  constructor(
    context: RunContext,
    session: EnvironmentSession,
    found: FoundStatement,
    recorder: StatementRecorder,
  ) {
    this.#context = context;
    this.#session = session;
    this.#recorder = recorder;
    this.#found = found;
    this.#control = new StatementControl(context, session, found.statement);
  }

  /** Stops a running statement and resumes it; one that has failed is only resumed. */
  async run(): Promise<void> {
    const reason = this.#reasonToWait();
    if (reason !== undefined) this.#leave(reason);
    else if (this.#found.statement.phase === "FAILED") await this.#resumeFailed();
    else await this.#stopAndResume();
  }

  /** Resumes what an earlier run has stopped. */
  async recover(marker: string): Promise<void> {
    if (await this.#resume("resumed")) await this.#delete(marker);
  }

  #reasonToWait(): string | undefined {
    const { clock, deadlineAt, isStopping } = this.#context;
    if (isStopping()) return "The run was stopped before its turn.";
    return deadlineAt - clock.now() < MIN_LEFT_MS ? "There was not enough time left in this run." : undefined;
  }

  async #resumeFailed(): Promise<void> {
    if (await this.#control.resume()) this.#record("restarted");
    else this.#leave(`It had failed before, and is ${this.#control.phase} again.`);
  }

  async #stopAndResume(): Promise<void> {
    const marker = await asResult(this.#context, () =>
      createMarker(this.#context, this.#session, this.#found.statement),
    );
    if (marker instanceof RotationError)
      return this.#leave(
        `The marker that lets a later run resume it could not be created: ${marker.message}`,
      );
    // If the run ends in between, its report says that the statement is stopped.
    this.#record("not-resumed");
    this.#note("A statement is being stopped, and will be resumed with the new key.");
    const mayBeStopped = await this.#control.stop();
    if (mayBeStopped && !(await this.#resume("restarted"))) return;
    await this.#delete(marker);
    if (!this.#control.hasStopped) this.#leave("Confluent did not stop it.");
  }

  /** @returns true if the statement runs. */
  async #resume(action: "restarted" | "resumed"): Promise<boolean> {
    this.#record("not-resumed");
    const isRunning = await this.#control.resume();
    this.#record(isRunning ? action : "not-resumed");
    this.#note(isRunning ? "A statement runs again." : "A statement does not run again.");
    return isRunning;
  }

  #delete(marker: string): Promise<void> {
    return deleteOwnStatement(this.#context, this.#session, marker);
  }

  #note(message: string): void {
    const { environment, name } = this.#found.entry;
    this.#context.log.note(message, { environment, statement: name });
  }

  #leave(message: string): void {
    this.#recorder.record({ ...this.#found.entry, action: "not-restarted", message });
  }

  #record(action: "restarted" | "resumed" | "not-resumed"): void {
    const { environment, name } = this.#found.entry;
    const { resumeCommand } = policyOf(this.#context, environment);
    this.#recorder.record({
      ...this.#found.entry,
      phase: this.#control.phase,
      action,
      ...(action === "not-resumed" && {
        message: "The rotator has stopped it to restart it, and it does not run again.",
        nextStep: `${resumeCommand} ${name}`,
      }),
    });
  }
}
