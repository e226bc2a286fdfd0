import type { RunContext, SecretVersion } from "./dependencies.ts";
import { SupersededError } from "./errors.ts";
import { toRotationError } from "./outcome.ts";
import { currentVersion, VISIBLE_WITHIN_MS } from "./versions.ts";

/** One read of AWSCURRENT serves all connections of a secret that ask within this time, in milliseconds. */
export const SHARED_MS = 500;

/** Checks whether a version of a secret is still AWSCURRENT while it is rolled out. */
export class CurrentVersionCheck {
  readonly #context: RunContext;
  readonly #secret: string;
  #latest: { readonly readAt: number; readonly version: Promise<SecretVersion> } | undefined;
  /** The newest version that was read so far: Secrets Manager may return an older one afterwards. */
  #newest: SecretVersion | undefined;
  /** The ids of versions that have lost AWSCURRENT to an older one, and when that was read. */
  readonly #withdrawn = new Map<string, number>();

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
        await this.#read(version, maxAgeMs);
      } catch (error) {
        const reason = toRotationError(this.#context, error).message;
        log.note("AWSCURRENT could not be read to look for a newer version.", {
          secret: this.#secret,
          reason,
        });
      }
    }
    return this.#successorOf(version);
  }

  /** True if any read of this run has shown a newer version. */
  isSuperseded(version: SecretVersion): boolean {
    return this.#successorOf(version) !== undefined;
  }

  /**
   * @param maxAgeMs how old the read of AWSCURRENT may be.
   * @throws SupersededError if a newer version has become AWSCURRENT; SecretError if it cannot be read.
   */
  async assertCurrent(version: SecretVersion, maxAgeMs = SHARED_MS): Promise<void> {
    await this.#read(version, maxAgeMs);
    if (this.isSuperseded(version)) throw new SupersededError();
  }

  #successorOf(version: SecretVersion): SecretVersion | undefined {
    if (this.#newest === undefined) return undefined;
    const isSuccessor = isNewer(this.#newest, version) || this.#withdrawn.has(version.versionId);
    return isSuccessor ? this.#newest : undefined;
  }

  async #read(version: SecretVersion, maxAgeMs: number): Promise<void> {
    const now = this.#context.clock.now();
    if (this.#latest === undefined || now - this.#latest.readAt >= maxAgeMs)
      this.#latest = { readAt: now, version: currentVersion(this.#context, this.#secret) };
    const read = await this.#latest.version;
    if (this.#withdrawn.has(read.versionId)) return this.#restore(read);
    if (this.#newest === undefined || isNewer(read, this.#newest)) this.#newest = read;
    if (!isNewer(version, read) || this.#withdrawn.has(version.versionId)) return;
    if (await this.#isWithdrawn(version)) this.#replace(version, read);
  }

  /**
   * A version that was withdrawn counts again if it has taken AWSCURRENT back from the older one. A read from before the
   * withdrawal looks the same, so it does not count for as long as Secrets Manager may show that.
   */
  async #restore(read: SecretVersion): Promise<void> {
    const withdrawnAt = this.#withdrawn.get(read.versionId) ?? 0;
    const older = this.#newest;
    if (older === undefined || this.#context.clock.now() < withdrawnAt + VISIBLE_WITHIN_MS) return;
    if (await this.#isWithdrawn(older)) this.#replace(older, read);
  }

  #replace(withdrawn: SecretVersion, current: SecretVersion): void {
    this.#withdrawn.set(withdrawn.versionId, this.#context.clock.now());
    this.#withdrawn.delete(current.versionId);
    this.#newest = current;
  }

  /** True if the version has lost AWSCURRENT: then an older one that is read as AWSCURRENT is not out of date. */
  async #isWithdrawn({ versionId }: SecretVersion): Promise<boolean> {
    const version = await this.#context.secrets.read(this.#secret, { versionId }).catch(() => undefined);
    if (version === undefined) return false;
    return version.stages.includes("AWSPREVIOUS") && !version.stages.includes("AWSCURRENT");
  }
}

/** True for another version that was not created before `than`. */
function isNewer(version: SecretVersion, than: SecretVersion): boolean {
  return version.versionId !== than.versionId && version.createdAt >= than.createdAt;
}
