import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { possibleNames, scopeOf, toArn } from "../src/rotation/secret-id.ts";

/** A secret of connections.json in the forms that IAM and EventBridge need. */
export interface SecretIdentity {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Without the suffix of a hyphen and six characters. */
  readonly partialArn: string;
  /** Absent if only the name or a partial ARN is configured. */
  readonly fullArn?: string;
}

/** @param secret a name (in the stack's account and region), partial ARN or full ARN. */
function identifySecret(scope: Construct, secret: string): SecretIdentity {
  const { partition, region, account } = scopeOf(secret) ?? Stack.of(scope);
  const [path = secret, name = path] = possibleNames(secret);
  const partialArn = toArn(name, { partition, region, account });
  return { name, account, region, partialArn, ...(name !== path && { fullArn: secret }) };
}

export function identifySecrets(scope: Construct, secrets: Iterable<string>): SecretIdentity[] {
  return [...new Set(secrets)].sort().map((secret) => identifySecret(scope, secret));
}
