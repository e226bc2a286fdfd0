import type { Connection } from "./connection.ts";
import { buildCredentials } from "./credentials/auth-data.ts";
import type { SecretVersion } from "./dependencies.ts";
import type { OutcomeDetails } from "./outcome.ts";
import { type Lane, updateConnection } from "./update.ts";

export interface Refused {
  readonly connection: Connection;
  /** The version that was refused. */
  readonly version: SecretVersion;
  readonly refusal: OutcomeDetails;
}

/**
 * Puts AWSPREVIOUS back into a connection that was refused the current version.
 * @throws RotationError when it cannot be put.
 */
export async function rollBack(
  lane: Lane,
  { connection, version, refusal }: Refused,
): Promise<OutcomeDetails> {
  const previous = await lane.context.secrets.read(connection.secret, { stage: "AWSPREVIOUS" });
  if (previous === undefined || previous.versionId === version.versionId) {
    return {
      ...refusal,
      message: `${refusal.message} There is no AWSPREVIOUS version to put back, so it still holds the refused one.`,
    };
  }
  const { data } = buildCredentials(connection, previous.value);
  const restored = await updateConnection(lane, { connection, version: previous, data });
  return restored.outcome === "ready"
    ? {
        ...restored,
        outcome: "rolled-back",
        errorClass: "rejected",
        message: `${refusal.message} The previous one was put back and is READY.`,
      }
    : {
        ...restored,
        outcome: "failed",
        errorClass: "rejected",
        message: `${refusal.message} The previous one was put back, but that is not READY either: ${restored.message}`,
      };
}
