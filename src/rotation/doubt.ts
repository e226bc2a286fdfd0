import { sendsEveryKeyOf } from "./key-groups.ts";
import type { OutcomeDetails } from "./outcome.ts";
import type { PreparedUpdate } from "./prepare.ts";
import type { UpdateRequest } from "./update.ts";

/** An update with its outcome. */
interface KnownUpdate {
  readonly request: UpdateRequest & Pick<PreparedUpdate, "keys">;
  readonly details: OutcomeDetails;
}

/**
 * The updates without a phase whose key was refused for another connection, each with its new outcome. The refusal speaks
 * against the key, unless its provider accepts it.
 */
export function doubtedUpdates(
  known: readonly KnownUpdate[],
  refused: readonly KnownUpdate[],
): readonly KnownUpdate[] {
  return known.flatMap(({ request, details }) => {
    const other = refused.find((each) => sendsEveryKeyOf(request, each.request))?.request.connection;
    if (details.outcome !== "applied" || details.evidence?.provider === "valid" || other === undefined)
      return [];
    const message = `Confluent reports no phase for this connection, but the same key was refused for ${other.name}.`;
    return [{ request, details: { ...details, outcome: "unverified", errorClass: "rejected", message } }];
  });
}
