import { phaseKind } from "../connection.ts";
import { type ErrorClass, UNREADABLE_API_KEY } from "../errors.ts";
import { impliesPreviousKey, isKeyRefused, type Outcome } from "../outcome.ts";
import { isUnhealthy } from "../report/report.ts";

/**
 * What an operator must know about a connection first: `down`: it holds a key that is refused. `unknown`: it may hold the
 * new key, and nothing shows whether that works. `previous`: it keeps the key it had. `current`: it uses the new key.
 */
export type Holding = "down" | "unknown" | "previous" | "current";

/** The worst first. */
export const HOLDINGS = ["down", "unknown", "previous", "current"] as const satisfies readonly Holding[];

export function holdingOf(outcome: Outcome): Holding {
  if (!isUnhealthy(outcome)) return "current";
  const { holds } = outcome;
  const keepsPrevious = holds === undefined ? impliesPreviousKey(outcome) : holds === "previous";
  if (keepsPrevious) return wasBroken(outcome) ? "down" : "previous";
  return isKeyRefused(outcome) ? "down" : "unknown";
}

/** True if the version of the outcome is the previous one, which was put back. */
export function isPreviousVersion({ secretVersionId, previousVersionId }: Outcome): boolean {
  return secretVersionId !== undefined && secretVersionId === previousVersionId;
}

/** True if the connection did not work before the run. After a roll-back it works, whatever it was before. */
export function wasBroken({ outcome, phaseBefore = "" }: Outcome): boolean {
  const kind = phaseKind(phaseBefore);
  return outcome !== "rolled-back" && (kind === "refused" || kind === "unreachable");
}

/** True if the connection was refused an older key than the one that this run has sent. */
export function wasBrokenByOther(outcome: Outcome): boolean {
  return wasBroken(outcome) && outcome.failingSince === undefined;
}

/** True if the connection was read in this run, so that its previous key is known to have worked. */
export function wasRead(outcome: Outcome): boolean {
  const { errorClass, secretVersionId } = outcome;
  // Without the rotator's API key, or without a version of the secret, a run does not come to the connection.
  if (errorClass === "secret") return secretVersionId !== undefined && !isAboutApiKey(outcome);
  return READ_BEFORE.has(errorClass);
}

/** True if the rotator's Confluent API key is the trouble, whatever secret the connection uses. */
export function isAboutApiKey({ errorClass, message = "" }: Outcome): boolean {
  return errorClass === "unauthorized" || message.includes(UNREADABLE_API_KEY);
}

const READ_BEFORE: ReadonlySet<ErrorClass | undefined> = new Set(["rejected", "guard", "superseded"]);
