import { type ConnectionState, phaseKind } from "../connection.ts";
import type { RotationSettings } from "../dependencies.ts";
import { RotationError } from "../errors.ts";
import { type Evidence, evidenceOfPhase, type OutcomeDetails } from "../outcome.ts";
import { UntrustedText } from "../untrusted-text.ts";
import type { PollResult } from "./poller.ts";

/** What polling after a PUT has shown. */
export interface PhaseResult extends PollResult {
  /** True if the connection had not shown a phase in this run before the PUT. */
  readonly wasSilent: boolean;
  /** False if the service shows versions or times of change, and they are as before the PUT. */
  readonly hasChanged: boolean;
}

/** Maps the result of polling to an outcome. */
export function describePhase(result: PhaseResult, require: RotationSettings["require"]): OutcomeDetails {
  const { state, verdict, error } = result;
  if (state === undefined) {
    return unreadable(
      "not-seen",
      error ?? new RotationError("service", "No response could be read in time."),
    );
  }
  const { phase, detail } = state;
  const shown = { phase, ...(detail && { detail }) };
  if (verdict === undefined && error !== undefined) return { ...shown, ...unreadable("unsettled", error) };
  return { ...shown, ...describeState(result, state, require) };
}

function describeState(
  { verdict, wasSilent, hasChanged }: PhaseResult,
  { phase }: ConnectionState,
  require: RotationSettings["require"],
): OutcomeDetails {
  switch (verdict) {
    case "ready":
      return {
        outcome: "ready",
        evidence: evidenceOfPhase("ready"),
        ...(!hasChanged && { message: UNCHANGED }),
      };
    case "refused":
      return {
        outcome: "failed",
        errorClass: "rejected",
        message: "Confluent refused the key.",
        evidence: evidenceOfPhase("refused"),
      };
    case "silent":
      return describeSilence(wasSilent, require);
    default:
      return describeLastPhase(phase);
  }
}

/** Silence after a PUT is normal if there was no phase before it either. */
function describeSilence(wasSilentBefore: boolean, require: RotationSettings["require"]): OutcomeDetails {
  if (require === "applied" || (require === "auto" && wasSilentBefore)) {
    return {
      outcome: "applied",
      message: "Confluent accepted the key and reports no phase for this connection.",
      evidence: evidenceOfPhase("silent"),
    };
  }
  const message = wasSilentBefore
    ? 'The key was sent, but Confluent reports no phase for this connection, and verification.require is "ready".'
    : "The key was sent, but Confluent no longer reports a phase for this connection.";
  return { outcome: "unverified", errorClass: "service", message, evidence: evidenceOfPhase("silent") };
}

/** UNREACHABLE, or a phase that was no verdict yet when the time was up. */
function describeLastPhase(phase: string): OutcomeDetails {
  switch (phaseKind(phase)) {
    case "usable":
    case "refused":
      return {
        outcome: "unverified",
        errorClass: "timeout",
        message: `The key was sent, but the run ended before ${phase} could be confirmed for it.`,
        evidence: evidenceOfPhase("unsettled"),
      };
    case "silent":
      return {
        outcome: "unverified",
        errorClass: "service",
        message: "The key was sent, but the run ended before Confluent reported a phase.",
        evidence: evidenceOfPhase("unsettled"),
      };
    case "unreachable":
      return UNREACHABLE;
    case "pending":
      return {
        outcome: "failed",
        errorClass: "timeout",
        message: `The key was sent, but the connection did not become READY in time; its last phase was ${phase}.`,
        evidence: evidenceOfPhase("unsettled"),
      };
  }
}

function unreadable(phase: Evidence["phase"], error: RotationError): OutcomeDetails {
  return {
    outcome: "unverified",
    errorClass: error.errorClass,
    message: UntrustedText.sentence`The key was sent, but the state of the connection could not be read: ${error.text}`,
    ...error.response,
    evidence: evidenceOfPhase(phase),
  };
}

const UNCHANGED = "READY, but Confluent shows no change of the connection since before the key was sent.";

const UNREACHABLE: OutcomeDetails = {
  outcome: "failed",
  errorClass: "unreachable",
  message: "The key was sent, but Confluent cannot reach the connection's endpoint.",
  evidence: evidenceOfPhase("unreachable"),
};
