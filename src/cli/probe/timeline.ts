import { type ConnectionState, type PhaseKind, phaseKind } from "../../rotation/connection.ts";
import { StateHistory } from "../../rotation/polling/history.ts";
import type { UntrustedText } from "../../rotation/untrusted-text.ts";

/** The first read of a phase, possibly after another one. */
interface PhaseSeen {
  readonly afterMs: number;
  /** Empty if the service reports none. */
  readonly phase: string;
  readonly detail?: UntrustedText;
}

/** Whether a field of `metadata` changed, and the first read of the change. */
export interface Movement {
  /** False if the service does not show the field. */
  readonly shown: boolean;
  readonly changedAfterMs?: number;
}

/** The results of the reads after one PUT. Times count from the response to the PUT. */
export interface Seen {
  readonly phaseBefore: string;
  readonly phases: readonly PhaseSeen[];
  readonly resourceVersionChange: Movement;
  readonly updatedAtChange: Movement;
  readonly reads: number;
  readonly failedReads: number;
  /** Reads that returned an older state than an earlier read, as replicas do. */
  readonly outdatedReads: number;
  readonly watchedMs: number;
}

/** Collects the results of the reads after one PUT. */
export class Timeline {
  readonly #before: ConnectionState;
  readonly #putAt: number;
  readonly #history = new StateHistory();
  readonly #phases: PhaseSeen[] = [];
  #resourceVersion: Movement;
  #updatedAt: Movement;
  #reads = 0;
  #failedReads = 0;
  #outdatedReads = 0;
  #lastAt: number;

  constructor(before: ConnectionState, putAt: number) {
    this.#before = before;
    this.#putAt = putAt;
    this.#lastAt = putAt;
    this.#history.add(before);
    this.#resourceVersion = { shown: before.resourceVersion !== undefined };
    this.#updatedAt = { shown: before.updatedAt !== undefined };
  }

  add(state: ConnectionState, now: number): void {
    this.#lastAt = now;
    this.#reads += 1;
    if (this.#history.isOutdated(state)) {
      this.#outdatedReads += 1;
      return;
    }
    this.#history.add(state);
    const afterMs = now - this.#putAt;
    const { resourceVersion, updatedAt } = this.#before;
    this.#resourceVersion = moved(this.#resourceVersion, resourceVersion, state.resourceVersion, afterMs);
    this.#updatedAt = moved(this.#updatedAt, updatedAt, state.updatedAt, afterMs);
    if (this.#phases.at(-1)?.phase === state.phase) return;
    this.#phases.push({ afterMs, phase: state.phase, ...(state.detail && { detail: state.detail }) });
  }

  addFailure(now: number): void {
    this.#lastAt = now;
    this.#reads += 1;
    this.#failedReads += 1;
  }

  get seen(): Seen {
    return {
      phaseBefore: this.#before.phase,
      phases: [...this.#phases],
      resourceVersionChange: this.#resourceVersion,
      updatedAtChange: this.#updatedAt,
      reads: this.#reads,
      failedReads: this.#failedReads,
      outdatedReads: this.#outdatedReads,
      watchedMs: this.#lastAt - this.#putAt,
    };
  }
}

function moved<T>(known: Movement, before: T | undefined, after: T | undefined, afterMs: number): Movement {
  if (after === undefined || known.changedAfterMs !== undefined) return known;
  const hasChanged = before === undefined || before !== after;
  return { shown: true, ...(hasChanged && { changedAfterMs: afterMs }) };
}

/** The first read of a phase of this kind after the connection changed. */
export function firstSeen({ phases }: Seen, kind: PhaseKind): PhaseSeen | undefined {
  return phases.find(({ phase }) => phaseKind(phase) === kind);
}
