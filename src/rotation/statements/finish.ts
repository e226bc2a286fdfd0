import type { Connection } from "../connection.ts";
import type { RunContext } from "../dependencies.ts";
import type { Sessions } from "../environment.ts";
import { RotationError } from "../errors.ts";
import { asResult } from "../outcome.ts";
import type { OutcomeRecorder } from "../outcome-recorder.ts";
import { policyOf } from "./policy.ts";
import type { StatementRecorder } from "./recorder.ts";
import { reviewStatements } from "./review.ts";
import { updatedConnection } from "./updated.ts";

interface FinishedRun {
  readonly sessions: Sessions;
  readonly connections: readonly Connection[];
  readonly recorder: OutcomeRecorder;
}

/** The last step of a run: waits for deletions, and reviews the statements if that is configured. Never rejects. */
export async function finishStatements(
  context: RunContext,
  run: FinishedRun,
  statements: StatementRecorder,
): Promise<void> {
  await Promise.all([endDeletions(run.sessions), reviewAll(context, run, statements)]);
}

async function endDeletions(sessions: Sessions): Promise<void> {
  for (const opened of sessions.values()) {
    const session = await opened;
    if (!(session instanceof RotationError)) await session.deletionsDone();
  }
}

async function reviewAll(
  context: RunContext,
  { sessions, connections, recorder }: FinishedRun,
  statements: StatementRecorder,
): Promise<void> {
  for (const [environment, opened] of sessions) {
    const { report, restart } = policyOf(context, environment);
    const session = await opened;
    if ((!report && restart.length === 0) || session instanceof RotationError) continue;
    const inside = connections.filter((each) => each.environment === environment);
    const updated = inside.flatMap(
      (each) => updatedConnection(context, session, each, recorder.recorded(each)) ?? [],
    );
    if (updated.length === 0) continue;
    const rolledBack = inside
      .filter((each) => recorder.recorded(each)?.details.outcome === "rolled-back")
      .map(({ name }) => name);
    const result = await asResult(context, () =>
      reviewStatements(context, { environment, session, updated, rolledBack }, statements),
    );
    if (result instanceof RotationError)
      context.log.note("It is not known which statements still run with the previous key.", {
        environment,
        reason: result.message,
      });
  }
}
