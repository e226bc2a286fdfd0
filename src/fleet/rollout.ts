import { type Connection, qualifiedName } from "../rotation/connection.ts";
import { type Outcome, type OutcomeDetails, toOutcome } from "../rotation/outcome.ts";
import type { SecretGroup } from "../rotation/plan.ts";

/** The connections of one call of the ordinary function. */
export type Batch = readonly Connection[];

/** What came of a batch: its outcomes, or why there are none. */
export type BatchResult =
  | { readonly kind: "answered"; readonly outcomes: readonly Outcome[]; readonly requests: number }
  | { readonly kind: "failed" | "late" };

export interface RolloutSettings {
  readonly canary: boolean;
  /** How many connections a batch has at most. */
  readonly batchSize: number;
}

/** What the answers so far say of a secret's current key. */
type KeyState = "untested" | "undecided" | "proven" | "refused";

const UNKNOWN = {
  answered: {
    outcome: "failed",
    errorClass: "internal",
    message: "The answer of the batch that it was in does not tell of it.",
  },
  failed: {
    outcome: "failed",
    errorClass: "internal",
    message: "The batch that it was in ended with an error, so what became of it is not known.",
  },
  late: {
    outcome: "unverified",
    errorClass: "timeout",
    message: "The batch that it was in gave no answer in time, so what became of it is not known.",
  },
} as const satisfies Readonly<Record<BatchResult["kind"], OutcomeDetails>>;

/**
 * Which connections go next, wave by wave, so that a key that nobody has accepted yet is never in two batches at once.
 * Within a batch the ordinary function keeps the same rule.
 */
export class FleetRollout {
  readonly #groups: readonly SecretGroup[];
  readonly #settings: RolloutSettings;
  readonly #groupOf = new Map<Connection, SecretGroup>();
  readonly #verdicts = new Map<SecretGroup, KeyState>();
  readonly #outcomes = new Map<Connection, Outcome>();

  constructor(groups: readonly SecretGroup[], settings: RolloutSettings) {
    this.#groups = groups;
    this.#settings = settings;
    for (const group of groups) {
      this.#verdicts.set(group, settings.canary ? "untested" : "proven");
      for (const connection of group.connections) this.#groupOf.set(connection, group);
    }
  }

  /** The batches that may be under way together; none when every connection has its outcome. */
  next(): readonly Batch[] {
    const units = this.#groups.flatMap((group) => this.#unitsOf(group));
    return pack(units, this.#settings.batchSize);
  }

  settle(batch: Batch, answer: BatchResult): void {
    const outcomes = answer.kind === "answered" ? answer.outcomes : [];
    const told = new Map(outcomes.map((outcome) => [qualifiedName(outcome), outcome]));
    for (const connection of batch) {
      const outcome = told.get(qualifiedName(connection)) ?? toOutcome(connection, UNKNOWN[answer.kind]);
      this.#outcomes.set(connection, outcome);
    }
    for (const [group, connections] of Map.groupBy(batch, (connection) => this.#groupOf.get(connection))) {
      if (group) this.#judge(group, answer.kind === "answered" ? connections : []);
    }
  }

  /** One for each connection, in the order of the plan. */
  outcomes(): readonly Outcome[] {
    return this.#groups.flatMap(({ connections }) =>
      connections.flatMap((connection) => this.#outcomes.get(connection) ?? []),
    );
  }

  /** What of a group may go now, as parts that must not be torn apart. */
  #unitsOf(group: SecretGroup): readonly Batch[] {
    const waiting = group.connections.filter((connection) => !this.#outcomes.has(connection));
    if (waiting.length === 0) return [];
    const verdict = this.#verdicts.get(group);
    if (verdict === "proven") return waiting.map((connection) => [connection]);
    return [waiting.slice(0, verdict === "untested" ? 1 : this.#settings.batchSize)];
  }

  #judge(group: SecretGroup, answered: readonly Connection[]): void {
    if (this.#verdicts.get(group) === "proven") return;
    const outcomes = answered.flatMap((connection) => this.#outcomes.get(connection) ?? []);
    const refused = outcomes.find(
      ({ errorClass, outcome }) => errorClass === "rejected" && outcome !== "not-attempted",
    );
    const isProven = outcomes.some(lettingOthersFollow);
    this.#verdicts.set(group, refused ? "refused" : isProven ? "proven" : "undecided");
    if (refused) this.#spare(group, refused);
  }

  #spare(group: SecretGroup, { name }: Outcome): void {
    const message = `${name} went first and was refused this key, so this connection keeps the key it has.`;
    for (const connection of group.connections) {
      if (this.#outcomes.has(connection)) continue;
      const details = { outcome: "not-attempted", errorClass: "rejected", message } as const;
      this.#outcomes.set(connection, toOutcome(connection, details));
    }
  }
}

/** True for an outcome with which the ordinary function updates the other connections of the secret. */
function lettingOthersFollow({ outcome, evidence }: Outcome): boolean {
  return (
    outcome === "ready" ||
    outcome === "applied" ||
    outcome === "skipped" ||
    outcome === "planned" ||
    (outcome === "unverified" && evidence.phase === "silent")
  );
}

/** Fills batches by environment, since a page of a list shows a hundred connections of one environment. */
function pack(units: readonly Batch[], batchSize: number): readonly Batch[] {
  const byEnvironment = Map.groupBy(units, ([first]) => first?.environment);
  const batches: Connection[][] = [];
  for (const unit of [...byEnvironment.values()].flat()) {
    const last = batches.at(-1);
    if (last && last.length + unit.length <= batchSize) last.push(...unit);
    else batches.push([...unit]);
  }
  return batches;
}
