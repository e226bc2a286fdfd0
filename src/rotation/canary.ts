import { type Connection, phaseKind } from "./connection.ts";
import type { OutcomeDetails } from "./outcome.ts";
import type { UpdateRequest, UpdateResult } from "./update.ts";

/** How many connections of a secret may receive a version in a run before one of them has shown that it works. */
export const MAX_UNPROVEN = 2;

/** What the update of a canary means for the other connections of its secret. */
type CanaryDecision =
  | { readonly kind: "follow"; readonly proof: Pick<UpdateRequest, "isKeyProven"> }
  /** The first of the others is the next canary. */
  | { readonly kind: "hand-over"; readonly others: readonly UpdateRequest[] }
  | { readonly kind: "keep"; readonly details: OutcomeDetails };

/** Decides whether the other connections of a secret may get the version that one of them got first. */
export class Canary {
  /** The connections that may hold a version that nothing has shown to work. */
  readonly #unproven = new Set<Connection>();

  /** Connections that may already hold an unproven version go first: a newer one puts no other connection at risk. */
  order(requests: readonly UpdateRequest[]): readonly UpdateRequest[] {
    const rank = ({ connection }: UpdateRequest): number => Number(this.#unproven.has(connection));
    return requests.toSorted((a, b) => rank(b) - rank(a));
  }

  /**
   * Without a phase, a canary shows nothing: the next canary is one whose environment reports phases, if there is one.
   * @param wasSilent true if the connection had no phase before the run.
   */
  decide(
    request: UpdateRequest,
    { details, mayHoldVersion }: UpdateResult,
    others: readonly UpdateRequest[],
    wasSilent: (request: UpdateRequest) => boolean,
  ): CanaryDecision {
    const { connection } = request;
    const { outcome, errorClass, evidence } = details;
    const wasSilentHere = wasSilent(request);
    const speaking = wasSilentHere ? others.find((other) => !wasSilent(other)) : undefined;
    const isUsualSilence = wasSilentHere && connection.verify === undefined;
    const isSilent = evidence?.phase === "silent" && (isUsualSilence || outcome === "applied");
    if (outcome === "ready" || (isSilent && speaking === undefined)) {
      this.#unproven.clear();
      return { kind: "follow", proof: { isKeyProven: outcome === "ready" } };
    }
    if (mayHoldVersion) this.#unproven.add(connection);
    if (errorClass === "rejected")
      return { kind: "keep", details: keptKey(details, afterRefusal(connection)) };
    if (errorClass === "superseded")
      return { kind: "keep", details: keptKey(details, "A newer version of the secret appeared") };
    if (mayHoldVersion && isLastReadRefused(details))
      return { kind: "keep", details: keptKey(details, afterRefusedRead(connection, details)) };
    const next = speaking ?? others[0];
    if (next === undefined) return { kind: "hand-over", others: [] };
    if (this.#unproven.has(next.connection) || this.#unproven.size < MAX_UNPROVEN)
      return { kind: "hand-over", others: [next, ...others.filter((other) => other !== next)] };
    return { kind: "keep", details: keptKey(details, afterUnproven([...this.#unproven])) };
  }
}

/** Remembers the canaries of a secret from version to version. */
export class Canaries {
  readonly #byConnection = new Map<Connection, Canary>();

  /** The canary for updates that share a key. */
  of(requests: readonly UpdateRequest[]): Canary {
    const connections = requests.map(({ connection }) => connection);
    const known = connections.flatMap((connection) => this.#byConnection.get(connection) ?? []);
    const [canary = new Canary()] = known;
    for (const connection of connections) this.#byConnection.set(connection, canary);
    return canary;
  }
}

/** The outcome of a connection that does not get the key, because of what became of those that went first. */
export function keptKey({ errorClass }: Pick<OutcomeDetails, "errorClass">, reason: string) {
  const message = `${reason}, so this connection keeps the key it has.`;
  return { outcome: "not-attempted", ...(errorClass && { errorClass }), message } as const;
}

/** True if the connection was last seen at INVALID_AUTH, even if nothing has confirmed that this is about the new key. */
export function isLastReadRefused({ phase = "" }: Pick<OutcomeDetails, "phase">): boolean {
  return phaseKind(phase) === "refused";
}

type Named = Pick<Connection, "name">;

export function afterRefusal({ name }: Named): string {
  return `${name} went first and was refused this key`;
}

export function afterRefusedRead({ name }: Named, { phase }: Pick<OutcomeDetails, "phase">): string {
  return `${name} went first, and its last phase with this key was ${phase}`;
}

export function afterUnproven(connections: readonly Named[]): string {
  const names = connections.map(({ name }) => name).join(" and ");
  return `${names} went first, and it is not known whether this key works`;
}
