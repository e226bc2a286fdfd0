import { KEY_PROPAGATION_MS } from "../api-key.ts";
import { exponentialDelay } from "../backoff.ts";
import type { Connection } from "../connection.ts";
import type { RunContext } from "../dependencies.ts";
import type { EnvironmentSession } from "../environment.ts";
import { OutOfTimeError, RotationError, SupersededError } from "../errors.ts";
import { detailsOf, type Evidence, isKeyRefused, NO_EVIDENCE, type OutcomeDetails } from "../outcome.ts";
import { UntrustedText } from "../untrusted-text.ts";
import type { UpdateRequest, UpdateResult } from "../update.ts";
import { runStatement, type StatementResult, type VerifiedConnection } from "./run-statement.ts";

const FIRST_RETRY_MS = 5_000;
const MAX_RETRY_MS = 30_000;

/** Runs the statement of the connection, if it names one, and adds what it shows to the result of the update. */
export async function verifyByStatement(
  context: RunContext,
  session: EnvironmentSession,
  request: UpdateRequest,
  result: UpdateResult,
): Promise<UpdateResult> {
  const { connection } = request;
  const { details } = result;
  if (!isVerified(connection) || isKeyRefused(details) || isUseless(details)) return result;
  const startedAt = context.clock.now();
  const found = await resultAfterGrace(context, session, request, connection);
  if (found instanceof SupersededError) {
    const evidence = withStatement(details, "failed");
    return { details: { ...detailsOf(found), outcome: "failed", evidence }, mayHoldVersion: true };
  }
  const durationMs = (details.durationMs ?? 0) + context.clock.now() - startedAt;
  const verified = describe(details, found, connection);
  return { ...withReadAgain(result, verified), details: { ...verified, durationMs } };
}

/** A phase that is read again later does not change what the statement has shown. */
function withReadAgain({ readAgain, ...result }: UpdateResult, { evidence }: Verified): UpdateResult {
  if (readAgain === undefined) return result;
  const readLater = async () => {
    const later = await readAgain();
    return later && { ...later, evidence: withStatement(later, evidence.statement) };
  };
  return { ...result, readAgain: readLater };
}

function isVerified(connection: Connection): connection is VerifiedConnection {
  return connection.verify !== undefined;
}

/** True if the key was superseded, or if the rotator's Confluent API key was refused. */
function isUseless({ errorClass }: OutcomeDetails): boolean {
  return errorClass === "superseded" || errorClass === "unauthorized";
}

/** A young key may be refused at first: the statement is run again until the grace period ends. */
async function resultAfterGrace(
  context: RunContext,
  session: EnvironmentSession,
  request: UpdateRequest,
  connection: VerifiedConnection,
): Promise<StatementResult | SupersededError> {
  const { clock, settings, deadlineAt } = context;
  const isYoung = clock.now() - request.version.createdAt < KEY_PROPAGATION_MS;
  const refusalCountsAt = clock.now() + (isYoung ? settings.graceMs : 0);
  for (let attempt = 1; ; attempt += 1) {
    const result = await runStatement(context, session, connection);
    if (attempt > 1 && isOutOfTime(result)) return { kind: "failed", error: TOO_YOUNG };
    const leftMs = refusalCountsAt - clock.now();
    if (result.kind !== "refused" || leftMs <= 0) return result;
    const delayMs = Math.min(exponentialDelay(FIRST_RETRY_MS, attempt, MAX_RETRY_MS), leftMs);
    if (clock.now() + delayMs >= deadlineAt) return { kind: "failed", error: TOO_YOUNG };
    await clock.sleep(delayMs);
    const superseded = await request.assertCurrent().catch((error: unknown) => error);
    if (superseded instanceof SupersededError) return superseded;
  }
}

function isOutOfTime(result: StatementResult): boolean {
  return result.kind === "not-run" && result.error instanceof OutOfTimeError;
}

const TOO_YOUNG = new RotationError(
  "timeout",
  "its provider refused the key, but the run ended before that counts for a key this young",
);

type Verified = OutcomeDetails & { readonly evidence: Evidence };

function describe(
  details: OutcomeDetails,
  result: StatementResult,
  { verify: { name }, secret }: VerifiedConnection,
): Verified {
  const { errorClass, message, detail, nextStep, ...facts } = details;
  switch (result.kind) {
    case "completed":
      return {
        ...facts,
        outcome: "ready",
        message: `The statement ${name} has used the connection with this key and completed.`,
        evidence: withStatement(details, "completed"),
      };
    case "refused":
      return {
        ...facts,
        outcome: "failed",
        errorClass: "rejected",
        message: `The key is refused or not allowed: the statement ${name}, which uses the connection, has failed.`,
        ...(result.detail && { detail: result.detail }),
        nextStep: `Check that the key in secret ${secret} is valid and may use what the statement calls, then put the right one there; that starts the rotation by itself.`,
        evidence: withStatement(details, "refused"),
      };
    default:
      return describeFailure(details, result, name);
  }
}

/** A statement that fails for any other reason says nothing about the key; a failure that was known before stays. */
function describeFailure(
  details: OutcomeDetails,
  { kind, error }: StatementResult & { kind: "failed" | "not-run" },
  name: string,
): Verified {
  const evidence = withStatement(details, kind);
  const reason = UntrustedText.sentence`The statement ${name} did not show that the key works: ${error.text}`;
  if (details.outcome !== "ready" && details.outcome !== "applied") {
    const { message } = details;
    const both = message === undefined ? reason : UntrustedText.sentence`${message} ${reason}`;
    return { ...details, message: both, evidence };
  }
  const { message: _message, detail: _detail, ...facts } = details;
  const { httpStatus: _httpStatus, requestId: _requestId, ...response } = error.response;
  return {
    ...facts,
    ...response,
    outcome: "unverified",
    errorClass: error.errorClass,
    message: UntrustedText.sentence`The key was sent, and nothing shows that it is bad. ${reason}`,
    evidence,
  };
}

function withStatement({ evidence }: OutcomeDetails, statement: Evidence["statement"]): Evidence {
  return { ...NO_EVIDENCE, ...evidence, statement };
}
