import type { RunContext, SecretVersion } from "./dependencies.ts";
import { type OutcomeDetails, toRotationError } from "./outcome.ts";

/** True if enough is known of the key for whoever waits for the label to delete the old one. */
export function isPropagated(context: RunContext, { outcome, evidence }: OutcomeDetails): boolean {
  if (outcome === "ready") return true;
  const isEnough = context.settings.require === "applied" || evidence?.provider === "valid";
  return outcome === "applied" && isEnough;
}

/** Moves the propagation label to a version. @returns why that failed, if it did. */
export async function movePropagationLabel(
  context: RunContext,
  secret: string,
  version: SecretVersion,
): Promise<string | undefined> {
  const { propagationLabel: label } = context.settings;
  if (label === undefined || version.stages.includes(label)) return undefined;
  try {
    const holder = await context.secrets.read(secret, { stage: label });
    const from = holder && { from: holder.versionId };
    await context.secrets.moveLabel(secret, label, { to: version.versionId, ...from });
    return undefined;
  } catch (error) {
    return `The key is in use, but the label ${label} could not be moved to its version: ${toRotationError(context, error).message}`;
  }
}
