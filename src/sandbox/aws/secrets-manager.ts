import type * as z from "zod";
import { AwsError } from "./error.ts";
import { schemas } from "./secret-requests.ts";
import type { SecretStore } from "./secret-store.ts";
import { createSecret, getSecretValue, putSecretValue, updateSecret } from "./secret-values.ts";
import {
  deleteSecret,
  describeSecret,
  listSecretVersionIds,
  restoreSecret,
  updateSecretVersionStage,
} from "./secret-versions.ts";

type Operation = (store: SecretStore, input: unknown) => object;

const operation =
  <Input>(schema: z.ZodType<Input>, run: (store: SecretStore, input: Input) => object): Operation =>
  (store, input) => {
    const parsed = schema.safeParse(input);
    if (!parsed.success) throw new AwsError("InvalidParameterException", describeFault(parsed.error));
    return run(store, parsed.data);
  };

function describeFault({ issues: [issue] }: z.ZodError): string {
  return `Invalid parameter ${issue?.path.join(".")}: ${issue?.message}`;
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ["CreateSecret", operation(schemas.createSecret, createSecret)],
  ["PutSecretValue", operation(schemas.putSecretValue, putSecretValue)],
  ["UpdateSecret", operation(schemas.updateSecret, updateSecret)],
  ["GetSecretValue", operation(schemas.getSecretValue, getSecretValue)],
  ["DescribeSecret", operation(schemas.secretId, describeSecret)],
  ["ListSecretVersionIds", operation(schemas.listSecretVersionIds, listSecretVersionIds)],
  ["UpdateSecretVersionStage", operation(schemas.updateSecretVersionStage, updateSecretVersionStage)],
  ["DeleteSecret", operation(schemas.deleteSecret, deleteSecret)],
  ["RestoreSecret", operation(schemas.secretId, restoreSecret)],
]);

/**
 * Answers one call of AWS Secrets Manager.
 * @throws AwsError with the code and message that AWS would answer.
 */
export function callSecretsManager(store: SecretStore, operationName: string, input: unknown): object {
  const run = OPERATIONS.get(operationName);
  if (!run) throw new AwsError("UnknownOperationException", `The sandbox does not know ${operationName}.`);
  return run(store, input);
}
