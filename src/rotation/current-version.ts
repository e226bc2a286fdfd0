import type { RunContext, SecretVersion } from "./dependencies.ts";
import { SupersededError } from "./errors.ts";
import { toRotationError } from "./outcome.ts";
import { currentVersion } from "./versions.ts";

/** One read of AWSCURRENT serves all connections of a secret that ask within this time, in milliseconds. */
export const SHARED_MS = 500;

/** Checks whether a version of a secret is still AWSCURRENT while it is rolled out. */
export class CurrentVersionCheck {
  readonly #context: RunContext;
  readonly #secret: string;
  #latest: { readonly readAt: number; readonly version: Promise<SecretVersion> } | undefined;
  /** The newest version that was read so far: Secrets Manager may return an older one afterwards. */
  #newest: SecretVersion | undefined;

  constructor(context: RunContext, secret: string) {
    this.#context = context;
    this.#secret = secret;
  }

  /**
   * The version that has replaced `version` as AWSCURRENT, if this run could read one.
   * @param maxAgeMs how old the read of AWSCURRENT may be.
   */
  async newerThan(version: SecretVersion, maxAgeMs = 0): Promise<SecretVersion | undefined> {
    const { clock, deadlineAt, log } = this.#context;
    if (clock.now() < deadlineAt) {
      try {
        await this.#read(maxAgeMs);
      } catch (error) {
        const reason = toRotationError(this.#context, error).message;
        log.note("AWSCURRENT could not be read to look for a newer version.", {
          secret: this.#secret,
          reason,
        });
      }
    }
    return this.#newest && newerOf(this.#newest, version);
  }

  /** True if any read of this run has shown a newer version. */
  isSuperseded(version: SecretVersion): boolean {
    return this.#newest !== undefined && newerOf(this.#newest, version) !== undefined;
  }

  /**
   * @param maxAgeMs how old the read of AWSCURRENT may be.
   * @throws SupersededError if a newer version has become AWSCURRENT; SecretError if it cannot be read.
   */
  async assertCurrent(version: SecretVersion, maxAgeMs = SHARED_MS): Promise<void> {
    await this.#read(maxAgeMs);
    if (this.isSuperseded(version)) throw new SupersededError();
  }

  async #read(maxAgeMs: number): Promise<void> {
    const now = this.#context.clock.now();
    if (this.#latest === undefined || now - this.#latest.readAt >= maxAgeMs)
      this.#latest = { readAt: now, version: currentVersion(this.#context, this.#secret) };
    const read = await this.#latest.version;
    if (this.#newest === undefined || newerOf(read, this.#newest) !== undefined) this.#newest = read;
  }
}

/** `current` if it is another version than `version`, and not created before it. */
function newerOf(current: SecretVersion, version: SecretVersion): SecretVersion | undefined {
  const isOther = current.versionId !== version.versionId && current.createdAt >= version.createdAt;
  return isOther ? current : undefined;
}
