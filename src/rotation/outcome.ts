import type * as z from "zod/mini";
import type { Connection } from "./connection.ts";
import { type ErrorClass, OutOfTimeError, type RotationError, UnauthorizedError } from "./errors.ts";
import type { outcomeSchema } from "./report/schema.ts";

/** The result for one connection; the report's entry for it. */
export type Outcome = z.output<typeof outcomeSchema>;

export type OutcomeKind = Outcome["outcome"];

export type OutcomeDetails = Pick<Outcome, "outcome"> &
  Partial<Omit<Outcome, "name" | "environment" | "type" | "secret">>;

export function toOutcome(connection: Connection, details: OutcomeDetails): Outcome {
  const { name, environment, type, secret } = connection;
  const advice = details.errorClass !== undefined &&
    details.nextStep === undefined && { nextStep: nextStep(details.errorClass, connection) };
  return { name, environment, type, durationMs: 0, ...details, ...advice, secret };
}

/** The finding that an error amounts to; lack of time and of our own access are no attempt. */
export function detailsOf(error: RotationError): OutcomeDetails {
  const isAttempt = !(error instanceof OutOfTimeError || error instanceof UnauthorizedError);
  const outcome = isAttempt ? "failed" : "not-attempted";
  return { outcome, errorClass: error.errorClass, message: error.message, ...error.response };
}

/** One sentence: what the operator should do. */
function nextStep(errorClass: ErrorClass, { name, environment, secret }: Connection): string {
  const steps: Readonly<Record<ErrorClass, string>> = {
    config: "Correct connections.json and deploy it.",
    secret: `Put a complete value into secret ${secret}; that starts the rotation by itself.`,
    guard: `Compare the entry of ${name} in connections.json with the connection in ${environment}, and correct the one that is wrong.`,
    "not-found": `Create ${name} in ${environment}, or take it out of connections.json: the rotator never creates a connection.`,
    unauthorized: `Check the Flink API key of environment ${environment} in its apiKeySecret, and that its owner has the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin.`,
    rejected: `Check the key in secret ${secret} against its provider, then put the right one there; that starts the rotation by itself.`,
    unreachable: `Check that the endpoint resolves and answers from where it is called, then rotate ${name} again.`,
    throttled: `Rotate ${name} again when other clients of the same address are quieter.`,
    service: `Rotate ${name} again; if that fails too, give the request id to Confluent's support.`,
    timeout: `Look at ${name} in Confluent Cloud; if it is not READY by then, rotate it again.`,
    superseded: `Rotate ${name} again, so that it gets the newest version of secret ${secret}.`,
    internal: "Look for the stack in the function's log, and report it as a bug.",
  };
  return steps[errorClass];
}
