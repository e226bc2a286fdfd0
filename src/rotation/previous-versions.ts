import type { RotationSettings, RunDependencies, SecretVersion } from "./dependencies.ts";
import { OutOfTimeError, SecretError } from "./errors.ts";
import { VISIBLE_WITHIN_MS } from "./versions.ts";

const READ_AGAIN_MS = 1_000;

type Dependencies = Pick<RunDependencies, "secrets" | "redactor" | "clock" | "deadlineAt"> & {
  readonly settings?: Pick<RotationSettings, "propagationLabel">;
};
type Reading = Promise<SecretVersion | undefined>;

/** The first version that a run rotates, and the one that its connections hold until then. */
interface Start {
  readonly version: SecretVersion;
  readonly before: Reading;
}

/**
 * The versions that a service may quote because it had them before. AWSPREVIOUS is read when a rotation starts, since a
 * newer version may take its place, and again before a text is shown, since Secrets Manager may show a change late.
 */
export class PreviousVersions {
  readonly #dependencies: Dependencies;
  readonly #closed: AbortSignal | undefined;
  readonly #starts = new Map<string, Start>();
  /** By secret, label and, if that matters, the version that a text is about. */
  readonly #reads = new Map<string, Reading>();

  /** @param closed aborts when the run is over. */
  constructor(dependencies: Dependencies, closed?: AbortSignal) {
    this.#dependencies = dependencies;
    this.#closed = closed;
  }

  /** Starts to read AWSPREVIOUS before `version` is rotated. A failure has no effect. */
  readBefore(secretId: string, version: SecretVersion): void {
    if (this.#starts.has(secretId)) return;
    this.#starts.set(secretId, { version, before: this.#read(secretId).catch(() => undefined) });
  }

  /** AWSPREVIOUS when a text about `version` is to be shown, read once. @throws RotationError if it cannot be read. */
  latest(secretId: string, version = this.#starts.get(secretId)?.version): Reading {
    const read = () => this.#readVisible(secretId, version?.createdAt);
    return this.#once([secretId, "AWSPREVIOUS", version?.versionId], read);
  }

  /** Every version that a text about `version` may quote. @throws RotationError if one of them cannot be known. */
  async quotable(secretId: string, version?: SecretVersion): Promise<readonly SecretVersion[]> {
    const start = this.#starts.get(secretId);
    const [latest, before, labelled] = await Promise.all([
      this.latest(secretId, version),
      start?.before,
      this.#withLabel(secretId),
    ]);
    const current = [start?.version, version].filter((each) => each !== undefined);
    const isReplaced = current.some(({ versionId }) => versionId === latest?.versionId);
    // AWSPREVIOUS may have moved before it was read.
    const isBeforeKnown = before !== undefined && before.versionId !== start?.version.versionId;
    if (isReplaced && !isBeforeKnown)
      throw new SecretError(`A newer version of secret ${secretId} hides the one before the rotation.`);
    // Somebody else may have put the newer version already.
    const isTextOld = latest !== undefined && latest.versionId === current.at(-1)?.versionId;
    const newest = isTextOld
      ? await this.#once([secretId, "AWSCURRENT", latest.versionId], () => this.#read(secretId, "AWSCURRENT"))
      : undefined;
    return [...current, latest, before, labelled, newest].filter((each) => each !== undefined);
  }

  /** The version with the propagation label: the connections may hold it still if later versions were refused. */
  async #withLabel(secretId: string): Reading {
    const stage = this.#dependencies.settings?.propagationLabel;
    return stage === undefined ? undefined : this.#once([secretId, stage], () => this.#read(secretId, stage));
  }

  /** Many texts may be about the same version, and one read serves all of them. */
  #once(key: readonly unknown[], read: () => Reading): Reading {
    const name = JSON.stringify(key);
    const reading = this.#reads.get(name) ?? read();
    this.#reads.set(name, reading);
    return reading;
  }

  /** Secrets Manager may show no AWSPREVIOUS for a moment after the current version was created. */
  async #readVisible(secretId: string, createdAt = 0): Reading {
    const { clock, deadlineAt } = this.#dependencies;
    for (;;) {
      const version = await this.#read(secretId);
      if (version !== undefined || clock.now() >= createdAt + VISIBLE_WITHIN_MS) return version;
      await clock.sleep(Math.min(READ_AGAIN_MS, deadlineAt - clock.now()), this.#closed);
      if (this.#closed?.aborted || clock.now() >= deadlineAt) throw new OutOfTimeError();
    }
  }

  async #read(secretId: string, stage = "AWSPREVIOUS"): Reading {
    const { secrets, redactor } = this.#dependencies;
    const version = await secrets.read(secretId, { stage });
    if (version !== undefined) redactor.add(version.value);
    return version;
  }
}
