import type * as z from "zod/mini";
import { adviceOn } from "./advice.ts";
import type { Connection } from "./connection.ts";
import type { RunContext } from "./dependencies.ts";
import { OutOfTimeError, RotationError, UnauthorizedError } from "./errors.ts";
import type { evidenceSchema, outcomeSchema } from "./report/schema.ts";
import type { ShownTexts, Texts } from "./text-resolver.ts";

/** The result for one connection; the report's entry for it. */
export type Outcome = z.output<typeof outcomeSchema>;

export type OutcomeKind = Outcome["outcome"];

/** How much is known about a key, and from whom. */
export type Evidence = z.output<typeof evidenceSchema>;

/** Nothing is known about the key. */
export const NO_EVIDENCE: Evidence = { provider: "not-asked", phase: "not-seen", statement: "not-run" };

/** Evidence of Confluent's phase alone. */
export function evidenceOfPhase(phase: Evidence["phase"]): Evidence {
  return { ...NO_EVIDENCE, phase };
}

type DetailsOf<T extends Texts> = Pick<Outcome, "outcome"> &
  Partial<Omit<Outcome, "name" | "environment" | "type" | "secret" | keyof Texts>> &
  T;

/** The details of an outcome. Its texts may come from outside. */
export type OutcomeDetails = DetailsOf<Texts>;

export function toOutcome(connection: Connection, details: DetailsOf<ShownTexts>): Outcome {
  const { name, environment, type, secret } = connection;
  const { errorClass, nextStep = errorClass && adviceOn(errorClass, details.outcome, connection) } = details;
  return {
    name,
    environment,
    type,
    durationMs: 0,
    evidence: NO_EVIDENCE,
    ...details,
    ...(nextStep && { nextStep }),
    secret,
  };
}

/** True if Confluent or a provider has refused the key that the connection holds. */
export function isKeyRefused({ evidence }: Pick<OutcomeDetails, "evidence">): boolean {
  return evidence?.phase === "refused" || evidence?.statement === "refused";
}

/** True if the outcome says by itself that the new key was not sent or the previous one was put back; `holds` goes before it. */
export function impliesPreviousKey({
  outcome,
  errorClass,
}: Pick<OutcomeDetails, "outcome" | "errorClass">): boolean {
  if (outcome === "not-attempted" || outcome === "rolled-back") return true;
  return outcome === "failed" && errorClass === "secret";
}

/** Maps an error to an outcome. Timeouts before sending and refused API keys count as not attempted. */
export function detailsOf(error: RotationError): OutcomeDetails {
  const isAttempt = !(error instanceof OutOfTimeError || error instanceof UnauthorizedError);
  const outcome = isAttempt ? "failed" : "not-attempted";
  return { outcome, errorClass: error.errorClass, message: error.text, ...error.response };
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
