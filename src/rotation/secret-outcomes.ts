import type { Connection } from "./connection.ts";
import type { CurrentVersionCheck } from "./current-version.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import type { HeldKeys } from "./held-keys.ts";
import type { KeyCheck } from "./key-check.ts";
import { NO_EVIDENCE, type OutcomeDetails } from "./outcome.ts";
import type { OutcomeRecorder } from "./outcome-recorder.ts";
import type { SecretGroup } from "./plan.ts";
import { isPropagated, movePropagationLabel } from "./propagation-label.ts";
import type { UpdateRequest } from "./update.ts";

/** Receives the outcome of each connection. */
export type Recorder = Pick<OutcomeRecorder, "record" | "retract">;

interface Collaborators {
  readonly recorder: Recorder;
  readonly current: CurrentVersionCheck;
  readonly heldKeys: HeldKeys;
}

/** The outcomes of the connections of one secret so far in a run. */
export class SecretOutcomes {
  readonly #group: SecretGroup;
  readonly #collaborators: Collaborators;
  readonly #details = new Map<Connection, OutcomeDetails>();
  #keys: KeyCheck | undefined;

  constructor(group: SecretGroup, collaborators: Collaborators) {
    this.#group = group;
    this.#collaborators = collaborators;
  }

  /** Forgets the providers' answers about an older version. */
  forgetKeys(): void {
    this.#keys = undefined;
  }

  /** Records the providers' answers about the keys of a version, and the outcomes that follow from them. */
  recordKeys(keys: KeyCheck): void {
    this.#keys = keys;
    for (const [request, details] of keys.decided) this.record(request, details);
  }

  /** Records an outcome. The success of a version that is known to be superseded is not reported. */
  record(
    { connection, version }: Pick<UpdateRequest, "connection" | "version">,
    details: OutcomeDetails,
  ): void {
    const { recorder, current, heldKeys } = this.#collaborators;
    const provider = this.#keys?.evidence(connection) ?? "not-asked";
    const evidence = { ...NO_EVIDENCE, ...details.evidence, provider };
    const complete = heldKeys.complete(connection, version, { ...details, evidence });
    this.#details.set(connection, complete);
    if (isSuccess(details) && current.isSuperseded(version)) return;
    recorder.record(connection, complete, version);
  }

  get(connection: Connection): OutcomeDetails | undefined {
    return this.#details.get(connection);
  }

  retractAll(): void {
    for (const connection of this.#group.connections) this.#collaborators.recorder.retract(connection);
  }

  /** Records that a version is not the newest, for the connections that have it or have no outcome. */
  markSuperseded(version: SecretVersion, message: string): void {
    for (const connection of this.#group.connections) {
      const details = this.#details.get(connection);
      const isOutdated = details === undefined || isSuccess(details);
      const superseded = { ...details, outcome: "failed", errorClass: "superseded", message } as const;
      this.record({ connection, version }, isOutdated ? superseded : details);
    }
  }

  /** Moves the propagation label if every connection that is listed for the secret has the version. */
  async markPropagated(context: RunContext, version: SecretVersion): Promise<void> {
    const isComplete = [...this.#details.values()].every((details) => isPropagated(context, details));
    if (!this.#group.complete || !isComplete) return;
    const detail = await movePropagationLabel(context, this.#group.secret, version);
    if (detail === undefined) return;
    for (const [connection, details] of this.#details)
      this.record({ connection, version }, { ...details, detail });
  }
}

function isSuccess({ outcome }: OutcomeDetails): boolean {
  return outcome === "ready" || outcome === "applied";
}
