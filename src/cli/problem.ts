import { type Caller, inConnectionsFile } from "../adapters/caller.ts";
import type { Environment } from "../config/load.ts";
import type { Connection } from "../rotation/connection.ts";
import type { RotationError } from "../rotation/errors.ts";
import { detailsOf, toOutcome } from "../rotation/outcome.ts";
import type { ShownTexts, Texts } from "../rotation/text-resolver.ts";
import type { Text } from "../rotation/untrusted-text.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A failure and what to do about it. */
export interface Problem extends Texts {
  readonly message: Text;
  readonly nextStep?: string;
}

/** A problem whose texts are redacted. */
export interface ShownProblem extends ShownTexts {
  readonly message: string;
  readonly nextStep?: string;
}

/** The problem of a whole environment. */
export function environmentProblem(
  error: RotationError,
  environment: Environment,
  caller: Caller = "person",
): Problem {
  const { nextStep = environmentAdvice(error, environment, caller), detail, requestId } = error.response;
  return { message: error.text, ...(detail && { detail }), ...(requestId && { requestId }), nextStep };
}

/** The problem of one connection, with the texts of a report. */
export function connectionProblem(error: RotationError, connection: Connection): Problem {
  const { detail, requestId, message: _message, ...details } = detailsOf(error);
  const { nextStep } = toOutcome(connection, details);
  return {
    message: error.text,
    ...(detail && { detail }),
    ...(requestId && { requestId }),
    ...(nextStep && { nextStep }),
  };
}

export function factsOf({
  detail,
  requestId,
  nextStep,
}: Partial<ShownProblem>): Omit<ShownProblem, "message"> {
  return { ...(detail && { detail }), ...(requestId && { requestId }), ...(nextStep && { nextStep }) };
}

/** The indented lines of a problem. */
export function factLines(
  terminal: Terminal,
  { message, detail, requestId, nextStep }: Partial<ShownProblem>,
): string[] {
  const facts = [message, detail, requestId && `Request id ${requestId}.`, nextStep];
  return facts.flatMap((fact) => (fact ? terminal.wrap(fact, "    ") : []));
}

function environmentAdvice(
  { errorClass, response }: RotationError,
  environment: Environment,
  caller: Caller,
): string {
  const { name, apiKeySecret } = environment;
  switch (errorClass) {
    case "unauthorized":
      return response.httpStatus === 401
        ? `Check that the Flink API key in secret ${apiKeySecret} exists in Confluent Cloud and belongs to this environment and region.`
        : `Check that the owner of the Flink API key in secret ${apiKeySecret} has the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin.`;
    case "secret":
      return `Put a Flink API key of environment ${name} into secret ${apiKeySecret}.`;
    case "timeout":
      return `Check cloud and region of ${name}${inConnectionsFile(caller)}, and the network path to its host.`;
    case "not-found":
    case "unreachable":
      return `Check organizationId, environmentId, cloud and region of ${name}${inConnectionsFile(caller)}.`;
    default:
      return "Try again. If that fails too, give the request id to Confluent's support.";
  }
}
