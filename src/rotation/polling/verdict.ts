import { type ConnectionState, type PhaseKind, phaseKind } from "../connection.ts";
import type { StateHistory } from "./history.ts";
import { isVerdictOnKey, ReadsSincePut } from "./reads-since-put.ts";

export type Verdict = "ready" | "refused" | "unreachable" | "silent";

/** How long UNREACHABLE, silence, or a phase of an unchanged object must last at most, in milliseconds. */
const SETTLE_MS = 10_000;
/** How often, and for how long, an environment that reports no phase is read after a PUT. */
const SILENT_READS = 3;
const SILENT_MS = 3_000;
/** When a phase that must last is read again, as fractions of the time for which it must last. */
const HOLD_READS = [0.05, 0.15, 0.4, 1];
/** If replicas may lag, this many reads in a row must show the phase after the time for which it must last. */
const CONFIRMING_READS = 2;
/** The time between two of these reads, as a fraction of that time. */
const CONFIRM_AFTER = 0.03;

export interface ReadinessOptions {
  /** The state before the PUT. */
  readonly before: ConnectionState;
  /** Knows every state that was read before the PUT. */
  readonly history: StateHistory;
  /** When the PUT was accepted, in milliseconds since the epoch. */
  readonly putAt: number;
  /** How long READY must last after a PUT, and INVALID_AUTH too, if the phase was the same before it. */
  readonly confirmMs: number;
  readonly readyTimeoutMs: number;
  /** True if another connection has shown that the key works: READY of a changed object counts at once. */
  readonly isKeyProven: boolean;
}

/**
 * Decides when a phase is the verdict on a PUT. A phase alone proves little: the service may show the old one for a
 * while, or never judge a key at all.
 * - A state that is older than one read before is ignored.
 * - READY and INVALID_AUTH count at once if the object has changed and its phase is, or was meanwhile, another one than
 *   before the PUT. If nothing but the object changed, they must last for `confirmMs`.
 * - READY must also last for `confirmMs` if it was INVALID_AUTH meanwhile: a replica may still show the READY from before.
 * - A phase that stayed for a while after the PUT counts after another one only if it is read twice in a row, for the same reason.
 * - INVALID_AUTH must last if the key works elsewhere: the old key may have been revoked since the state before the PUT.
 * - UNREACHABLE, silence after a phase, and any phase of an unchanged object must last for a settle time.
 */
export class ReadinessCheck {
  readonly #options: ReadinessOptions;
  readonly #settleMs: number;
  readonly #reads: ReadsSincePut;
  /** INVALID_AUTH does not count before; a young key needs time to become valid. */
  refusalCountsAt = 0;

  constructor(options: ReadinessOptions) {
    this.#options = options;
    this.#settleMs = Math.min(SETTLE_MS, options.readyTimeoutMs / 3);
    this.#reads = new ReadsSincePut(options.before, options.history);
  }

  /** True if the object has changed since the PUT, by `resource_version` or `updated_at`. */
  get hasChanged(): boolean {
    return this.#reads.hasChanged;
  }

  /** True if the connection had not shown a phase in this run before the PUT. */
  get wasSilent(): boolean {
    return this.#reads.wasSilent;
  }

