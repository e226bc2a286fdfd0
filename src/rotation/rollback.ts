import { buildCredentials } from "./credentials/auth-data.ts";
import type { RunContext } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import type { OutcomeDetails } from "./outcome.ts";
import { UntrustedText } from "./untrusted-text.ts";
import { type UpdateRequest, updateConnection } from "./update.ts";

/**
 * Puts AWSPREVIOUS back into a connection that was refused the current version.
 * @param refused the update that was refused; its version must still be AWSCURRENT.
 * @throws RotationError if AWSPREVIOUS cannot be used.
 */
export async function rollBack(
  context: RunContext,
  session: EnvironmentSession,
  refused: UpdateRequest,
  refusal: OutcomeDetails,
): Promise<OutcomeDetails> {
  const { connection, version, assertCurrent } = refused;
  const previous = await context.secrets.read(connection.secret, { stage: "AWSPREVIOUS" });
  if (previous === undefined || previous.versionId === version.versionId) {
    return {
      ...refusal,
      message: `${refusal.message} There is no AWSPREVIOUS version to put back, so it still holds the refused one.`,
    };
  }
  await assertCurrent();
  const { data } = buildCredentials(connection, previous.value);
  const { details, mayHoldVersion } = await updateConnection(context, session, {
    connection,
    version: previous,
    data,
    isKeyProven: false,
    assertCurrent,
  });
  if (!mayHoldVersion) {
    const message = UntrustedText.sentence`${refusal.message ?? ""} The previous key could not be put back, so it still holds the refused one: ${details.message ?? ""}`;
    return { ...refusal, message };
  }
  if (details.outcome === "ready" || details.outcome === "applied") {
    return {
      ...details,
      outcome: "rolled-back",
      errorClass: "rejected",
      message: `${refusal.message} The previous one was put back and is ${details.outcome === "ready" ? "READY" : "accepted"}.`,
    };
  }
  return {
    ...details,
    outcome: "failed",
    errorClass: "rejected",
    message: UntrustedText.sentence`${refusal.message ?? ""} The previous one was put back, but that is not READY either: ${details.message ?? ""}`,
  };
}
