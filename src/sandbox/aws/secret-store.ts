import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "../../rotation/clock.ts";

export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: string };

export interface SecretVersion {
  readonly id: string;
  /** `undefined` for a version that a rotation has reserved. */
  value: SecretValue | undefined;
  readonly createdAt: number;
  readonly stages: Set<string>;
}

type SecretVersions = ReadonlyMap<string, SecretVersion>;

export interface StoredSecret {
  readonly name: string;
  readonly arn: string;
  changedAt: number;
  deletionAt: number | undefined;
  readonly versions: Map<string, SecretVersion>;
  stale: { readonly versions: SecretVersions; readonly until: number } | undefined;
}

/** The event that Secrets Manager sends to EventBridge when a staging label moves. */
export interface SecretLabelUpdated {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": "Secret Label Updated";
  readonly source: "aws.secretsmanager";
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: { readonly name: string; readonly labelUpdated: string; readonly versionId: string };
}

interface AwsIdentity {
  readonly clock: Clock;
  readonly region: string;
  readonly accountId: string;
  readonly onEvent: (event: SecretLabelUpdated) => void;
}

export type NewVersion = Pick<SecretVersion, "id" | "value"> & {
  readonly stages: readonly string[];
  readonly createdAt?: number | undefined;
};

const SUFFIX_LENGTH = "-1a2b3c".length;

export const versionWith = (versions: SecretVersions, stage: string): SecretVersion | undefined =>
  [...versions.values()].find(({ stages }) => stages.has(stage));

/** Secrets with their versions and staging labels. */
export class SecretStore {
  readonly #aws: AwsIdentity;
  readonly #secrets = new Map<string, StoredSecret>();

  constructor(aws: AwsIdentity) {
    this.#aws = aws;
  }

  get now(): number {
    return this.#aws.clock.now();
  }

  /** Finds a secret by its name, its full ARN, or its ARN without the random suffix. */
  find(secretId: string): StoredSecret | undefined {
    const byArn = ({ arn }: StoredSecret) => arn === secretId || arn.slice(0, -SUFFIX_LENGTH) === secretId;
    return this.#secrets.get(secretId) ?? [...this.#secrets.values()].find(byArn);
  }

  all(): StoredSecret[] {
    return [...this.#secrets.values()];
  }

  create(name: string): StoredSecret {
    const { region, accountId } = this.#aws;
    const suffix = randomBytes(3).toString("hex");
    const secret: StoredSecret = {
      name,
      arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`,
      changedAt: this.now,
      deletionAt: undefined,
      versions: new Map(),
      stale: undefined,
    };
    this.#secrets.set(name, secret);
    return secret;
  }

  /** The first version of a secret also gets AWSCURRENT. */
  addVersion(secret: StoredSecret, { id, value, stages, createdAt = this.now }: NewVersion): SecretVersion {
    const labels = secret.versions.size === 0 ? new Set([...stages, "AWSCURRENT"]) : new Set(stages);
    const version = { id, value, createdAt, stages: new Set<string>() };
    secret.versions.set(id, version);
    secret.changedAt = this.now;
    for (const label of labels) this.moveStage(secret, label, version);
    return version;
  }

  /** Removes the label if there is no version. */
  moveStage(secret: StoredSecret, stage: string, version: SecretVersion | undefined): void {
    const holder = versionWith(secret.versions, stage);
    if (holder === version) return;
    holder?.stages.delete(stage);
    version?.stages.add(stage);
    secret.changedAt = this.now;
    if (stage === "AWSCURRENT" && holder) this.moveStage(secret, "AWSPREVIOUS", holder);
    if (version) this.#sendEvent(secret, stage, version.id);
  }

  /** For `forMs` from now, reads show the secret as it is now. */
  freeze(secret: StoredSecret, forMs: number): void {
    secret.stale = { versions: structuredClone(this.readable(secret)), until: this.now + forMs };
  }

  readable({ stale, versions }: StoredSecret): SecretVersions {
    return stale && this.now < stale.until ? stale.versions : versions;
  }

  #sendEvent({ name, arn }: StoredSecret, labelUpdated: string, versionId: string): void {
    if (labelUpdated === "AWSPENDING" || labelUpdated === "AWSPREVIOUS") return;
    const { region, accountId, onEvent } = this.#aws;
    onEvent({
      version: "0",
      id: randomUUID(),
      "detail-type": "Secret Label Updated",
      source: "aws.secretsmanager",
      account: accountId,
      time: `${new Date(this.now).toISOString().slice(0, -5)}Z`,
      region,
      resources: [arn],
      detail: { name, labelUpdated, versionId },
    });
  }
}
