import {
  find,
  findLive,
  type Input,
  identity,
  invalidParameter,
  notFound,
  seconds,
} from "./secret-requests.ts";
import { type SecretStore, versionWith } from "./secret-store.ts";

const DAY_MS = 86_400_000;

export function describeSecret(store: SecretStore, input: Input<"secretId">) {
  const secret = find(store, input.SecretId);
  const labelled = [...store.readable(secret).values()].filter(({ stages }) => stages.size > 0);
  return {
    ...identity(secret),
    CreatedDate: seconds(secret.createdAt),
    LastChangedDate: seconds(secret.changedAt),
    ...(secret.deletionAt !== undefined && { DeletedDate: seconds(secret.deletionAt) }),
    VersionIdsToStages: Object.fromEntries(labelled.map(({ id, stages }) => [id, [...stages]])),
  };
}

export function listSecretVersionIds(store: SecretStore, input: Input<"listSecretVersionIds">) {
  const secret = find(store, input.SecretId);
  const versions = [...store.readable(secret).values()];
  return {
    ...identity(secret),
    Versions: versions
      .filter(({ stages }) => input.IncludeDeprecated || stages.size > 0)
      .map(({ id, stages, createdAt }) => ({
        VersionId: id,
        VersionStages: [...stages],
        CreatedDate: seconds(createdAt),
      })),
  };
}

export function updateSecretVersionStage(store: SecretStore, input: Input<"updateSecretVersionStage">) {
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

export function deleteSecret(store: SecretStore, input: Input<"deleteSecret">) {
  const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: force } = input;
  if (force && days !== undefined)
    throw invalidParameter(
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  const secret = force ? find(store, SecretId) : findLive(store, SecretId);
  if (force) store.remove(secret);
  secret.deletionAt = store.now + (force ? 0 : (days ?? 30) * DAY_MS);
  return { ...identity(secret), DeletionDate: seconds(secret.deletionAt) };
}

export function restoreSecret(store: SecretStore, input: Input<"secretId">) {
  const secret = find(store, input.SecretId);
  secret.deletionAt = undefined;
  return identity(secret);
}
