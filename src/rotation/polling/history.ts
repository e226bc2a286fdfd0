import { type ConnectionState, hasChanged, type PhaseKind, phaseKind } from "../connection.ts";

/**
 * The states of one connection that a run has read, so that an older answer is not taken for a new one: reads may come
 * from replicas or caches.
 */
export class StateHistory {
  #latest: ConnectionState | undefined;
  readonly #olderVersions = new Set<string>();
  #kinds = new Set<PhaseKind>();
  #hasShownPhase = false;

  get latest(): ConnectionState | undefined {
    return this.#latest;
  }

  /** All phases that were read of the latest version: replicas may show them in any order. */
  get latestKinds(): ReadonlySet<PhaseKind> {
    return new Set(this.#kinds);
  }

  /** True if any state had a phase. */
  get hasShownPhase(): boolean {
    return this.#hasShownPhase;
  }

  /** True for a state from before the latest one, by `updated_at`, or else by a `resource_version` that was replaced. */
  isOutdated({ updatedAt, resourceVersion }: ConnectionState): boolean {
    const latestAt = this.#latest?.updatedAt;
    if (updatedAt !== undefined && latestAt !== undefined && updatedAt !== latestAt)
      return updatedAt < latestAt;
    return resourceVersion !== undefined && this.#olderVersions.has(resourceVersion);
  }

  /** Adds a state; an outdated one is ignored. */
  add(state: ConnectionState): void {
    if (this.isOutdated(state)) return;
    if (this.#latest === undefined || hasChanged(this.#latest, state)) this.#kinds = new Set();
    this.#kinds.add(phaseKind(state.phase));
    this.#hasShownPhase ||= state.phase !== "";
    const replaced = this.#latest?.resourceVersion;
    if (replaced !== undefined) this.#olderVersions.add(replaced);
    if (state.resourceVersion !== undefined) this.#olderVersions.delete(state.resourceVersion);
    this.#latest = state;
  }
}
