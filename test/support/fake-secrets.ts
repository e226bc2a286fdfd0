import type { Clock } from "../../src/rotation/clock.ts";
import type { SecretStore, SecretVersion, VersionSelector } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import { Secret } from "../../src/rotation/secret.ts";

export interface NewVersion {
  readonly versionId: string;
  readonly value: string;
  /** When it becomes AWSCURRENT, in milliseconds since the epoch; now by default. */
  readonly at?: number;
  /** How long reads do not show it after that. */
  readonly lagMs?: number;
}

export interface FakeRead {
  readonly secretId: string;
  readonly selector: VersionSelector;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** The version in the response, if any. */
  readonly versionId: string | undefined;
}

export interface FakeSecretsOptions {
  readonly clock: Clock;
  readonly latencyMs?: () => number;
  /** The age of the data in a read. */
  readonly staleMs?: () => number;
  readonly fault?: (secretId: string) => Error | undefined;
}

/** Secrets Manager in memory, with versions that become current at set times. */
export class FakeSecrets implements SecretStore {
  /** Every read with a response, in the order of the responses. */
  readonly reads: FakeRead[] = [];
  readonly moves: { readonly secretId: string; readonly label: string; readonly to: string }[] = [];
  readonly #options: FakeSecretsOptions;
  readonly #versions = new Map<string, Required<NewVersion>[]>();
  readonly #labelledAt = new Map<string, number>();
  readonly #labels = new Map<string, Map<string, string>>();

  constructor(options: FakeSecretsOptions) {
    this.#options = options;
  }

  /** Versions become current in the order in which they are added. */
  add(secretId: string, ...added: readonly NewVersion[]): void {
    const whole = added.map((version) => ({ at: this.#options.clock.now(), lagMs: 0, ...version }));
    this.#versions.set(secretId, [...(this.#versions.get(secretId) ?? []), ...whole]);
  }

  label(secretId: string, label: string, versionId: string): void {
    const labels = this.#labels.get(secretId) ?? new Map<string, string>();
    this.#labels.set(secretId, labels.set(label, versionId));
    this.#labelledAt.set(secretId, this.#options.clock.now());
  }

  /** The newest version that a read at this time can return. */
  currentAt(secretId: string, at: number): string | undefined {
    return this.#visible(secretId, at).at(-1)?.versionId;
  }

  readonly read = async (secretId: string, selector: VersionSelector): Promise<SecretVersion | undefined> => {
    const { clock, latencyMs = () => 0, staleMs = () => 0, fault } = this.#options;
    const sentAt = clock.now();
    await pass(clock, latencyMs());
    const found = this.#find(secretId, selector, clock.now() - staleMs());
    await pass(clock, latencyMs());
    const error = fault?.(secretId);
    if (error !== undefined) throw error;
    const answeredAt = clock.now();
    this.reads.push({ secretId, selector, sentAt, answeredAt, versionId: found?.versionId });
    return found;
  };

  readonly moveLabel = async (
    secretId: string,
    label: string,
    { from, to }: { from?: string; to: string },
  ): Promise<void> => {
    const { clock, latencyMs = () => 0, fault } = this.#options;
    await pass(clock, latencyMs());
    const error = fault?.(secretId);
    if (error !== undefined) throw error;
    if (this.#labels.get(secretId)?.get(label) !== from)
      throw new SecretError(`Another version of ${secretId} has the label ${label}.`);
    this.label(secretId, label, to);
    this.moves.push({ secretId, label, to });
  };

  readonly lastChangedAt = async (secretId: string): Promise<number | undefined> => {
    const { clock, fault } = this.#options;
    const error = fault?.(secretId);
    if (error !== undefined) throw error;
    const versions = this.#visible(secretId, clock.now()).map(({ at }) => at);
    return Math.max(...versions, this.#labelledAt.get(secretId) ?? Number.NEGATIVE_INFINITY);
  };

  #visible(secretId: string, now: number): readonly Required<NewVersion>[] {
    return (this.#versions.get(secretId) ?? []).filter(({ at, lagMs }) => at + lagMs <= now);
  }

  #find(secretId: string, selector: VersionSelector, now: number): SecretVersion | undefined {
    const versions = this.#visible(secretId, now);
    const stagesOf = (versionId: string): string[] => [
      ...(versions.at(-1)?.versionId === versionId ? ["AWSCURRENT"] : []),
      ...(versions.at(-2)?.versionId === versionId ? ["AWSPREVIOUS"] : []),
      ...[...(this.#labels.get(secretId) ?? [])].flatMap(([label, at]) => (at === versionId ? [label] : [])),
    ];
    const found = versions.find(({ versionId }) =>
      "stage" in selector ? stagesOf(versionId).includes(selector.stage) : versionId === selector.versionId,
    );
    if (found === undefined) return undefined;
    const { versionId, at, value } = found;
    return { versionId, createdAt: at, stages: stagesOf(versionId), value: new Secret(value) };
  }
}

async function pass(clock: Clock, ms: number): Promise<void> {
  if (ms > 0) await clock.sleep(ms);
}
