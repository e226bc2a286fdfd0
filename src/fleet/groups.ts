import { mergeByArn, relatedGroups, type SecretGroup } from "../rotation/plan.ts";
import { type AwsScope, sameSecret } from "../rotation/secret-id.ts";

/**
 * Merges the groups of a secret that is listed under several names, so that it has one canary. The orchestrator reads no secret, so
 * it compares names.
 */
export function mergeNames(
  groups: readonly SecretGroup[],
  own: AwsScope | undefined,
): readonly SecretGroup[] {
  return relatedGroups(groups).flatMap((related) =>
    mergeByArn(
      related,
      ({ secret }) => related.find((other) => sameSecret(other.secret, secret, own))?.secret,
    ),
  );
}
