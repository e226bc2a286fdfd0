import { buildCredentials } from "./credentials/auth-data.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import type { EnvironmentSession } from "./environment.ts";
import { type Evidence, isKeyRefused, type OutcomeDetails, toRotationError } from "./outcome.ts";
import { type Text, UntrustedText } from "./untrusted-text.ts";
import { type UpdateRequest, type UpdateResult, updateConnection } from "./update.ts";

/**
 * Puts AWSPREVIOUS back into a connection whose current key was refused. Never rejects: an error is part of the message.
 * @param refused the update that was refused; its version must still be AWSCURRENT.
 */
export async function rollBack(
  context: RunContext,
  session: EnvironmentSession,
  refused: UpdateRequest,
  refusal: OutcomeDetails,
): Promise<OutcomeDetails> {
  const { connection, version, assertCurrent } = refused;
  try {
    const previous = await context.secrets.read(connection.secret, { stage: "AWSPREVIOUS" });
    if (previous === undefined || previous.versionId === version.versionId)
      return { ...refusal, message: after(refusal, NO_PREVIOUS) };
    if (previous.createdAt > version.createdAt)
      return { ...refusal, message: after(refusal, NEWER_PREVIOUS) };
    await assertCurrent();
    const { data } = buildCredentials(connection, previous.value);
    const request = { connection, version: previous, data, isKeyProven: false, assertCurrent };
    return describeRollback(refusal, previous, await updateConnection(context, session, request));
  } catch (error) {
    return notRestored(refusal, toRotationError(context, error).text);
  }
}

const NO_PREVIOUS = "There is no AWSPREVIOUS version to put back, so it still holds the refused one.";

/** The label of the refused version was given back to it, and the newer one lost it for a reason. */
const NEWER_PREVIOUS =
  "AWSPREVIOUS is a newer version, so it was not put back, and the connection still holds the refused one.";

function after({ message = "" }: OutcomeDetails, words: Text): Text {
  return UntrustedText.sentence`${message} ${words}`;
}

function stateOf({ outcome }: OutcomeDetails, { statement }: Evidence): string {
  if (statement === "completed") return "a statement has used it";
  return outcome === "ready" ? "is READY" : "is accepted";
}

function notRestored(refusal: OutcomeDetails, reason: Text): OutcomeDetails {
  const words = UntrustedText.sentence`The previous key could not be put back, so it still holds the refused one: ${reason}`;
  return { ...refusal, message: after(refusal, words) };
}

function describeRollback(
  refusal: OutcomeDetails,
  { versionId: previousVersionId }: SecretVersion,
  { details, mayHoldVersion }: UpdateResult,
): OutcomeDetails {
  const { message: reason = "", evidence } = details;
  if (!mayHoldVersion) return notRestored(refusal, reason);
  // Without a certain answer to the PUT, the connection may still hold the refused key.
  if (evidence === undefined) {
    const words = UntrustedText.sentence`It is not known whether the previous key was put back: ${reason}`;
    return { ...refusal, message: after(refusal, words) };
  }
  if (details.outcome === "ready" || details.outcome === "applied") {
    const message = after(refusal, `The previous one was put back and ${stateOf(details, evidence)}.`);
    return { ...details, outcome: "rolled-back", errorClass: "rejected", message };
  }
  const isReady = evidence.phase === "ready";
  if (isReady && !isKeyRefused(details)) {
    const words = UntrustedText.sentence`The previous one was put back and is READY. ${reason}`;
    return { ...details, outcome: "rolled-back", errorClass: "rejected", message: after(refusal, words) };
  }
  const state = isReady ? "refused too" : "not READY either";
  const words = UntrustedText.sentence`The previous one was put back, but it is ${state}: ${reason}`;
  return {
    ...details,
    outcome: "failed",
    errorClass: "rejected",
    message: after(refusal, words),
    previousVersionId,
  };
}
