import type { RunContext, SecretVersion } from "./dependencies.ts";
import { SecretError } from "./errors.ts";

/** How long Secrets Manager may take to show the version that an event tells of, in milliseconds. */
const VISIBLE_WITHIN_MS = 10_000;
const FIRST_PAUSE_MS = 250;

type Reader = Pick<RunContext, "secrets" | "clock" | "deadlineAt">;

/** The version that is AWSCURRENT. @throws SecretError */
export async function currentVersion({ secrets }: Reader, secretId: string): Promise<SecretVersion> {
  const current = await secrets.read(secretId, { stage: "AWSCURRENT" });
  if (current === undefined)
    throw new SecretError(`Secret ${secretId} has no version with the label AWSCURRENT.`);
  return current;
}

/**
 * The version that an event tells of, or the AWSCURRENT one where that has overtaken it. Secrets Manager may show
 * neither for a moment; what it shows as AWSCURRENT in that time is the old version, which must not be put.
 * @throws SecretError when the version does not appear.
 */
export async function announcedVersion(
  reader: Reader,
  secretId: string,
  versionId: string,
): Promise<SecretVersion> {
  const { secrets, clock, deadlineAt } = reader;
  const giveUpAt = Math.min(clock.now() + VISIBLE_WITHIN_MS, deadlineAt);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const announced = await secrets.read(secretId, { versionId });
    if (announced?.stages.includes("AWSCURRENT")) return announced;
    const current = await currentVersion(reader, secretId);
    if (current.versionId === versionId || (announced && current.createdAt > announced.createdAt))
      return current;
    if (clock.now() + pauseMs > giveUpAt) {
      if (announced !== undefined) return current;
      throw new SecretError(
        `Version ${versionId} of secret ${secretId} cannot be read yet, and the one before it was not put.`,
      );
    }
    await clock.sleep(pauseMs);
  }
}
