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
import type { Caller } from "./aws-fault.ts";
import { RateLimiter } from "./rate-limit/limiter.ts";
import { moveLabelError, readError } from "./secret-fault.ts";

const CALL_TIMEOUT_MS = 10_000;
/** All at once would hold up, by what each takes of the processor, the looks for which only the first is needed. */
const AT_ONCE = [{ windowMs: 0, count: 5, writes: 0 }];

export interface SecretsOptions {
  readonly client: Pick<SecretsManagerClient, "send">;
  readonly clock: Clock;
  readonly deadlineAt: number;
  /** Told of every value that is read, before anybody can send it. */
  readonly learn: (value: Secret) => void;
  /** Whose permissions the advice in errors is about. */
  readonly caller: Caller;
  readonly redact: (text: string) => string;
}

/** Secrets Manager, read by version. No error quotes a value, and none has a cause, which could. */
export function createSecretStore(options: SecretsOptions): SecretStore {
  const { client, clock, deadlineAt, learn, ...faultContext } = options;
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
        client.send(command, abort()).catch((error: unknown) => {
          if (isMissingVersion(selector, error)) return undefined;
          throw readError(secretId, error, faultContext);
        }),
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
        throw moveLabelError(secretId, label, error, faultContext);
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

/** True if the secret may exist without the version that was asked for. */
function isMissingVersion(selector: VersionSelector, error: unknown): boolean {
  const isCurrent = "stage" in selector && selector.stage === "AWSCURRENT";
  return !isCurrent && error instanceof Error && error.name === "ResourceNotFoundException";
}
