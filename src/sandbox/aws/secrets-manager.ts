import * as z from "zod";
import { AwsError } from "./error.ts";
import * as operations from "./secret-operations.ts";
import type { SecretStore } from "./secret-store.ts";

type Operation = (store: SecretStore, input: unknown) => object;

const operation =
  <Input>(schema: z.ZodType<Input>, run: (store: SecretStore, input: Input) => object): Operation =>
  (store, input) => {
    const { data, error } = schema.safeParse(input);
    if (error) throw new AwsError("InvalidParameterException", z.prettifyError(error));
    return run(store, data);
  };

/** The operations that the rotator, the demo and the tests use. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ["PutSecretValue", operation(operations.putSecretValueInput, operations.putSecretValue)],
  ["GetSecretValue", operation(operations.getSecretValueInput, operations.getSecretValue)],
  ["DescribeSecret", operation(operations.describeSecretInput, operations.describeSecret)],
  ["ListSecrets", operation(operations.listSecretsInput, operations.listSecrets)],
  [
    "UpdateSecretVersionStage",
    operation(operations.updateSecretVersionStageInput, operations.updateSecretVersionStage),
  ],
  ["DeleteSecret", operation(operations.deleteSecretInput, operations.deleteSecret)],
]);

/**
 * Handles one call of AWS Secrets Manager.
 * @throws AwsError with the code and message that AWS returns.
 */
export function callSecretsManager(store: SecretStore, operationName: string, input: unknown): object {
  const run = OPERATIONS.get(operationName);
  if (!run)
    throw new AwsError("UnknownOperationException", `The sandbox does not implement ${operationName}.`);
  return run(store, input);
}
