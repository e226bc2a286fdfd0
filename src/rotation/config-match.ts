import type { Connection, ConnectionState, UpdateResponse } from "./connection.ts";
import { GuardError, RotationError } from "./errors.ts";
import { UntrustedText } from "./untrusted-text.ts";

/**
 * The live connection, if it is the configured one. The endpoint is not compared if it is missing, as in an item of a list.
 * @throws RotationError of class `not-found` if there is none; GuardError if it has another name, type or endpoint.
 */
export function assertMatchesConfig(
  connection: Connection,
  state: ConnectionState | undefined,
): ConnectionState {
  const { name, environment, type, endpoint } = connection;
  if (state === undefined) {
    throw new RotationError("not-found", `There is no connection ${name} in environment ${environment}.`, {
      httpStatus: 404,
    });
  }
  if (state.name !== name) {
    throw new GuardError(
      UntrustedText.sentence`Confluent's answer about ${name} shows another connection, ${UntrustedText.name(state.name)}. Nothing was written.`,
      responseOf(state),
    );
  }
  if (state.connectionType.toUpperCase() !== type.toUpperCase()) {
    throw new GuardError(
      UntrustedText.sentence`${name} is of type ${UntrustedText.name(state.connectionType)}, not ${type} as configured. Nothing was written.`,
      responseOf(state),
    );
  }
  if (endpoint !== undefined && state.endpoint !== "" && !isSameEndpoint(endpoint, state.endpoint)) {
    throw new GuardError(
      UntrustedText.sentence`${name} has the endpoint ${UntrustedText.name(state.endpoint)}, not ${endpoint} as configured. Nothing was written.`,
      responseOf(state),
    );
  }
  return state;
}

/** What is known of the response that showed a state. */
export function responseOf({ httpStatus, requestId }: ConnectionState): UpdateResponse {
  return { httpStatus, ...(requestId !== undefined && { requestId }) };
}

function isSameEndpoint(a: string, b: string): boolean {
  const normal = (endpoint: string) => (URL.parse(endpoint)?.href ?? endpoint).replace(/\/$/, "");
  return normal(a) === normal(b);
}
