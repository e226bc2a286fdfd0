import {
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../rotation/clock.ts";
import type { SecretStore, SecretVersion, VersionSelector } from "../rotation/dependencies.ts";
import { OutOfTimeError, SecretError } from "../rotation/errors.ts";
import { Secret } from "../rotation/secret.ts";
import { RateLimiter } from "./rate-limit/limiter.ts";

const CALL_TIMEOUT_MS = 10_000;
/** All at once would hold up, by what each takes of the processor, the looks for which only the first is needed. */
const AT_ONCE = [{ windowMs: 0, count: 5, writes: 0 }];

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
  const limiter = new RateLimiter(clock, deadlineAt, AT_ONCE);
  return {
    read: async (secretId, selector) => {
      const command = new GetSecretValueCommand({ SecretId: secretId, ...toInput(selector) });
      const output = await limiter.schedule("read", () =>
        client.send(command, abort()).catch((error: unknown) => readFailure(secretId, selector, error)),
      );
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
  const { SecretString, SecretBinary, VersionId, VersionStages, CreatedDate } = output;
  const text = SecretString ?? decodeText(SecretBinary);
  if (text === undefined) throw new SecretError(`Secret ${secretId} is binary; it must be text.`);
  return {
    versionId: VersionId ?? "",
    createdAt: CreatedDate?.getTime() ?? 0,
    stages: VersionStages ?? [],
    value: new Secret(text.replace(/^\uFEFF/, "").replace(/[\r\n]+$/, "")),
  };
}

/** The text that the bytes are in UTF-8; nothing for bytes that no text has. */
function decodeText(bytes: Uint8Array | undefined): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return /^[^\p{Cc}]+$/u.test(text.replace(/[\t\r\n]/g, "")) ? text : undefined;
  } catch {
    return undefined;
  }
}

function readFailure(secretId: string, selector: VersionSelector, error: unknown): undefined {
  const name = nameOf(error);
  const isCurrent = "stage" in selector && selector.stage === "AWSCURRENT";
  if (name === "ResourceNotFoundException" && !isCurrent) return undefined;
  const { reason, nextStep } = REFUSALS[name] ?? { reason: "could not be read", nextStep: REACH };
  throw new SecretError(
    `Secret ${secretId} ${reason} (${name}).`,
    nextStep === undefined ? {} : { nextStep },
  );
}

const PERMIT =
  "Allow the function's role to read the secret and to decrypt it with its KMS key; then rotate again.";
const REACH = "See that the function can reach Secrets Manager; then rotate again.";

/** Without a next step, it is to put a value into the secret. */
const REFUSALS: Readonly<Record<string, { readonly reason: string; readonly nextStep?: string }>> = {
  ResourceNotFoundException: { reason: "does not exist, or has no version with the label AWSCURRENT" },
  InvalidRequestException: { reason: "cannot be read: it may be scheduled for deletion" },
  AccessDeniedException: {
    reason: "may not be read: the function's role lacks secretsmanager:GetSecretValue or kms:Decrypt for it",
    nextStep: PERMIT,
  },
  DecryptionFailure: {
    reason: "cannot be decrypted: its KMS key is disabled, denied or gone",
    nextStep: PERMIT,
  },
  KMSAccessDeniedException: { reason: "cannot be decrypted: its KMS key is denied", nextStep: PERMIT },
  KMSDisabledException: {
    reason: "cannot be decrypted: its KMS key is disabled",
    nextStep: "Enable the KMS key of the secret; then rotate again.",
  },
  AbortError: { reason: "was not read in time", nextStep: REACH },
  TimeoutError: {
    reason: "was not read in time: Secrets Manager may be out of the function's reach",
    nextStep: REACH,
  },
};

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown error";
}
