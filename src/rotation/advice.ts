import type { Connection } from "./connection.ts";
import type { ErrorClass } from "./errors.ts";
import type { OutcomeKind } from "./outcome.ts";

/** One sentence for the operator, in words that suit an alert and a terminal. */
export function adviceOn(
  errorClass: ErrorClass,
  outcome: OutcomeKind,
  { name, environment, secret }: Pick<Connection, "name" | "environment" | "secret">,
): string {
  switch (errorClass) {
    case "config":
      return "Correct connections.json and deploy it.";
    case "secret":
      return `Put a complete value into secret ${secret}; that starts the rotation by itself.`;
    case "guard":
      return `Compare the entry of ${name} in connections.json with the connection in ${environment}, and correct the one that is wrong.`;
    case "not-found":
      return `Check the name ${name}, and environmentId, cloud and region of ${environment} in connections.json; or create the connection: the rotator never does.`;
    case "unauthorized":
      return `Check the Flink API key of environment ${environment} in its apiKeySecret, and that its owner has the role FlinkAdmin, EnvironmentAdmin or OrganizationAdmin.`;
    case "rejected":
      return `Check the key in secret ${secret} against its provider, then put the right one there; that starts the rotation by itself.`;
    case "unreachable":
      return `Check that the endpoint resolves and answers from where it is called, then rotate ${name} again.`;
    case "throttled":
      return `Rotate ${name} again when other clients at the same address send fewer requests.`;
    case "service":
      return `Rotate ${name} again; if that fails too, give the request id to Confluent's support.`;
    case "timeout":
      return TIMEOUT_ADVICE[outcome]?.(name) ?? `Rotate ${name} again when Confluent answers in time.`;
    case "superseded":
      return `Rotate ${name} again, so that it gets the newest version of secret ${secret}.`;
    case "internal":
      return "Report this as a bug, with the stack from the function's log (code BUG); in a terminal, --verbose shows it.";
  }
}

const TIMEOUT_ADVICE: Readonly<Partial<Record<OutcomeKind, (name: string) => string>>> = {
  unverified: (name) => `Check ${name} in Confluent Cloud; if it is still not READY, rotate it again.`,
  "not-attempted": (name) => `Rotate ${name} again: nothing was sent to it.`,
};
