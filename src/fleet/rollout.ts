import {
  afterRefusal,
  afterRefusedRead,
  afterUnproven,
  isLastReadRefused,
  keptKey,
  MAX_UNPROVEN,
} from "../rotation/canary.ts";
import { type Connection, qualifiedName } from "../rotation/connection.ts";
import { keySource } from "../rotation/credentials/key-source.ts";
import { type Outcome, type OutcomeDetails, toOutcome } from "../rotation/outcome.ts";
import type { SecretGroup } from "../rotation/plan.ts";
import type { StatementEntry } from "../rotation/statements/recorder.ts";

/** The connections of one call of the rotator function. */
export type Batch = readonly Connection[];

/** The result of a batch: its outcomes, or the reason why there are none. */
export type BatchResult =
  | {
      readonly kind: "answered";
      readonly outcomes: readonly Outcome[];
      readonly requests: number;
      readonly statements?: readonly StatementEntry[];
    }
  | { readonly kind: "failed" | "late" };

interface RolloutSettings {
  readonly canary: boolean;
  /** The maximum number of connections in a batch. */
  readonly batchSize: number;
}

/** With these classes, the new key was not sent and the connection holds its previous one. */
const NOT_SENT: readonly (Outcome["errorClass"] | undefined)[] = [
  "config",
  "secret",
  "guard",
  "not-found",
  "unauthorized",
];

/** What the outcomes so far show about a secret's current key. */
interface KeyState {
  isAccepted: boolean;
  hasStarted: boolean;
  /** The connections that may hold a key that no connection has accepted yet. */
  readonly unproven: Outcome[];
}

const WITHOUT_OUTCOME = {
  answered: {
    outcome: "failed",
    errorClass: "internal",
    message: "The report of its batch does not contain it, so its state is unknown.",
  },
  failed: {
    outcome: "failed",
    errorClass: "internal",
    message: "Its batch ended with an error, so its state is unknown.",
  },
  late: {
    outcome: "unverified",
    errorClass: "timeout",
    message: "Its batch did not respond in time, so its state is unknown.",
  },
} as const satisfies Readonly<Record<BatchResult["kind"], OutcomeDetails>>;

/**
 * Plans waves of batches so that a key is in one batch at a time until a connection has accepted it. Within a batch the
 * rotator function follows the same rule.
 */
export class FleetRollout {
  readonly #plan: readonly SecretGroup[];
  /** The connections of one key each: a secret may hold several, and one that works says nothing about the others. */
  readonly #groups: readonly SecretGroup[];
  readonly #settings: RolloutSettings;
  readonly #groupOf = new Map<Connection, SecretGroup>();
  readonly #keyStates = new Map<SecretGroup, KeyState>();
  readonly #outcomes = new Map<Connection, Outcome>();

  constructor(plan: readonly SecretGroup[], settings: RolloutSettings) {
    this.#plan = plan;
    this.#groups = plan.flatMap(splitByKey);
    this.#settings = settings;
    for (const group of this.#groups) {
      this.#keyStates.set(group, { isAccepted: !settings.canary, hasStarted: false, unproven: [] });
      for (const connection of group.connections) this.#groupOf.set(connection, group);
    }
  }

  /** The batches of the next wave; none if every connection has an outcome. */
  next(): readonly Batch[] {
    const units = this.#groups.flatMap((group) => this.#unitsOf(group));
    return pack(units, this.#settings.batchSize);
  }

  settle(batch: Batch, result: BatchResult): void {
    const outcomes = result.kind === "answered" ? result.outcomes : [];
    const reported = new Map(outcomes.map((outcome) => [qualifiedName(outcome), outcome]));
    for (const connection of batch) {
      const outcome =
        reported.get(qualifiedName(connection)) ?? toOutcome(connection, WITHOUT_OUTCOME[result.kind]);
      this.#outcomes.set(connection, outcome);
    }
    for (const [group, connections] of Map.groupBy(batch, (connection) => this.#groupOf.get(connection)))
      if (group) this.#updateKeyState(group, connections, result.kind === "answered");
  }

  /** One outcome for each connection, in the order of the plan. */
  outcomes(): readonly Outcome[] {
    return this.#plan.flatMap(({ connections }) =>
      connections.flatMap((connection) => this.#outcomes.get(connection) ?? []),
    );
  }

  /** The connections of a group that may be updated now, in units that must not be split. */
  #unitsOf(group: SecretGroup): readonly Batch[] {
    const waiting = group.connections.filter((connection) => !this.#outcomes.has(connection));
    const keyState = this.#keyStates.get(group);
    if (waiting.length === 0 || keyState === undefined) return [];
    if (keyState.isAccepted) return waiting.map((connection) => [connection]);
    const isAlone = !keyState.hasStarted || keyState.unproven.length > 0;
    return [waiting.slice(0, isAlone ? 1 : this.#settings.batchSize)];
  }

  #updateKeyState(group: SecretGroup, batch: Batch, isAnswered: boolean): void {
    const keyState = this.#keyStates.get(group);
    if (keyState === undefined || keyState.isAccepted) return;
    const outcomes = batch.flatMap((connection) => this.#outcomes.get(connection) ?? []);
    keyState.hasStarted = true;
    keyState.isAccepted = isAnswered && outcomes.some(isProof);
    keyState.unproven.push(...outcomes.filter(mayHoldNewKey));
    const refused = outcomes.find(
      ({ errorClass, outcome }) => isAnswered && errorClass === "rejected" && outcome !== "not-attempted",
    );
    const doubted = outcomes.find((each) => mayHoldNewKey(each) && isLastReadRefused(each));
    if (refused) this.#skipRemaining(group, refused, afterRefusal(refused));
    else if (!keyState.isAccepted && doubted)
      this.#skipRemaining(group, doubted, afterRefusedRead(doubted, doubted));
    else if (!keyState.isAccepted && keyState.unproven.length >= MAX_UNPROVEN)
      this.#skipUnproven(group, keyState.unproven);
  }

  #skipUnproven(group: SecretGroup, unproven: readonly Outcome[]): void {
    const reason = afterUnproven(unproven.slice(0, MAX_UNPROVEN));
    for (const last of unproven.slice(-1)) this.#skipRemaining(group, last, reason);
  }

  #skipRemaining(group: SecretGroup, outcome: Outcome, reason: string): void {
    const details = keptKey(outcome, reason);
    for (const connection of group.connections)
      if (!this.#outcomes.has(connection)) this.#outcomes.set(connection, toOutcome(connection, details));
  }
}

/** The orchestrator reads no secret, so it goes by the fields of the secret from which the keys are taken. */
function splitByKey(group: SecretGroup): SecretGroup[] {
  const byKey = Map.groupBy(group.connections, keySource);
  return [...byKey.values()].map((connections) => ({ ...group, connections }));
}

/** True for an outcome after which the rotator function updates the other connections of the secret. */
function isProof({ outcome, evidence }: Outcome): boolean {
  return (
    outcome === "ready" ||
    outcome === "applied" ||
    outcome === "skipped" ||
    outcome === "planned" ||
    (outcome === "unverified" && evidence.phase === "silent" && evidence.statement === "not-run")
  );
}

function mayHoldNewKey({ outcome, errorClass }: Outcome): boolean {
  return (outcome === "failed" || outcome === "unverified") && !NOT_SENT.includes(errorClass);
}

/** Fills batches by environment, because a LIST returns a hundred connections of one environment. */
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
