import { phaseKind } from "../../rotation/connection.ts";
import { firstSeen, type Seen } from "./timeline.ts";

/**
 * How the service reports on keys; docs/evidence.md describes the first four.
 * - `went-silent`: it reported a phase before the PUT but not after it.
 * - `refused`: it refuses the current key, so nothing else can be concluded.
 * - `unclear`: the observations fit several of them.
 */
export type World = "silent" | "credulous" | "controller" | "prompt" | "went-silent" | "refused" | "unclear";

export interface WorldFound {
  readonly world: World;
  /** The time from a PUT to its verdict, in milliseconds; the longer one if two keys were sent. */
  readonly verdictAfterMs?: number;
}

/** A shorter watch cannot distinguish a service that accepts every key from one with late verdicts. */
export const CREDULOUS_AFTER_MS = 30_000;

/** The results of the reads after each PUT. */
export interface SeenByKey {
  readonly current: Seen;
  readonly invalid?: Seen;
  /** The current key again, after the invalid one. */
  readonly restored?: Seen;
}

export function findWorld({ current, invalid, restored }: SeenByKey): WorldFound {
  const all = [current, invalid, restored].filter((seen) => seen !== undefined);
  if (isSilent(current)) return { world: all.every(isSilent) ? "silent" : "unclear" };
  const last = lastReadKind(current);
  if (last === "silent") return { world: "went-silent" };
  if (last === "refused") return { world: "refused" };
  const known = all.flatMap((seen) => verdictAfterMs(seen) ?? []);
  const facts = known.length === 0 ? {} : { verdictAfterMs: Math.max(...known) };
  if (all.some(hasPendingPhase) && known.length > 0) return { world: "prompt", ...facts };
  if (known.length > 0) return { world: "controller", ...facts };
  const isBelieved = invalid !== undefined && lastReadKind(invalid) === "usable";
  return { world: isBelieved && invalid.watchedMs >= CREDULOUS_AFTER_MS ? "credulous" : "unclear" };
}

/** When the phase changed to a verdict. */
function verdictAfterMs(seen: Seen): number | undefined {
  const verdict = seen.phases.findLast(({ phase }) => ["usable", "refused"].includes(phaseKind(phase)));
  if (verdict === undefined) return undefined;
  const before = seen.phases[seen.phases.indexOf(verdict) - 1]?.phase ?? seen.phaseBefore;
  return phaseKind(before) === phaseKind(verdict.phase) ? undefined : verdict.afterMs;
}

function hasPendingPhase(seen: Seen): boolean {
  return firstSeen(seen, "pending") !== undefined;
}

function isSilent({ phaseBefore, phases }: Seen): boolean {
  return [phaseBefore, ...phases.map(({ phase }) => phase)].every((phase) => phaseKind(phase) === "silent");
}

/** `pending` if nothing was read. */
function lastReadKind({ phases }: Seen): string {
  return phaseKind(phases.at(-1)?.phase ?? "unread");
}
