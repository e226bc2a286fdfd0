import type { Connection } from "./connection.ts";
import type { OutcomeDetails } from "./outcome.ts";
import type { UpdateRequest, UpdateResult } from "./update.ts";

/** How many connections of a secret may receive a version in a run before one of them has shown that it works. */
const MAX_UNPROVEN = 2;

/** What the update of a canary means for the other connections of its secret. */
export type CanaryDecision =
  | { readonly kind: "follow"; readonly proof: Pick<UpdateRequest, "isKeyProven"> }
  | { readonly kind: "hand-over" }
  | { readonly kind: "keep"; readonly details: OutcomeDetails };

/** Decides whether the other connections of a secret may have the version that one of them got first. */
export class Canary {
  /** The connections that may hold a version of which nothing has shown that it works. */
  readonly #unproven = new Set<Connection>();

  /** Connections that may hold an unproven version go first: a newer one harms nothing else there. */
  order(requests: readonly UpdateRequest[]): readonly UpdateRequest[] {
    const [unproven = [], others = []] = [true, false].map((isUnproven) =>
      requests.filter(({ connection }) => this.#unproven.has(connection) === isUnproven),
    );
    return [...unproven, ...others];
  }

  /** @param next the request that would be the next canary. @param wasSilent whether its environment reported no phase before. */
  decide(
    { connection }: UpdateRequest,
    { details, mayHoldVersion }: UpdateResult,
    next: UpdateRequest | undefined,
    wasSilent: boolean,
  ): CanaryDecision {
    const { outcome, errorClass, evidence } = details;
    const isSilent = evidence?.phase === "silent" && (wasSilent || outcome === "applied");
    if (outcome === "ready" || isSilent) {
      this.#unproven.clear();
      return { kind: "follow", proof: { isKeyProven: outcome === "ready" } };
    }
    if (mayHoldVersion) this.#unproven.add(connection);
    if (errorClass === "rejected")
      return keep(details, `${connection.name} went first and was refused this key`);
    if (errorClass === "superseded") return keep(details, "A newer version of the secret appeared");
    const mayHandOver =
      next === undefined || this.#unproven.has(next.connection) || this.#unproven.size < MAX_UNPROVEN;
    if (mayHandOver) return { kind: "hand-over" };
    const names = [...this.#unproven].map(({ name }) => name).join(" and ");
    return keep(details, `${names} went first, and it is not known whether this key works`);
  }
}

function keep({ errorClass }: OutcomeDetails, reason: string): CanaryDecision {
  const message = `${reason}, so this connection keeps the key it has.`;
  return {
    kind: "keep",
    details: { outcome: "not-attempted", ...(errorClass && { errorClass }), message },
  };
}
