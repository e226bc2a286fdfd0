import { Stack, Token, Validations } from "aws-cdk-lib";
import { Effect, ManagedPolicy, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { deployedLength, LIMITS, requirePolicies } from "./limits.ts";
import type { SecretIdentity } from "./secrets.ts";

/** A tag of every listed secret in the stack's account. */
export interface SecretTag {
  readonly key: string;
  readonly value: string;
}

export interface PermittedSecrets {
  readonly secrets: readonly SecretIdentity[];
  /** The connections' secrets. The function moves a label on these, but not on the Confluent API keys' secrets. */
  readonly rotated: readonly SecretIdentity[];
  readonly propagationLabel?: string | undefined;
  /** With `when-stale`, the function reads when a secret was last changed. */
  readonly refresh: "always" | "when-stale";
  readonly secretTag?: SecretTag | undefined;
}

const READ = "secretsmanager:GetSecretValue";
const DESCRIBE = "secretsmanager:DescribeSecret";
const MOVE_LABEL = "secretsmanager:UpdateSecretVersionStage";

/** The space for ARNs in a policy, without the statements around them. */
const CHARACTERS_PER_POLICY = LIMITS.managedPolicyCharacters - 500;
const CHARACTERS_AROUND_ARN = 3;

/** @throws SettingsError if a role cannot hold so many secrets by name. */
export function grantSecrets(role: Role, permitted: PermittedSecrets): void {
  const { secrets, propagationLabel, secretTag } = permitted;
  const named = secretTag ? secrets.filter((secret) => !isOwn(role, secret)) : secrets;
  if (secretTag) grantByTag(role, permitted, secretTag);
  if (propagationLabel !== undefined) role.addToPolicy(denyOtherLabels(propagationLabel));
  const packs = packByLength(named);
  const policies = packs.map((pack) => statementsFor(pack, permitted));
  if (policies.length <= 1) {
    for (const statement of policies.flat()) role.addToPolicy(statement);
    return;
  }
  requirePolicies(secrets.length, policies.length);
  for (const [index, statements] of policies.entries())
    new ManagedPolicy(role, `Secrets${index + 1}`, { roles: [role], statements });
}

/** Denies other labels on `*`, because a condition in the allow statement would need a second list of secrets. */
function denyOtherLabels(propagationLabel: string): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.DENY,
    actions: [MOVE_LABEL],
    resources: ["*"],
    conditions: { StringNotEquals: { "secretsmanager:VersionStage": propagationLabel } },
  });
}

function statementsFor(
  pack: readonly SecretIdentity[],
  { rotated, ...permitted }: PermittedSecrets,
): PolicyStatement[] {
  const names = new Set(rotated.map(({ partialArn }) => partialArn));
  const isRotated = ({ partialArn }: SecretIdentity) => names.has(partialArn);
  return [
    { secrets: pack.filter(isRotated), actions: actionsOf(permitted) },
    { secrets: pack.filter((secret) => !isRotated(secret)), actions: [READ] },
  ]
    .filter(({ secrets }) => secrets.length > 0)
    .map(({ secrets, actions }) => new PolicyStatement({ actions, resources: secrets.map(arnOf) }));
}

function actionsOf({ propagationLabel, refresh }: Omit<PermittedSecrets, "rotated">): string[] {
  if (propagationLabel === undefined) return [READ];
  return refresh === "when-stale" ? [READ, DESCRIBE, MOVE_LABEL] : [READ, MOVE_LABEL];
}

function grantByTag(role: Role, permitted: PermittedSecrets, { key, value }: SecretTag): void {
  const { partition, region, account } = Stack.of(role);
  const everySecret = (parts: readonly string[]) =>
    `arn:${parts[0]}:secretsmanager:${parts[1]}:${parts[2]}:secret:*`;
  role.addToPolicy(
    new PolicyStatement({
      actions: actionsOf(permitted),
      resources: [everySecret([partition, region, account])],
      conditions: { StringEquals: { [`aws:ResourceTag/${key}`]: value } },
    }),
  );
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${everySecret([
      readable(partition, "Partition"),
      readable(region, "Region"),
      readable(account, "AccountId"),
    ])}]`,
    reason: "The tag limits the statement to secrets that are meant for the rotator.",
  });
}

/** A value that is unknown before deployment, as cdk-nag writes it. */
function readable(value: string, pseudoParameter: string): string {
  return Token.isUnresolved(value) ? `<AWS::${pseudoParameter}>` : value;
}

function isOwn(role: Role, { account }: SecretIdentity): boolean {
  return Token.isUnresolved(account) || account === Stack.of(role).account;
}

function arnOf({ fullArn, partialArn }: SecretIdentity): string {
  return fullArn ?? `${partialArn}-??????`;
}

function packByLength(secrets: readonly SecretIdentity[]): SecretIdentity[][] {
  const packs: SecretIdentity[][] = [];
  let length = CHARACTERS_PER_POLICY;
  for (const secret of secrets) {
    const added = deployedLength(arnOf(secret)) + CHARACTERS_AROUND_ARN;
    if (length + added > CHARACTERS_PER_POLICY) {
      packs.push([]);
      length = 0;
    }
    packs.at(-1)?.push(secret);
    length += added;
  }
  return packs;
}