  /** True if the service has judged this PUT: the object has changed, and so has its phase. */
  get hasJudged(): boolean {
    const { hasChanged, sawOtherPhase, kind, kindBefore } = this.#reads;
    return hasChanged && sawOtherPhase && !(kind === kindBefore && this.#mayBeOld);
  }

  /** The verdict as of this state; `undefined` while there is none; `"outdated"` for a state that must be ignored. */
  verdictOn(state: ConnectionState, now: number): Verdict | "outdated" | undefined {
    return this.#reads.add(state, now) ? this.#verdict(now) : "outdated";
  }

  /** When the next read may tell something new, if that is known better than by the polling schedule. */
  nextReadAt(now: number): number | undefined {
    const { kind, since, latestAt, hasChanged, sawOtherPhase, wasRefused } = this.#reads;
    if (kind === "silent" && this.#isSilentEnvironment) return latestAt + SILENT_MS / SILENT_READS;
    if (kind === undefined || kind === "pending" || this.#countsAtOnce(kind)) return undefined;
    if (hasChanged && sawOtherPhase && !wasRefused) return undefined;
    const mustHold = hasChanged && isVerdictOnKey(kind);
    const [from, holdMs] = mustHold ? [this.#holdsFrom, this.#options.confirmMs] : [since, this.#settleMs];
    const next = HOLD_READS.map((part) => from + part * holdMs).find((at) => at > now);
    if (next !== undefined || !mustHold || this.#isConfirmed) return next;
    return latestAt + CONFIRM_AFTER * holdMs;
  }

  #verdict(now: number): Verdict | undefined {
    const { kind, since, hasChanged } = this.#reads;
    const hasSettled = now - since >= this.#settleMs;
    switch (kind) {
      case "usable":
      case "refused": {
        const counts = this.#countsAtOnce(kind) || (hasChanged ? this.#isConfirmed : hasSettled);
        if (!counts) return undefined;
        if (kind === "usable") return "ready";
        return now >= this.refusalCountsAt ? "refused" : undefined;
      }
      case "unreachable":
        return hasSettled ? "unreachable" : undefined;
      case "silent":
        return hasSettled || (this.#isSilentEnvironment && this.#hasReadSilence(now)) ? "silent" : undefined;
      default:
        return undefined;
    }
  }

  /** True for a phase that a replica may show although the service has shown another one since. */
  get #mayBeOld(): boolean {
    const { kind, wasRefused, replicasMayLag, timesInARow } = this.#reads;
    return (kind === "usable" && wasRefused) || (replicasMayLag && timesInARow.length < CONFIRMING_READS);
  }

  #countsAtOnce(kind: PhaseKind): boolean {
    const { isKeyProven } = this.#options;
    if (kind === "refused") return this.hasJudged && !isKeyProven;
    return this.hasJudged || (kind === "usable" && isKeyProven && this.hasChanged);
  }

  /** The start of the time for which the phase must last. */
  get #holdsFrom(): number {
    const { kind, wasRefused, since } = this.#reads;
    return kind === "usable" && wasRefused ? since : this.#options.putAt;
  }

  get #isConfirmed(): boolean {
    const heldAt = this.#holdsFrom + this.#options.confirmMs;
    const confirming = this.#reads.timesInARow.filter((at) => at >= heldAt);
    return confirming.length >= (this.#reads.replicasMayLag ? CONFIRMING_READS : 1);
  }

  #hasReadSilence(now: number): boolean {
    return this.#reads.count >= SILENT_READS || now - this.#options.putAt >= SILENT_MS;
  }

  get #isSilentEnvironment(): boolean {
    return this.wasSilent && !this.#reads.sawOtherPhase;
  }
}

/** INVALID_AUTH after READY must be read twice, this many milliseconds apart. */
const REVOKED_MS = 1_000;

/** Decides whether a READY still stands, or whether the service has refused the key since then. */
export class LastReadCheck {
  readonly #history: StateHistory;
  readonly hasJudged = false;
  #refusedSince: number | undefined;
  #otherReads = 0;

  constructor(history: StateHistory) {
    this.#history = history;
  }

  get wasRefused(): boolean {
    return this.#refusedSince !== undefined;
  }

  /** Once INVALID_AUTH was read, another phase must be read twice in a row: one read may come from a replica that lags. */
  verdictOn(state: ConnectionState, now: number): Verdict | "outdated" | undefined {
    if (this.#history.isOutdated(state)) return "outdated";
    this.#history.add(state);
    const isRefused = phaseKind(state.phase) === "refused";
    this.#otherReads = isRefused ? 0 : this.#otherReads + 1;
    if (isRefused) this.#refusedSince ??= now;
    if (this.#refusedSince === undefined || this.#otherReads >= CONFIRMING_READS) return "ready";
    return isRefused && now - this.#refusedSince >= REVOKED_MS ? "refused" : undefined;
  }

  nextReadAt(now: number): number {
    return this.#refusedSince === undefined ? now : this.#refusedSince + REVOKED_MS;
  }
}
