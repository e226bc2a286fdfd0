import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { type AwsCall, describeAwsFault, SIGN_IN, toAwsFault } from "../adapters/aws-fault.ts";
import { awsProxyOptions } from "../adapters/proxy.ts";
import { RotationError } from "../rotation/errors.ts";
import { WaitingNotice } from "../terminal/waiting-notice.ts";
import { requireEndpoints } from "./aws-environment.ts";
import type { Context } from "./context.ts";
import { CallError, UsageError } from "./errors.ts";

const SERVICE = "Secrets Manager";
const TIMEOUT_MS = 10_000;

/** @throws UsageError if an address is invalid, or if the AWS SDK finds no region or no credentials. */
export async function requireAwsConfig({ env }: Pick<Context, "env">): Promise<void> {
  requireEndpoints(env);
  const client = createClient();
  try {
    await client.config.region().catch((error: unknown) => {
      throw noRegion(error);
    });
    await client.config.credentials().catch((error: unknown) => {
      throw noCredentials(error, env["AWS_PROFILE"]);
    });
  } finally {
    client.destroy();
  }
}

/**
 * Reads one secret first, so that an expired session or an unreachable endpoint is reported once instead of for each secret.
 * @throws UsageError if AWS does not accept the credentials; RotationError if Secrets Manager cannot be reached.
 */
export async function requireAws(
  context: Pick<Context, "env" | "err">,
  secretId: string | undefined,
): Promise<void> {
  await requireAwsConfig(context);
  if (secretId === undefined) return;
  const client = createClient();
  const read = () =>
    client.send(new GetSecretValueCommand({ SecretId: secretId }), {
      abortSignal: AbortSignal.timeout(TIMEOUT_MS),
    });
  try {
    await new WaitingNotice(context.err).during(SERVICE, read);
  } catch (error) {
    throwIfUnusable(error, context.env["AWS_PROFILE"]);
  } finally {
    client.destroy();
  }
}

/** Any other error, such as a missing permission, concerns only this secret and is reported with it. */
function throwIfUnusable(error: unknown, profile: string | undefined): void {
  const fault = toAwsFault(error, { caller: "person", service: SERVICE, permission: "" });
  const { kind, sentence = "", nextStep } = fault;
  if (kind === "signed-out")
    throw new UsageError(describeAwsFault("AWS does not accept the credentials", fault), signInHint(profile));
  if (kind === "unreachable")
    throw new RotationError("unreachable", sentence, { ...(nextStep && { nextStep }) });
}

/** The error for a failed call without which the command cannot continue. */
export function callError(
  what: string,
  error: unknown,
  call: Omit<AwsCall, "caller"> & { readonly hint: string },
  { env }: Pick<Context, "env">,
): CallError | UsageError {
  const fault = toAwsFault(error, { ...call, caller: "person" });
  const { kind, nextStep = call.hint } = fault;
  if (kind === "unreachable") return new CallError("unreachable", describeAwsFault(what, fault), nextStep);
  const hint = kind === "signed-out" ? signInHint(env["AWS_PROFILE"]) : nextStep;
  return new UsageError(describeAwsFault(what, fault), hint);
}

/** The SDK also refuses a region that cannot be part of a host's name, and quotes it. */
function noRegion(error: unknown): UsageError {
  return error instanceof Error && /^Region not accepted: region="[^"]/.test(error.message)
    ? new UsageError(error.message, "Correct AWS_REGION, --region or the region of the profile.")
    : new UsageError(
        "No AWS region is set.",
        "Set AWS_REGION or AWS_PROFILE, or give --region or --profile.",
      );
}

function noCredentials(error: unknown, profile: string | undefined): UsageError {
  const { sentence = "" } = toAwsFault(error, { caller: "person", service: SERVICE, permission: "" });
  const reason = sentence === "Could not load credentials from any providers." ? "" : ` ${sentence}`;
  const where = profile === undefined ? "" : ` for profile "${profile}"`;
  return new UsageError(`No AWS credentials were found${where}.${reason}`, signInHint(profile));
}

function signInHint(profile: string | undefined): string {
  return profile === undefined
    ? SIGN_IN
    : `Sign in again: aws sso login --profile ${profile} (aws configure list-profiles shows the profiles).`;
}

function createClient(): SecretsManagerClient {
  return new SecretsManagerClient(awsClientOptions());
}

/** Options for the AWS clients of commands: they fail within seconds, because a person waits. */
export function awsClientOptions() {
  return {
    maxAttempts: 2,
    requestHandler: {
      connectionTimeout: 3_000,
      requestTimeout: 4_000,
      throwOnRequestTimeout: true,
      ...awsProxyOptions(),
    },
  } as const;
}
