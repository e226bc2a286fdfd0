import type { Environment } from "../config/load.ts";
import type { Connection } from "../rotation/connection.ts";
import type { ErrorClass, RotationError } from "../rotation/errors.ts";
import { detailsOf, toOutcome } from "../rotation/outcome.ts";

/** What is known of a failure, and what to do about it. */
export interface Problem {
  readonly message: string;
  /** The other side's own words. */
  readonly detail?: string;
  readonly requestId?: string;
  readonly nextStep?: string;
}

/** The problem of a whole environment. */
export function environmentProblem(error: RotationError, environment: Environment): Problem {
  const { nextStep = environmentAdvice(error.errorClass, environment) } = error.response;
  return { ...factsOf(error.response), message: error.message, nextStep };
}

/** The problem of one connection, in the words of a report. */
export function connectionProblem(error: RotationError, connection: Connection): Problem {
  return { ...factsOf(toOutcome(connection, detailsOf(error))), message: error.message };
}

export function factsOf({ detail, requestId, nextStep }: Partial<Problem>): Omit<Problem, "message"> {
  return { ...(detail && { detail }), ...(requestId && { requestId }), ...(nextStep && { nextStep }) };
}

/** The indented lines below a message. */
export function factLines({ detail, requestId, nextStep }: Partial<Problem>): string[] {
  const facts = [detail, requestId && `Request id ${requestId}.`, nextStep];
  return facts.flatMap((fact) => (fact ? [`    ${fact}`] : []));
}

function environmentAdvice(errorClass: ErrorClass, { name, apiKeySecret }: Environment): string {
  switch (errorClass) {
    case "unauthorized":
      return `Check the Flink API key in secret ${apiKeySecret}, and that its owner has the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin.`;
    case "secret":
      return `Put a Flink API key of environment ${name} into secret ${apiKeySecret}.`;
    case "timeout":
      return `Check cloud and region of ${name} in connections.json, and the network on the way to its host.`;
    case "not-found":
    case "unreachable":
      return `Check organizationId, environmentId, cloud and region of ${name} in connections.json.`;
    default:
      return "Try again. If that fails too, give the request id to Confluent's support.";
  }
}
