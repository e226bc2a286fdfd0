import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

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

const ARN = /^arn:[^:]+:secretsmanager:(?<region>[^:]+):(?<account>\d+):secret:(?<rest>.+)$/;
const SUFFIX = /-[A-Za-z0-9]{6}$/;

/** @param secret a name (in the stack's account and region), partial ARN or full ARN. */
function identifySecret(scope: Construct, secret: string): SecretIdentity {
  const { region, account, rest } = ARN.exec(secret)?.groups ?? {};
  if (region === undefined || account === undefined || rest === undefined) {
    const own = Stack.of(scope);
    return {
      name: secret,
      account: own.account,
      region: own.region,
      partialArn: `arn:${own.partition}:secretsmanager:${own.region}:${own.account}:secret:${secret}`,
    };
  }
  if (!SUFFIX.test(rest)) return { name: rest, account, region, partialArn: secret };
  return {
    name: rest.replace(SUFFIX, ""),
    account,
    region,
    partialArn: secret.replace(SUFFIX, ""),
    fullArn: secret,
  };
}

export function identifySecrets(scope: Construct, secrets: Iterable<string>): SecretIdentity[] {
  return [...new Set(secrets)].sort().map((secret) => identifySecret(scope, secret));
}
