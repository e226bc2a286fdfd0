import { AwsError } from "./error.ts";
import {
  findLive,
  type Input,
  identity,
  invalidParameter,
  invalidRequest,
  notFound,
  seconds,
} from "./secret-requests.ts";
import {
  type SecretStore,
  type SecretValue,
  type SecretVersion,
  type StoredSecret,
  versionWith,
} from "./secret-store.ts";

const INVALID_NAME =
  "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!";

function givenValue({
  SecretString,
  SecretBinary,
}: Omit<Input<"updateSecret">, "SecretId">): SecretValue | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined)
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  if (SecretString !== undefined) return { SecretString };
  return SecretBinary === undefined ? undefined : { SecretBinary };
}

const sameValue = (a: SecretValue | undefined, b: SecretValue | undefined) =>
  JSON.stringify(a) === JSON.stringify(b);

const tokenInUse = (token: string, { arn }: StoredSecret) =>
  new AwsError(
    "ResourceExistsException",
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${arn}.`,
  );

export function createSecret(store: SecretStore, input: Input<"createSecret">) {
  const { Name, ClientRequestToken: id } = input;
  if (!/^[\w/+=.@!-]+$/.test(Name)) throw invalidParameter(INVALID_NAME);
  const value = givenValue(input);
  const existing = store.find(Name);
  if (existing?.deletionAt !== undefined)
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  if (existing && !(value && sameValue(existing.versions.get(id)?.value, value)))
    throw new AwsError(
      "ResourceExistsException",
      `The operation failed because the secret ${Name} already exists.`,
    );
  const secret = existing ?? store.create(Name);
  if (!existing && value) store.addVersion(secret, { id, value, stages: ["AWSCURRENT"] });
  return { ...identity(secret), ...(value && { VersionId: id }) };
}

export function putSecretValue(store: SecretStore, input: Input<"putSecretValue">) {
  const secret = findLive(store, input.SecretId);
  const value = givenValue(input);
  if (!value) throw invalidRequest("You must provide either SecretString or SecretBinary.");
  const version = putVersion(store, secret, {
    id: input.ClientRequestToken,
    value,
    stages: input.VersionStages,
  });
  return { ...identity(secret), VersionId: version.id, VersionStages: [...version.stages] };
}

function putVersion(
  store: SecretStore,
  secret: StoredSecret,
  { id, value, stages }: { id: string; value: SecretValue; stages: readonly string[] },
): SecretVersion {
  const existing = secret.versions.get(id);
  if (!existing) return store.addVersion(secret, { id, value, stages });
  existing.value ??= value;
  if (!sameValue(existing.value, value)) throw tokenInUse(id, secret);
  return existing;
}

export function updateSecret(store: SecretStore, input: Input<"updateSecret">) {
  const secret = findLive(store, input.SecretId);
  const value = givenValue(input);
  if (!value) return identity(secret);
  const id = input.ClientRequestToken;
  if (secret.versions.has(id)) throw tokenInUse(id, secret);
  store.addVersion(secret, { id, value, stages: ["AWSCURRENT"] });
  return { ...identity(secret), VersionId: id };
}

export function getSecretValue(store: SecretStore, input: Input<"getSecretValue">) {
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
    CreatedDate: seconds(version.createdAt),
  };
}
