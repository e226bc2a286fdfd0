import { type ConnectionState, phaseKind } from "./connection.ts";
import type { RunContext, SecretVersion } from "./dependencies.ts";
import { SecretError } from "./errors.ts";

/** How long Secrets Manager may take to show a new version and its labels, in milliseconds. */
export const VISIBLE_WITHIN_MS = 10_000;
const FIRST_DELAY_MS = 250;

type Reader = Pick<RunContext, "secrets" | "clock" | "deadlineAt">;

/** The version that is AWSCURRENT. @throws SecretError */
export async function currentVersion({ secrets }: Reader, secretId: string): Promise<SecretVersion> {
  const current = await secrets.read(secretId, { stage: "AWSCURRENT" });
  if (current === undefined)
    throw new SecretError(`Secret ${secretId} has no version with the label AWSCURRENT.`);
  return current;
}

/**
 * The version that an event announces, or the AWSCURRENT version if that is newer. For a moment, Secrets Manager may
 * still show the old version as AWSCURRENT, which must not be put.
 * @throws SecretError if the version does not appear.
 */
export async function announcedVersion(
  reader: Reader,
  secretId: string,
  versionId: string,
): Promise<SecretVersion> {
  const { secrets, clock, deadlineAt } = reader;
  const giveUpAt = Math.min(clock.now() + VISIBLE_WITHIN_MS, deadlineAt);
  for (let delayMs = FIRST_DELAY_MS; ; delayMs *= 2) {
    const announced = await secrets.read(secretId, { versionId });
    if (announced?.stages.includes("AWSCURRENT")) return announced;
    const current = await currentVersion(reader, secretId);
    if (current.versionId === versionId || (announced && current.createdAt > announced.createdAt))
      return current;
    if (clock.now() + delayMs > giveUpAt) {
      if (announced !== undefined) return current;
      throw new SecretError(
        `Version ${versionId} of secret ${secretId} cannot be read yet. The previous version was not put.`,
      );
    }
    await clock.sleep(delayMs);
  }
}

/** What is known about the time at which a label was moved. */
export interface LabelFacts {
  readonly label: string;
  /** When the secret was last changed in any way: the label was moved then or earlier. */
  readonly secretChangedAt: number | undefined;
}

/**
 * True if the label shows that a connection uses this version, and the connection shows nothing against it: it is
 * usable, and it was last updated after the version was created and before the secret, with its labels, was last
 * changed. Secrets Manager does not show when a label was moved. An update after the last change is certainly later
 * than the label, so it may have put another key back.
 */
export function isInUse(
  version: SecretVersion,
  { phase, updatedAt }: ConnectionState,
  { label, secretChangedAt }: LabelFacts,
): boolean {
  if (updatedAt === undefined || secretChangedAt === undefined) return false;
  const isLabelled = version.stages.includes(label) && phaseKind(phase) === "usable";
  return isLabelled && !isOlderThan(updatedAt, version) && updatedAt <= secretChangedAt;
}

/** True if a connection that was last updated at `updatedAt` cannot hold this version, which is younger. */
export function isOlderThan(updatedAt: number, version: Pick<SecretVersion, "createdAt">): boolean {
  return updatedAt < wholeSeconds(version.createdAt);
}

/** Confluent may show the time of an update in whole seconds, rounded down. */
function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1_000) * 1_000;
}
