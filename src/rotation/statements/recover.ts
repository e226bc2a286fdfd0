import type { Connection } from "../connection.ts";
import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession, Sessions } from "../environment.ts";
import { RotationError } from "../errors.ts";
import { asResult } from "../outcome.ts";
import { isDryRun } from "../plan.ts";
import { describeStatement } from "./entry.ts";
import { listStatements } from "./list.ts";
import { deleteOwnStatement, markedName } from "./marker.ts";
import { parseStatementName } from "./names.ts";
import { policyOf } from "./policy.ts";
import type { StatementRecorder } from "./recorder.ts";
import { Restart } from "./restart.ts";

/** No run lasts longer than Lambda's 15 minutes, so statements of runs that began earlier than this are left over. */
const MAX_RUN_MS = 20 * 60_000;

const INTERRUPTED = ["STOPPED", "STOPPING", "FAILED", "PENDING"];

/** Deletes what killed runs have left behind, and resumes what they have stopped. Never rejects. */
export async function recoverStatements(
  context: RunContext,
  { sessions, connections }: { readonly sessions: Sessions; readonly connections: readonly Connection[] },
  recorder: StatementRecorder,
): Promise<void> {
  if (isDryRun(context.trigger)) return;
  const verified = new Set(connections.filter(({ verify }) => verify).map(({ environment }) => environment));
  await Promise.all(
    [...sessions].map(async ([environment, opened]) => {
      if (policyOf(context, environment).restart.length === 0 && !verified.has(environment)) return;
      const session = await opened;
      if (session instanceof RotationError) return;
      const result = await asResult(context, () => recoverIn(context, session, { environment, recorder }));
      if (result instanceof RotationError)
        context.log.note("Statements that earlier runs left behind could not be looked for.", {
          environment,
          reason: result.message,
        });
    }),
  );
}

async function recoverIn(
  context: RunContext,
  session: EnvironmentSession,
  { environment, recorder }: { readonly environment: string; readonly recorder: StatementRecorder },
): Promise<void> {
  const statements = await listStatements(session.api.statements);
  for (const { name } of statements) {
    const own = parseStatementName(name);
    if (own === undefined) continue;
    const isLeftOver = context.clock.now() - own.runAt > MAX_RUN_MS;
    const stopped = statements.find((each) => markedName(each.name) === own.suffix);
    if (stopped !== undefined && INTERRUPTED.includes(stopped.phase)) {
      const entry = describeStatement(context, environment, stopped);
      await new Restart(context, session, { entry, statement: stopped }, recorder).recover(name);
    } else if (isLeftOver) await deleteOwnStatement(context, session, name);
  }
}
