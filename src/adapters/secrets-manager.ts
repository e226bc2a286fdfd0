import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../rotation/clock.ts";
import type { SecretStore, SecretVersion, VersionSelector } from "../rotation/dependencies.ts";
import { SecretError } from "../rotation/errors.ts";
import { Secret } from "../rotation/secret.ts";
import { scopeOf } from "../rotation/secret-id.ts";
import { withAwsRetry } from "./aws-retry.ts";
import type { Caller } from "./caller.ts";
import { RateLimiter } from "./rate-limit/limiter.ts";
import { describeError, moveLabelError, readError } from "./secret-fault.ts";

const ATTEMPT_TIMEOUT_MS = 5_000;

/** Limits how late a run notices the end of an outage. */
const MAX_DELAY_MS = 2_000;

/** Longer outages are reported, so that an operator can act. */
const MAX_RETRY_MS = 300_000;

/** More concurrent reads would delay the first LIST of connections, which needs only one secret. */
const AT_ONCE = [{ windowMs: 0, count: 5, writes: 0 }];

interface SecretsOptions {
  /** @param region that of the secret's ARN; `undefined` for a bare name, which belongs to the SDK's region. */
  readonly clientFor: (region: string | undefined) => Client;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
  readonly deadlineAt: number;
  /** Aborts when the run is over; no request is sent after that. */
  readonly closed?: AbortSignal;
  /** How long a call is retried on transient errors, in milliseconds; as long as there is time by default. */
  readonly retryMs?: number;
  /** Receives every value before it is returned. */
  readonly onSecret: (value: Secret) => void;
  /** Determines the advice about permissions in errors. */
  readonly caller: Caller;
  readonly redact: (text: string) => string;
}

/** Secrets Manager, read by version. No error quotes a value, and none has a cause, which could. */
export function createSecretStore(options: SecretsOptions): SecretStore {
  const send = createSender(options);
  const get = (secretId: string, selector: VersionSelector) => {
    const command = new GetSecretValueCommand({ SecretId: secretId, ...toInput(selector) });
    return send(secretId, (client, abort) => client.send(command, abort)).catch(async (error: unknown) => {
      if (isMissingVersion(selector, error)) return undefined;
      throw readError(secretId, error, { ...options, region: await regionOf(secretId, options) });
    });
  };
  return {
    read: async (secretId, selector) => {
      const output = await get(secretId, selector);
      const version = output && toVersion(secretId, output);
      if (version) options.onSecret(version.value);
      return version;
    },
    moveLabel: async (secretId, label, { from, to }) => {
      const command = new UpdateSecretVersionStageCommand({
        SecretId: secretId,
        VersionStage: label,
        MoveToVersionId: to,
        ...(from !== undefined && { RemoveFromVersionId: from }),
      });
      const error = await failureOf(send(secretId, (client, abort) => client.send(command, abort)));
      if (error === undefined) return;
      // An attempt whose response was lost may have moved the label, so that the next attempt is refused.
      const isRefused = error instanceof Error && error.name === "InvalidParameterException";
      if (isRefused && (await get(secretId, { stage: label }))?.VersionId === to) return;
      throw moveLabelError(secretId, label, error, options);
    },
    lastChangedAt: async (secretId) => {
      const command = new DescribeSecretCommand({ SecretId: secretId });
      const call = send(secretId, (client, abort) => client.send(command, abort));
      const output = await call.catch((error: unknown) => {
        throw describeError(secretId, error, options);
      });
      return output.LastChangedDate?.getTime();
    },
  };
}

type Client = Pick<SecretsManagerClient, "send" | "config">;
type Send = <T>(
  secretId: string,
  request: (client: Client, abort: { abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

/** Sends requests to the secret's region, a few at a time, and retries transient errors. */
function createSender({ clientFor, clock, random, deadlineAt, closed, retryMs }: SecretsOptions): Send {
  const limiter = new RateLimiter(clock, deadlineAt, AT_ONCE);
  return (secretId, request) => {
    const client = clientFor(scopeOf(secretId)?.region);
    return withAwsRetry((abortSignal) => request(client, { abortSignal }), {
      clock,
      random,
      deadlineAt,
      // Half of the remaining time is kept for the rest of the run.
      retryMs: Math.min(retryMs ?? MAX_RETRY_MS, (deadlineAt - clock.now()) / 2),
      maxDelayMs: MAX_DELAY_MS,
      attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
      schedule: (attempt) => limiter.schedule("read", attempt),
      ...(closed && { closed }),
    });
  };
}

function regionOf(secretId: string, { clientFor }: SecretsOptions): Promise<string | undefined> {
  const { region } = clientFor(scopeOf(secretId)?.region).config;
  return region().catch(() => undefined);
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error;
  }
}

function toInput(selector: VersionSelector): { VersionId: string } | { VersionStage: string } {
  return "versionId" in selector ? { VersionId: selector.versionId } : { VersionStage: selector.stage };
}

function toVersion(secretId: string, output: GetSecretValueCommandOutput): SecretVersion {
  const { ARN, SecretString, SecretBinary, VersionId, VersionStages, CreatedDate } = output;
  if (typeof SecretString !== "string" && SecretBinary === undefined)
    throw new SecretError(`Secrets Manager returned secret ${secretId} without a value.`);
  const text = SecretString ?? decodeText(SecretBinary);
  if (text === undefined) throw new SecretError(`Secret ${secretId} is binary; it must be text.`);
  return {
    versionId: VersionId ?? "",
    ...(ARN !== undefined && { arn: ARN }),
    createdAt: CreatedDate?.getTime() ?? 0,
    stages: VersionStages ?? [],
    value: new Secret(text.replace(/^\uFEFF/, "").replace(/[\r\n]+$/, "")),
  };
}

/** The UTF-8 text in the bytes; `undefined` for binary data. */
function decodeText(bytes: Uint8Array | undefined): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return /^[^\p{Cc}]+$/u.test(text.replace(/[\t\r\n]/g, "")) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** True if the secret may exist without the requested version. */
function isMissingVersion(selector: VersionSelector, error: unknown): boolean {
  const isCurrent = "stage" in selector && selector.stage === "AWSCURRENT";
  return !isCurrent && error instanceof Error && error.name === "ResourceNotFoundException";
}
