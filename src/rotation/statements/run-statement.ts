import { within } from "../clock.ts";
import type { Connection, VerificationStatement } from "../connection.ts";
import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import { ConflictError, OutOfTimeError, RotationError, UnknownResultError } from "../errors.ts";
import { toRotationError } from "../outcome.ts";
import { type Text, UntrustedText } from "../untrusted-text.ts";
import type { NewStatement, StatementState, StatementsApi } from "./api.ts";
import { deleteOwnStatement } from "./marker.ts";
import { pollStatement } from "./poll.ts";

/** The result of running a statement. */
export type StatementResult =
  | { readonly kind: "completed" }
  /** The provider refused the key, or did not allow the call. */
  | { readonly kind: "refused"; readonly detail: UntrustedText | undefined }
  /** `failed` if it was submitted, `not-run` if not. */
  | { readonly kind: "failed" | "not-run"; readonly error: RotationError };

/** The time that is reserved for the deletion of a statement, in milliseconds. */
const DELETE_RESERVE_MS = 5_000;
const MAX_NAMES = 3;
const MAX_REPEATS = 2;
/** After this many milliseconds, a statement is looked for if the response to its creation is missing. */
const FIND_AFTER_MS = 1_000;

/** Runs the statement of a connection when a slot is free. Does not wait for its deletion. Never rejects. */
export function runStatement(
  context: RunContext,
  session: EnvironmentSession,
  connection: VerifiedConnection,
): Promise<StatementResult> {
  return session.verifications.run(() => runNow(context, session, connection));
}

/** A connection that names a statement. */
export type VerifiedConnection = Connection & { readonly verify: VerificationStatement };

async function runNow(
  context: RunContext,
  session: EnvironmentSession,
  connection: VerifiedConnection,
): Promise<StatementResult> {
  const { clock, deadlineAt } = context;
  const { verify: statement } = connection;
  const untilAt = Math.min(clock.now() + statement.timeoutMs, deadlineAt - DELETE_RESERVE_MS);
  if (untilAt <= clock.now())
    return { kind: "not-run", error: new OutOfTimeError("There was no time left to run the statement.") };
  let name: string | undefined;
  try {
    name = await createUntil(untilAt, context, session, statement);
    return await waitForEnd(context, session, { connection, name, untilAt });
  } catch (error) {
    return { kind: name === undefined ? "not-run" : "failed", error: toRotationError(context, error) };
  } finally {
    if (name !== undefined) session.trackDeletion(deleteOwnStatement(context, session, name));
  }
}

/** @throws RotationError if it was not created in time; a later creation is undone. */
async function createUntil(
  untilAt: number,
  context: RunContext,
  session: EnvironmentSession,
  statement: VerificationStatement,
): Promise<string> {
  const waitMs = untilAt - context.clock.now();
  const creation = create(context, session, statement);
  const name = await within(context.clock, waitMs, creation);
  if (name !== undefined) return name;
  creation.then((created) => deleteOwnStatement(context, session, created)).catch(() => undefined);
  throw new RotationError("timeout", `it could not be created within ${inSeconds(waitMs)}`);
}

/**
 * Creates the statement, under another name if one is taken.
 * @returns the name under which it may exist. @throws RotationError if it was certainly not created.
 */
async function create(
  context: RunContext,
  session: EnvironmentSession,
  { name: _name, timeoutMs: _timeoutMs, ...statement }: VerificationStatement,
): Promise<string> {
  const { statements } = session.api;
  for (let attempt = 1; ; attempt += 1) {
    const name = session.nextStatementName(context, "verify");
    try {
      await statements.create({ ...statement, name });
      return name;
    } catch (error) {
      if (error instanceof UnknownResultError) {
        await repeatUntilKnown(context, statements, { ...statement, name });
        return name;
      }
      if (attempt === MAX_NAMES || !(error instanceof ConflictError)) throw error;
    }
  }
}

/** Sends a name again until it is found or the service answers. After any answer, even a refusal, it may exist. */
async function repeatUntilKnown(
  context: RunContext,
  statements: StatementsApi,
  statement: NewStatement,
): Promise<void> {
  for (let left = MAX_REPEATS; left > 0; left -= 1) {
    if (await isFound(context, statements, statement.name)) return;
    try {
      return await statements.create(statement);
    } catch (error) {
      if (!(error instanceof UnknownResultError)) return;
    }
  }
}

async function isFound({ clock }: RunContext, statements: StatementsApi, name: string): Promise<boolean> {
  await clock.sleep(FIND_AFTER_MS);
  const state = await statements.get(name).catch(() => undefined);
  return state !== undefined;
}

async function waitForEnd(
  { clock, progress }: RunContext,
  { api }: EnvironmentSession,
  { connection, name, untilAt }: { connection: Connection; name: string; untilAt: number },
): Promise<StatementResult> {
  const startedAt = clock.now();
  const read = () => api.statements.get(name);
  const last = await pollStatement(clock, { read, untilAt }, (state) => {
    progress({ step: "seen", connection, phase: `STATEMENT ${state.phase}` });
    return endOf(state) !== undefined;
  });
  return (last && endOf(last)) ?? { kind: "failed", error: unfinished(last, untilAt - startedAt) };
}

const ENDED = ["STOPPING", "STOPPED", "DELETING"];

function endOf({ phase, detail, isKeyRefused }: StatementState): StatementResult | undefined {
  if (phase === "COMPLETED") return { kind: "completed" };
  if (phase === "FAILED" && isKeyRefused) return { kind: "refused", detail };
  if (phase !== "FAILED" && !ENDED.includes(phase)) return undefined;
  const reason: Text = detail === undefined ? "" : UntrustedText.sentence`: ${detail}`;
  return {
    kind: "failed",
    error: new RotationError("service", UntrustedText.sentence`it ended as ${phase}${reason}`, {
      nextStep:
        "Run the statement in Confluent Cloud, correct it under verification.statements in connections.json; then rotate again.",
    }),
  };
}

function unfinished(state: StatementState | undefined, waitedMs: number): RotationError {
  const message =
    state === undefined
      ? `it was not found within ${inSeconds(waitedMs)}`
      : `it was still ${state.phase} after ${inSeconds(waitedMs)}`;
  return new RotationError("timeout", message, {
    nextStep:
      "Check that its compute pool has room, or raise timeoutSeconds of the statement in connections.json; then rotate again.",
  });
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 1_000)} s`;
}
