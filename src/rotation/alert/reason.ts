import type { ErrorClass } from "../errors.ts";
import { isKeyRefused, type Outcome } from "../outcome.ts";
import type { Cause } from "./causes.ts";
import { isAboutApiKey, isPreviousVersion, wasBroken } from "./holding.ts";

/** The cause in a few words, for a subject. */
export function shortReason({ holding, outcomes, errorClass }: Cause): string {
  const [first] = outcomes;
  switch (holding) {
    case "down":
      return isOldRefusal(first) ? "the previous key is refused" : refusal(first);
    case "unknown":
      if (isPreviousVersion(first)) return "new key refused, previous key not confirmed";
      return (errorClass && UNKNOWN[errorClass]) ?? "new key not confirmed";
    case "previous":
      return outcomes.length > 1 ? plural(previousReason(first)) : previousReason(first);
    case "current":
      return "new key in use, with a remark";
  }
}

/** True if the connection keeps a key that was refused before the run. */
export function isOldRefusal(outcome: Outcome): boolean {
  return wasBroken(outcome) && !isKeyRefused(outcome);
}

function refusal(outcome: Outcome): string {
  if (isPreviousVersion(outcome)) return "new and previous key refused";
  return outcome.evidence.statement === "refused" ? "new key refused when used" : "new key refused";
}

function previousReason(first: Outcome): string {
  const { outcome, errorClass, evidence, httpStatus } = first;
  if (errorClass === "secret" && isAboutApiKey(first)) return "the rotator's API key cannot be read";
  // A missing role, an IP filter, or a proxy.
  if (errorClass === "unauthorized" && httpStatus === 403) return "the rotator is denied access (403)";
  if (evidence.provider === "refused") return "its provider refuses the new key";
  if (outcome === "rolled-back" || (outcome === "not-attempted" && errorClass === "rejected"))
    return "new key refused";
  return (errorClass && PREVIOUS[errorClass]) ?? "new key not sent";
}

function plural(reason: string): string {
  return reason
    .replace("connection differs", "connections differ")
    .replace("connection not found", "connections not found");
}

const UNKNOWN: Readonly<Partial<Record<ErrorClass, string>>> = {
  unreachable: "endpoint of the connection unreachable",
  timeout: "not READY with the new key in time",
  superseded: "secret keeps changing",
  internal: "bug in the rotator",
};

const PREVIOUS: Readonly<Partial<Record<ErrorClass, string>>> = {
  config: "connections.json is wrong",
  secret: "secret cannot be used",
  guard: "connection differs from connections.json",
  "not-found": "connection not found",
  unauthorized: "Confluent refuses the rotator's API key",
  rejected: "Confluent does not take the new key",
  unreachable: "Confluent cannot be reached",
  throttled: "throttled by Confluent",
  service: "Confluent answers with errors",
  timeout: "no time left",
  superseded: "secret keeps changing",
  internal: "bug in the rotator",
};
