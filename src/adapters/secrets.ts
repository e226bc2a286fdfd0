import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../rotation/clock.ts";
import { OutOfTimeError, SecretError } from "../rotation/errors.ts";
import type { SecretStore, SecretVersion, VersionSelector } from "../rotation/outside.ts";
import { Secret } from "../rotation/secret.ts";

const CALL_TIMEOUT_MS = 10_000;

export interface SecretsOptions {
  readonly client: Pick<SecretsManagerClient, "send">;
  readonly clock: Clock;
  readonly deadlineAt: number;
  /** Told of every value that is read, before anybody can send it. */
  readonly learn: (value: Secret) => void;
}

/** Secrets Manager, read by version. No error quotes a value, and none has a cause, which could. */
export function createSecretStore({ client, clock, deadlineAt, learn }: SecretsOptions): SecretStore {
  const abort = () => {
    const leftMs = deadlineAt - clock.now();
    if (leftMs <= 0) throw new OutOfTimeError();
    return { abortSignal: AbortSignal.timeout(Math.ceil(Math.min(CALL_TIMEOUT_MS, leftMs))) };
  };
  return {
    read: async (secretId, selector) => {
      const command = new GetSecretValueCommand({ SecretId: secretId, ...toInput(selector) });
      const output = await client
        .send(command, abort())
        .catch((error: unknown) => readFailure(secretId, selector, error));
      const version = output && toVersion(secretId, output);
      if (version) learn(version.value);
      return version;
    },
    moveLabel: async (secretId, label, { from, to }) => {
      const command = new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: label,
        MoveToVersionId: to,
        ...(from !== undefined && { RemoveFromVersionId: from }),
      });
      await client.send(command, abort()).catch((error: unknown) => {
        throw new SecretError(
          `Secrets Manager refused to move the label ${label} of secret ${secretId} (${nameOf(error)}).`,
        );
      });
    },
  };
}

function toInput(selector: VersionSelector): { VersionId: string } | { VersionStage: string } {
  return "versionId" in selector ? { VersionId: selector.versionId } : { VersionStage: selector.stage };
}

function toVersion(secretId: string, output: GetSecretValueCommandOutput): SecretVersion {
  const { SecretString, VersionId, VersionStages, CreatedDate } = output;
  if (SecretString === undefined) throw new SecretError(`Secret ${secretId} is binary; it must be text.`);
  return {
    versionId: VersionId ?? "",
    createdAt: CreatedDate?.getTime() ?? 0,
    stages: VersionStages ?? [],
    value: new Secret(SecretString.replace(/^\uFEFF/, "").replace(/[\r\n]+$/, "")),
  };
}

function readFailure(secretId: string, selector: VersionSelector, error: unknown): undefined {
  const name = nameOf(error);
  const isCurrent = "stage" in selector && selector.stage === "AWSCURRENT";
  if (name === "ResourceNotFoundException" && !isCurrent) return undefined;
  const reason = REASONS[name] ?? "could not be read";
  throw new SecretError(`Secret ${secretId} ${reason} (${name}).`);
}

const REASONS: Readonly<Record<string, string>> = {
  ResourceNotFoundException: "does not exist, or has no version with the label AWSCURRENT",
  InvalidRequestException: "cannot be read: it may be scheduled for deletion",
  AccessDeniedException:
    "may not be read: the function's role lacks secretsmanager:GetSecretValue or kms:Decrypt for it",
  DecryptionFailure: "cannot be decrypted: its KMS key is disabled, denied or gone",
  KMSAccessDeniedException: "cannot be decrypted: its KMS key is denied",
  AbortError: "was not read in time",
  TimeoutError: "was not read in time: Secrets Manager may be out of the function's reach",
  KMSDisabledException: "cannot be decrypted: its KMS key is disabled",
};

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}
