import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import { isDryRun } from "../plan.ts";
import type { StatementState } from "./api.ts";
import { describeStatement } from "./entry.ts";
import { listStatements } from "./list.ts";
import { parseStatementName } from "./names.ts";
import { policyOf } from "./policy.ts";
import type { StatementRecorder } from "./recorder.ts";
import { type FoundStatement, Restart } from "./restart.ts";
import { hasOldKey, type UpdatedConnection } from "./updated.ts";

/** In these phases a statement uses the key that it started with. */
const RUNNING = ["PENDING", "RUNNING", "DEGRADED"];
const RESTARTABLE = ["RUNNING", "DEGRADED", "FAILED"];

/** An environment with the connections that the run has updated. */
interface Reviewed {
  readonly environment: string;
  readonly session: EnvironmentSession;
  readonly updated: readonly UpdatedConnection[];
  /** The names of those whose previous key was put back. */
  readonly rolledBack: readonly string[];
}

/**
 * Records the statements that still run with the previous key, and restarts those that are configured for it, one at a time.
 * @throws RotationError if the statements cannot be listed.
 */
export async function reviewStatements(
  context: RunContext,
  { environment, session, updated, rolledBack }: Reviewed,
  recorder: StatementRecorder,
): Promise<void> {
  const { report, restart } = policyOf(context, environment);
  const statements = await listStatements(session.api.statements);
  noteMissing(context, restart, statements);
  for (const statement of statements) {
    const isNamed = restart.includes(statement.name);
    const entry = describeStatement(context, environment, statement);
    if (parseStatementName(statement.name) !== undefined || recorder.has(entry)) continue;
    const affected = affectedBy(statement, updated);
    if (affected.length === 0 || !(isNamed || report)) continue;
    const named = { ...entry, connections: affected.map(({ name }) => name) };
    if (!isNamed || !RESTARTABLE.includes(statement.phase)) {
      if (RUNNING.includes(statement.phase)) recorder.record({ ...named, action: "reported" });
      continue;
    }
    const reason = reasonAgainst(statement, updated, rolledBack);
    if (reason !== undefined) recorder.record({ ...named, action: "not-restarted", message: reason });
    else await restartOne(context, session, { entry: named, statement }, recorder);
  }
}

async function restartOne(
  context: RunContext,
  session: EnvironmentSession,
  found: FoundStatement,
  recorder: StatementRecorder,
): Promise<void> {
  if (isDryRun(context.trigger)) recorder.record({ ...found.entry, action: "would-restart" });
  else await new Restart(context, session, found, recorder).run();
}

/** The updated connections whose old key the statement uses. The service shows no connections of a failed statement. */
function affectedBy(
  statement: StatementState,
  updated: readonly UpdatedConnection[],
): readonly UpdatedConnection[] {
  const { connections, phase } = statement;
  const isUsed = ({ name }: UpdatedConnection): boolean =>
    connections === undefined ? phase === "FAILED" : connections.includes(name);
  return updated.filter((each) => isUsed(each) && hasOldKey(statement, each));
}

/** Why a statement is not restarted. */
function reasonAgainst(
  { connections, isResumable }: StatementState,
  updated: readonly UpdatedConnection[],
  rolledBack: readonly string[],
): string | undefined {
  if (!isResumable)
    return "Only INSERT INTO, EXECUTE STATEMENT SET and CREATE TABLE AS continue where they were stopped.";
  const needed = connections ?? [...updated.map(({ name }) => name), ...rolledBack];
  const proven = new Set(updated.filter(({ isProven }) => isProven).map(({ name }) => name));
  const unproven = needed.filter((name) => !proven.has(name));
  if (unproven.length === 0) return undefined;
  return `This run has not shown that the keys of all its connections work: ${unproven.join(", ")}.`;
}

function noteMissing(
  { log }: RunContext,
  restart: readonly string[],
  statements: readonly StatementState[],
): void {
  const known = new Set(statements.map(({ name }) => name));
  for (const statement of restart.filter((name) => !known.has(name)))
    log.note("Confluent does not list a statement that is to be restarted.", { statement });
}
