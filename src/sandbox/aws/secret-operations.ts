import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsError } from "./error.ts";
import { type SecretStore, type SecretVersion, type StoredSecret, versionWith } from "./secret-store.ts";

const DAY_MS = 86_400_000;

const versionId = z.string().min(32).max(64);
const stage = z.string().min(1).max(256);
const SecretId = z.string().min(1).max(2048);

export const putSecretValueInput = z.object({
  SecretId,
  ClientRequestToken: versionId.default(() => randomUUID()),
  SecretString: z.string().min(1).max(65_536),
  VersionStages: z.array(stage).min(1).max(20).default(["AWSCURRENT"]),
});

export const getSecretValueInput = z.object({
  SecretId,
  VersionId: versionId.optional(),
  VersionStage: stage.optional(),
});

export const describeSecretInput = z.object({ SecretId });

export const listSecretsInput = z.object({
  MaxResults: z.int().min(1).max(100).default(100),
  NextToken: z.string().optional(),
});

export const updateSecretVersionStageInput = z.object({
  SecretId,
  VersionStage: stage,
  RemoveFromVersionId: versionId.optional(),
  MoveToVersionId: versionId.optional(),
});

export const deleteSecretInput = z.object({
  SecretId,
  RecoveryWindowInDays: z.int().min(7).max(30).default(30),
});

const identity = ({ arn, name }: StoredSecret) => ({ ARN: arn, Name: name });
const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
const notFound = (what: string) =>
  new AwsError("ResourceNotFoundException", `Secrets Manager can't find the specified secret${what}`);

function findLive(store: SecretStore, secretId: string): StoredSecret {
  const secret = store.find(secretId);
  if (!secret) throw notFound(".");
  if (secret.deletionAt !== undefined)
    throw invalidRequest(
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  return secret;
}

export function putSecretValue(store: SecretStore, input: z.infer<typeof putSecretValueInput>) {
  const secret = findLive(store, input.SecretId);
  const version = putVersion(store, secret, input);
  return { ...identity(secret), VersionId: version.id, VersionStages: [...version.stages] };
}

/** A used token succeeds with the same value, so that a client can repeat a call. */
function putVersion(
  store: SecretStore,
  secret: StoredSecret,
  { ClientRequestToken: id, SecretString, VersionStages: stages }: z.infer<typeof putSecretValueInput>,
): SecretVersion {
  const existing = secret.versions.get(id);
  if (!existing) return store.addVersion(secret, { id, value: { SecretString }, stages });
  existing.value ??= { SecretString };
  if (!("SecretString" in existing.value) || existing.value.SecretString !== SecretString)
    throw new AwsError(
      "ResourceExistsException",
      `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  return existing;
}

export function getSecretValue(store: SecretStore, input: z.infer<typeof getSecretValueInput>) {
  const secret = findLive(store, input.SecretId);
  const versions = store.readable(secret);
  const { VersionId, VersionStage } = input;
  const label = VersionStage ?? "AWSCURRENT";
  const version = VersionId === undefined ? versionWith(versions, label) : versions.get(VersionId);
  if (!version?.value)
    throw notFound(VersionId ? ` value for VersionId: ${VersionId}` : ` value for staging label: ${label}`);
  if (VersionStage !== undefined && !version.stages.has(VersionStage))
    throw invalidRequest("You provided a VersionStage that is not associated to the provided VersionId.");
  return {
    ...identity(secret),
    ...version.value,
    VersionId: version.id,
    VersionStages: [...version.stages],
    CreatedDate: version.createdAt / 1_000,
  };
}

export function describeSecret(store: SecretStore, input: z.infer<typeof describeSecretInput>) {
  const secret = findLive(store, input.SecretId);
  return { ...identity(secret), LastChangedDate: secret.changedAt / 1_000 };
}

export function listSecrets(store: SecretStore, input: z.infer<typeof listSecretsInput>) {
  const from = Number(input.NextToken ?? 0);
  const to = from + input.MaxResults;
  const live = store.all().filter(({ deletionAt }) => deletionAt === undefined);
  return {
    SecretList: live.slice(from, to).map(identity),
    ...(to < live.length && { NextToken: String(to) }),
  };
}

export function updateSecretVersionStage(
  store: SecretStore,
  input: z.infer<typeof updateSecretVersionStageInput>,
) {
  const secret = findLive(store, input.SecretId);
  const { VersionStage: label, MoveToVersionId: to, RemoveFromVersionId: from } = input;
  const target = to === undefined ? undefined : secret.versions.get(to);
  if (to !== undefined && !target) throw notFound(` value for VersionId: ${to}`);
  checkMove(label, { from, to, holder: versionWith(secret.versions, label)?.id });
  store.moveStage(secret, label, target);
  return identity(secret);
}

interface StageMove {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly holder: string | undefined;
}

function checkMove(label: string, { from, to, holder }: StageMove): void {
  if (from === undefined && to === undefined)
    throw invalidParameter("You must provide RemoveFromVersionId, MoveToVersionId, or both.");
  if (from !== undefined && from !== holder)
    throw invalidParameter(
      `When you move staging label ${label}, RemoveFromVersionId must be the version that it is attached to.`,
    );
  if (from === undefined && holder !== undefined && holder !== to)
    throw invalidParameter(
      `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  if (to === undefined && label === "AWSCURRENT")
    throw invalidParameter(
      "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
    );
}

export function deleteSecret(store: SecretStore, input: z.infer<typeof deleteSecretInput>) {
  const secret = findLive(store, input.SecretId);
  secret.deletionAt = store.now + input.RecoveryWindowInDays * DAY_MS;
  return { ...identity(secret), DeletionDate: secret.deletionAt / 1_000 };
}
