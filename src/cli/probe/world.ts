import { phaseKind } from "../../rotation/connection.ts";
import { firstSeen, type Seen } from "./timeline.ts";

/**
 * How the service reports on keys; docs/evidence.md describes the first four.
 * - `went-silent`: it reported a phase before the PUT and none after it.
 * - `refused`: it refuses the current key, so nothing else can be concluded.
 * - `unclear`: what was seen fits several of them.
 */
export type World = "silent" | "credulous" | "controller" | "prompt" | "went-silent" | "refused" | "unclear";

export interface WorldFound {
  readonly world: World;
  /** When the service had judged a key, in milliseconds after its PUT; the later one of two keys. */
  readonly verdictAfterMs?: number;
}

/** Shorter watching cannot tell a service that believes every key from one that judges keys late. */
export const CREDULOUS_AFTER_MS = 30_000;

/** What the reads after each PUT showed. */
export interface SeenByKey {
  readonly current: Seen;
  readonly invalid?: Seen;
  /** The current key again, after the invalid one. */
  readonly restored?: Seen;
}

export function findWorld({ current, invalid, restored }: SeenByKey): WorldFound {
  const all = [current, invalid, restored].filter((seen) => seen !== undefined);
  if (isSilent(current)) return { world: all.every(isSilent) ? "silent" : "unclear" };
  const last = lastKind(current);
  if (last === "silent") return { world: "went-silent" };
  if (last === "refused") return { world: "refused" };
  const known = all.flatMap((seen) => verdictAfterMs(seen) ?? []);
  const facts = known.length === 0 ? {} : { verdictAfterMs: Math.max(...known) };
  if (all.some(hasPendingPhase) && known.length > 0) return { world: "prompt", ...facts };
  if (known.length > 0) return { world: "controller", ...facts };
  const isBelieved = invalid !== undefined && lastKind(invalid) === "usable";
  return { world: isBelieved && invalid.watchedMs >= CREDULOUS_AFTER_MS ? "credulous" : "unclear" };
}

/** When the phase became a verdict that differs from the phase before it. */
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

function lastKind({ phases }: Seen): string {
  return phaseKind(phases.at(-1)?.phase ?? "unread");
}
