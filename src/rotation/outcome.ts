import type * as z from "zod/mini";
import type { Connection } from "./connection.ts";
import type { RunContext } from "./dependencies.ts";
import { type ErrorClass, OutOfTimeError, RotationError, UnauthorizedError } from "./errors.ts";
import type { evidenceSchema, outcomeSchema } from "./report/schema.ts";

/** The result for one connection; the report's entry for it. */
export type Outcome = z.output<typeof outcomeSchema>;

export type OutcomeKind = Outcome["outcome"];

/** How much is known of a key, and from whom. */
export type Evidence = z.output<typeof evidenceSchema>;

/** Nothing is known of the key. */
export const NO_EVIDENCE: Evidence = { provider: "not-asked", phase: "not-seen", statement: "not-run" };

/** Evidence of Confluent's phase alone. */
export function phaseEvidence(phase: Evidence["phase"]): { readonly evidence: Evidence } {
  return { evidence: { ...NO_EVIDENCE, phase } };
}

export type OutcomeDetails = Pick<Outcome, "outcome"> &
  Partial<Omit<Outcome, "name" | "environment" | "type" | "secret">>;

export function toOutcome(connection: Connection, details: OutcomeDetails): Outcome {
  const { name, environment, type, secret } = connection;
  const advice = details.errorClass !== undefined &&
    details.nextStep === undefined && { nextStep: nextStep(details.errorClass, connection) };
  return { name, environment, type, durationMs: 0, evidence: NO_EVIDENCE, ...details, ...advice, secret };
}

/** Maps an error to an outcome. Timeouts before sending and refused API keys count as not attempted. */
export function detailsOf(error: RotationError): OutcomeDetails {
  const isAttempt = !(error instanceof OutOfTimeError || error instanceof UnauthorizedError);
  const outcome = isAttempt ? "failed" : "not-attempted";
  return { outcome, errorClass: error.errorClass, message: error.message, ...error.response };
}

/** An expected error as it is; any other is logged and becomes one of class `internal`. */
export function toRotationError({ log }: Pick<RunContext, "log">, error: unknown): RotationError {
  if (error instanceof RotationError) return error;
  log.bug(error);
  return new RotationError("internal", "Unexpected error (a bug in the rotator).");
}

/** The result, or the error as a value. Never rejects. */
export async function asResult<T>(
  context: Pick<RunContext, "log">,
  work: () => Promise<T>,
): Promise<T | RotationError> {
  try {
    return await work();
  } catch (error) {
    return toRotationError(context, error);
  }
}

/** The operator's next step, in one sentence. */
function nextStep(errorClass: ErrorClass, { name, environment, secret }: Connection): string {
  const steps: Readonly<Record<ErrorClass, string>> = {
    config: "Correct connections.json and deploy it.",
    secret: `Put a complete value into secret ${secret}; that starts the rotation by itself.`,
    guard: `Compare the entry of ${name} in connections.json with the connection in ${environment}, and correct the one that is wrong.`,
    "not-found": `Create ${name} in ${environment}, or take it out of connections.json: the rotator never creates a connection.`,
    unauthorized: `Check the Flink API key of environment ${environment} in its apiKeySecret, and that its owner has the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin.`,
    rejected: `Check the key in secret ${secret} against its provider, then put the right one there; that starts the rotation by itself.`,
    unreachable: `Check that the endpoint resolves and answers from where it is called, then rotate ${name} again.`,
    throttled: `Rotate ${name} again when other clients at the same address send fewer requests.`,
    service: `Rotate ${name} again; if that fails too, give the request id to Confluent's support.`,
    timeout: `Check ${name} in Confluent Cloud; if it is still not READY, rotate it again.`,
    superseded: `Rotate ${name} again, so that it gets the newest version of secret ${secret}.`,
    internal: "Report this as a bug, with the stack from the function's log (code BUG).",
  };
  return steps[errorClass];
}
