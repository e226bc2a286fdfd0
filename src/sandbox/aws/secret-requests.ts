import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsError } from "./error.ts";
import type { SecretStore, StoredSecret } from "./secret-store.ts";

const versionId = z.string().min(32).max(64);
const stage = z.string().min(1).max(256);
const secretOnly = z.object({ SecretId: z.string().min(1).max(2048) });
const newValue = z.object({
  ClientRequestToken: versionId.default(() => randomUUID()),
  SecretString: z.string().min(1).max(65_536).optional(),
  SecretBinary: z.base64().min(1).max(87_384).optional(),
});

export const schemas = {
  secretId: secretOnly,
  createSecret: newValue.extend({ Name: z.string().min(1).max(512) }),
  putSecretValue: newValue.extend({
    ...secretOnly.shape,
    VersionStages: z.array(stage).min(1).max(20).default(["AWSCURRENT"]),
  }),
  updateSecret: newValue.extend(secretOnly.shape),
  getSecretValue: secretOnly.extend({ VersionId: versionId.optional(), VersionStage: stage.optional() }),
  listSecretVersionIds: secretOnly.extend({ IncludeDeprecated: z.boolean().default(false) }),
  updateSecretVersionStage: secretOnly.extend({
    VersionStage: stage,
    RemoveFromVersionId: versionId.optional(),
    MoveToVersionId: versionId.optional(),
  }),
  deleteSecret: secretOnly.extend({
    RecoveryWindowInDays: z.int().min(7).max(30).optional(),
    ForceDeleteWithoutRecovery: z.boolean().default(false),
  }),
};

/** The parsed input of an operation. */
export type Input<Operation extends keyof typeof schemas> = z.infer<(typeof schemas)[Operation]>;

export const seconds = (ms: number): number => ms / 1000;
export const identity = ({ arn, name }: StoredSecret) => ({ ARN: arn, Name: name });
export const invalidParameter = (message: string) => new AwsError("InvalidParameterException", message);
export const invalidRequest = (message: string) => new AwsError("InvalidRequestException", message);
export const notFound = (what: string) =>
  new AwsError("ResourceNotFoundException", `Secrets Manager can't find the specified secret${what}`);

export function find(store: SecretStore, secretId: string): StoredSecret {
  const secret = store.find(secretId);
  if (!secret) throw notFound(".");
  return secret;
}

export function findLive(store: SecretStore, secretId: string): StoredSecret {
  const secret = find(store, secretId);
  if (secret.deletionAt !== undefined)
    throw invalidRequest(
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  return secret;
}
