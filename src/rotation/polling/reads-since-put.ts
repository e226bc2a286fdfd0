import { type ConnectionState, hasChanged, type PhaseKind, phaseKind } from "../connection.ts";
import type { StateHistory } from "./history.ts";

/** What the reads of one connection after a PUT have shown. Outdated reads do not count. */
export class ReadsSincePut {
  /** What the phase was before the PUT. */
  readonly kindBefore: PhaseKind;
  /** True if the connection had not shown a phase in this run before the PUT. */
  readonly wasSilent: boolean;
  readonly #before: ConnectionState;
  readonly #history: StateHistory;
  readonly #kindsBefore: ReadonlySet<PhaseKind>;
  #kind: PhaseKind | undefined;
  #timesInARow: number[] = [];
  #count = 0;
  #hasChanged = false;
  #sawOtherPhase = false;
  #wasRefused = false;
  #replicasLag = false;
  #hasLingered = false;

  /** @param history knows every state that was read before the PUT. */
  constructor(before: ConnectionState, history: StateHistory) {
    this.kindBefore = phaseKind(before.phase);
    this.wasSilent = !history.hasShownPhase;
    this.#before = before;
    this.#history = history;
    this.#kindsBefore = history.latestKinds;
  }

  /** @returns false for an outdated state, which is ignored. */
  add(state: ConnectionState, now: number): boolean {
    if (this.#history.isOutdated(state)) {
      this.#replicasLag = true;
      return false;
    }
    this.#history.add(state);
    const kind = phaseKind(state.phase);
    this.#timesInARow = kind === this.#kind ? [...this.#timesInARow, now] : [now];
    this.#kind = kind;
    this.#count += 1;
    this.#hasChanged ||= hasChanged(this.#before, state);
    this.#hasLingered ||= !this.#sawOtherPhase && kind === this.kindBefore;
    this.#sawOtherPhase ||= isAboutKey(kind) && kind !== this.kindBefore && !this.#isOld(kind);
    this.#wasRefused ||= kind === "refused";
    return true;
  }

  /** The current phase; `undefined` before the first read. */
  get kind(): PhaseKind | undefined {
    return this.#kind;
  }

  /** The times of all reads that showed the current phase without another one in between, in milliseconds since the epoch. */
  get timesInARow(): readonly number[] {
    return this.#timesInARow;
  }

  /** The first of these times. */
  get since(): number {
    return this.#timesInARow[0] ?? 0;
  }

  get latestAt(): number {
    return this.#timesInARow.at(-1) ?? 0;
  }

  get count(): number {
    return this.#count;
  }

  /** True if the object has changed since the PUT, by `resource_version` or `updated_at`. */
  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** True if a phase was read that the connection did not have before, and that the key may have caused. */
  get sawOtherPhase(): boolean {
    return this.#sawOtherPhase;
  }

  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  /**
   * True if one read may show a state from before the latest one: a read has, or the phase from before the PUT was read
   * after it, until another one came.
   */
  get replicasMayLag(): boolean {
    return this.#replicasLag || (this.#hasLingered && this.#sawOtherPhase);
  }

  /** True for a verdict that was also read before the PUT. Replicas may show several, so the last read alone is not enough. */
  #isOld(kind: PhaseKind): boolean {
    return isVerdictOnKey(kind) && this.#kindsBefore.has(kind);
  }
}

/** True for a phase that accepts or refuses a key. */
export function isVerdictOnKey(kind: PhaseKind): boolean {
  return kind === "usable" || kind === "refused";
}

/** True for a phase that the key may have caused. Silence shows nothing, and UNREACHABLE is about the endpoint. */
function isAboutKey(kind: PhaseKind): boolean {
  return kind !== "silent" && kind !== "unreachable";
}
