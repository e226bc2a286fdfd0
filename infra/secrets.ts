import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** A secret of connections.json in the forms that IAM and EventBridge want. */
export interface SecretIdentity {
  readonly name: string;
  /** Without the hyphen and six characters that Secrets Manager puts at the end. */
  readonly partialArn: string;
  /** Absent where only the name or a partial ARN is configured. */
  readonly fullArn?: string;
}

const ARN = /^(?<stem>arn:[^:]+:secretsmanager:[^:]+:\d+:secret:)(?<rest>.+)$/;
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/** @param secret a name (of the stack's own account and region), partial ARN or full ARN. */
export function identifySecret(scope: Construct, secret: string): SecretIdentity {
  const { stem, rest } = ARN.exec(secret)?.groups ?? {};
  if (stem === undefined || rest === undefined) {
    const { partition, region, account } = Stack.of(scope);
    return {
      name: secret,
      partialArn: `arn:${partition}:secretsmanager:${region}:${account}:secret:${secret}`,
    };
  }
  if (!SUFFIX.test(rest)) return { name: rest, partialArn: secret };
  return { name: rest.replace(SUFFIX, ""), partialArn: secret.replace(SUFFIX, ""), fullArn: secret };
}

export function identifySecrets(scope: Construct, secrets: Iterable<string>): SecretIdentity[] {
  return [...new Set(secrets)].sort().map((secret) => identifySecret(scope, secret));
}
