import { type ConnectionState, type PhaseKind, phaseKind } from "../connection.ts";
import { RotationError } from "../errors.ts";
import type { OutcomeDetails } from "../outcome.ts";
import type { PollResult } from "./poller.ts";

/** The finding that watching amounts to. */
export function describePollResult({ verdict, state: seen, error }: PollResult): OutcomeDetails {
  if (seen === undefined)
    return unreadable(error ?? new RotationError("service", "No response could be read in time."));
  const details =
    verdict === undefined && error !== undefined ? unreadable(error) : FINDINGS[kindOf(seen, verdict)](seen);
  return { ...shown(seen), ...details };
}

function kindOf(seen: ConnectionState, verdict: PollResult["verdict"]): PhaseKind | "unsettled" {
  const kind = phaseKind(seen.phase);
  return verdict === undefined && (kind === "usable" || kind === "refused") ? "unsettled" : kind;
}

function shown({ phase, detail }: ConnectionState): Partial<OutcomeDetails> {
  return { phase, ...(detail !== "" && { detail }) };
}

function unreadable(error: RotationError): OutcomeDetails {
  return {
    outcome: "unverified",
    errorClass: error.errorClass,
    message: `The key was put, but the state of the connection could not be read: ${error.message}`,
    ...error.response,
  };
}

const FINDINGS: Readonly<Record<PhaseKind | "unsettled", (seen: ConnectionState) => OutcomeDetails>> = {
  usable: () => ({ outcome: "ready" }),
  refused: () => ({ outcome: "failed", errorClass: "rejected", message: "Confluent refused the key." }),
  unreachable: () => ({
    outcome: "failed",
    errorClass: "unreachable",
    message: "The key was put, but Confluent cannot reach the connection's endpoint.",
  }),
  pending: (seen) => ({
    outcome: "failed",
    errorClass: "timeout",
    message: `The key was put, but the connection did not become READY in time; its last phase was ${seen.phase}.`,
  }),
  silent: () => ({
    outcome: "unverified",
    errorClass: "service",
    message: "The key was put, but Confluent does not say in which phase the connection is.",
  }),
  unsettled: (seen) => ({
    outcome: "unverified",
    errorClass: "timeout",
    message: `The key was put, but the time was up before it was clear that the ${seen.phase} that was seen is this key's, and lasts.`,
  }),
};
