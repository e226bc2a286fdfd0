import { type ConnectionState, hasChanged, type PhaseKind, phaseKind } from "../connection.ts";

/** How long a phase must last that could still be the old key's, in milliseconds. */
const SETTLE_MS = 10_000;

export type Verdict = "ready" | "refused" | "unreachable" | "silent";

/** Judges what is seen of one connection after a PUT. */
export interface ReadinessCheck {
  /** The verdict as of this observation; `undefined` while there is none. */
  readonly verdictOn: (seen: ConnectionState, now: number) => Verdict | undefined;
}

export interface ReadinessOptions {
  /** As seen before the PUT. */
  readonly before: ConnectionState;
  /** From when on INVALID_AUTH counts, in milliseconds since the epoch; a young key needs time to become valid. */
  readonly refusalCountsAt: number;
  /** How long the connection may take, in milliseconds; a phase settles within a third of it at the latest. */
  readonly readyTimeoutMs: number;
}

/**
 * The fence: a phase counts when the object has moved since it was looked at before the PUT. Where the service shows no
 * movement, the phase may be the old key's and must last for a settle time. UNREACHABLE, which a single failed lookup
 * brings about, and silence must last in any case.
 */
export function createReadinessCheck({
  before,
  refusalCountsAt,
  readyTimeoutMs,
}: ReadinessOptions): ReadinessCheck {
  const settleMs = Math.min(SETTLE_MS, readyTimeoutMs / 3);
  let since: { kind: PhaseKind; at: number } | undefined;
  return {
    verdictOn: (seen, now) => {
      const kind = phaseKind(seen.phase);
      if (since?.kind !== kind) since = { kind, at: now };
      const settled = now - since.at >= settleMs;
      const counts = settled || hasChanged(before, seen);
      switch (kind) {
        case "usable":
          return counts ? "ready" : undefined;
        case "refused":
          return counts && now >= refusalCountsAt ? "refused" : undefined;
        case "unreachable":
          return settled ? "unreachable" : undefined;
        case "silent":
          return settled ? "silent" : undefined;
        case "pending":
          return undefined;
      }
    },
  };
}
