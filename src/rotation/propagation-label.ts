import type { ConnectionState } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { ReplicaError } from "./errors.ts";
import { type OutcomeDetails, toRotationError } from "./outcome.ts";
import { type Text, UntrustedText } from "./untrusted-text.ts";
import { isInUse, type LabelFacts } from "./versions.ts";

/** True if enough is known about the key to move the label, after which the old key may be deleted. */
export function isPropagated(context: RunContext, { outcome, evidence }: OutcomeDetails): boolean {
  if (outcome === "ready") return true;
  const isEnough = context.settings.require === "applied" || evidence?.provider === "valid";
  return outcome === "applied" && isEnough;
}

/** What is known about the label of a version; `undefined` if the run puts the version regardless of its label. */
export async function readLabelFacts(
  context: RunContext,
  secret: string,
  version: SecretVersion,
): Promise<LabelFacts | undefined> {
  const { trigger, settings, secrets, log } = context;
  const { propagationLabel: label, refresh } = settings;
  const mayUpdateLess = trigger.kind === "schedule" && refresh === "when-stale";
  if (!mayUpdateLess || label === undefined || !version.stages.includes(label)) return undefined;
  try {
    return { label, secretChangedAt: await secrets.lastChangedAt(secret) };
  } catch (error) {
    const reason = toRotationError(context, error).message;
    log.note("It is not known whether the key is already in use, so it is put again.", { secret, reason });
    return undefined;
  }
}

/** The outcome of a connection that is skipped because the label shows that it has the version. */
export function skippedDetails(
  version: SecretVersion,
  before: ConnectionState,
  label: LabelFacts | undefined,
): OutcomeDetails | undefined {
  return label !== undefined && isInUse(version, before, label)
    ? { outcome: "skipped", message: "The label shows that this version is already in use." }
    : undefined;
}

/** Moves the propagation label to a version. @returns why that failed, if it did. */
export async function movePropagationLabel(
  context: RunContext,
  secret: string,
  version: SecretVersion,
): Promise<Text | undefined> {
  const { propagationLabel: label } = context.settings;
  if (label === undefined || version.stages.includes(label)) return undefined;
  try {
    const holder = await context.secrets.read(secret, { stage: label });
    const from = holder && { from: holder.versionId };
    await context.secrets.moveLabel(secret, label, { to: version.versionId, ...from });
    return undefined;
  } catch (error) {
    if (error instanceof ReplicaError) {
      context.log.note(error.message, { secret });
      return undefined;
    }
    return UntrustedText.sentence`The key is in use, but the label ${label} could not be moved to its version: ${toRotationError(context, error).text}`;
  }
}
