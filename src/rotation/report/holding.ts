import { phaseKind } from "../connection.ts";
import type { ErrorClass } from "../errors.ts";
import type { Outcome } from "../outcome.ts";

/**
 * What an operator must know about a connection first: `down`: it holds a key that is refused. `unknown`: it may hold the
 * new key, and nothing shows whether that works. `previous`: it keeps the key it had. `current`: it uses the new key.
 */
export type Holding = "down" | "unknown" | "previous" | "current";

/** The worst first. */
export const HOLDINGS = ["down", "unknown", "previous", "current"] as const satisfies readonly Holding[];

export function holdingOf(outcome: Outcome): Holding {
  if (isSuccess(outcome)) return "current";
  if (keepsPrevious(outcome)) return wasBroken(outcome) ? "down" : "previous";
  return isRefused(outcome) ? "down" : "unknown";
}

/** True if the connection holds the version of its outcome and was refused it. */
export function isRefused({ evidence, errorClass, phase = "" }: Outcome): boolean {
  if (evidence.phase === "refused" || evidence.statement === "refused") return true;
  return errorClass === "rejected" && evidence.phase === "not-seen" && phaseKind(phase) === "refused";
}

/** True if the connection was refused its key before the run, whatever the run has done. */
export function wasBroken({ phaseBefore = "" }: Outcome): boolean {
  const kind = phaseKind(phaseBefore);
  return kind === "refused" || kind === "unreachable";
}

/** True if the connection was refused an older key than the one that this run has sent. */
export function wasBrokenByOther(outcome: Outcome): boolean {
  return wasBroken(outcome) && outcome.failingSince === undefined;
}

/** True if the connection was read in this run, so that its previous key is known to have worked. */
export function wasRead({ errorClass, outcome }: Outcome): boolean {
  return outcome === "rolled-back" || (errorClass !== undefined && READ_BEFORE.has(errorClass));
}

/** True if the rotator's Confluent API key is the trouble, whatever secret the connection uses. */
export function isAboutApiKey({ errorClass, message = "" }: Outcome): boolean {
  return errorClass === "unauthorized" || message.includes("the rotator's Confluent API key");
}

function isSuccess({ outcome }: Outcome): boolean {
  return outcome === "ready" || outcome === "applied" || outcome === "skipped" || outcome === "planned";
}

/** True if the new key was certainly not sent, or the previous one was put back. */
function keepsPrevious({ outcome, holds, errorClass, evidence }: Outcome): boolean {
  if (holds !== undefined) return holds === "previous";
  if (outcome === "not-attempted" || outcome === "rolled-back") return true;
  const isBeforePut = errorClass !== undefined && BEFORE_PUT.has(errorClass);
  return outcome === "failed" && isBeforePut && evidence.phase === "not-seen";
}

/** Failures of these classes come before the PUT. */
const BEFORE_PUT: ReadonlySet<ErrorClass> = new Set([
  "config",
  "secret",
  "guard",
  "not-found",
  "unauthorized",
]);

const READ_BEFORE: ReadonlySet<ErrorClass> = new Set(["rejected", "secret", "guard", "superseded"]);
