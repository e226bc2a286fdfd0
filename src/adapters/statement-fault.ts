import {
  ConflictError,
  type ResponseInfo,
  RotationError,
  UnauthorizedError,
  UnknownResultError,
} from "../rotation/errors.ts";
import { responseError } from "./confluent-fault.ts";
import { type HttpResponse, isTransient } from "./http.ts";

const ROLE_ADVICE =
  "Give the owner of the environment's Flink API key the role FlinkDeveloper and, if the statement names a principal, the role Assigner on it.";

/** The error for an unsuccessful response from the statements API. */
export function statementError(response: HttpResponse): RotationError {
  const { status } = response;
  const failure = responseError(response);
  const facts: ResponseInfo = failure.response;
  if (status === 403 && facts.nextStep === undefined)
    return new UnauthorizedError("The rotator's Confluent API key may not work with statements (403).", {
      ...facts,
      nextStep: ROLE_ADVICE,
    });
  if (status === 404)
    return new RotationError("not-found", "Confluent knows no such statement or environment (404).", facts);
  if (status === 409 || status === 412) return new ConflictError(facts);
  if (status === 400 || status === 422)
    return new RotationError("service", `Confluent rejected the statement (${status}).`, facts);
  return failure;
}

/** The same for a request that may have been carried out despite an unsuccessful response. */
export function uncertainStatementError(response: HttpResponse): RotationError {
  const failure = statementError(response);
  const isUncertain = isTransient(response.status) || (response.status >= 200 && response.status < 300);
  return isUncertain ? new UnknownResultError("service", failure.message, failure.response) : failure;
}
