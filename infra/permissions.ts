import { Stack, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { SecretIdentity } from "./secrets.ts";

export interface RotatorResources {
  readonly secrets: readonly SecretIdentity[];
  /** The secrets of connections: the function moves a label on these, and never on the Confluent API keys' secrets. */
  readonly rotated: readonly SecretIdentity[];
  readonly propagationLabel?: string | undefined;
  /** With `when-stale` the function reads when a secret was last changed. */
  readonly refresh: "always" | "when-stale";
  readonly kmsKeyArns: readonly string[];
  readonly topic: ITopic;
  readonly logGroup: ILogGroup;
  readonly failedRuns: IQueue;
}

/** CDK moves statements to further policies if a policy is too long, but does not split a statement. */
const SECRETS_PER_STATEMENT = 20;

/** Everything that the function may do. */
export function grantRotation(role: Role, resources: RotatorResources): void {
  const { secrets, topic, logGroup, failedRuns } = resources;
  allowOnSecrets(role, "secretsmanager:GetSecretValue", secrets);
  grantLabel(role, resources);
  for (const keyArn of resources.kmsKeyArns) grantDecrypt(role, keyArn);
  allow(role, ["sns:Publish"], [topic.topicArn]);
  allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
  allow(role, ["sqs:SendMessage"], [failedRuns.queueArn]);
}

/** Lambda needs these to attach the function to a VPC. The code of the function is denied them. */
export function grantNetworkInterfaces(role: Role): void {
  const actions = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ];
  allow(role, actions, ["*"]);
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions,
      resources: ["*"],
      conditions: { Null: { "lambda:SourceFunctionArn": "false" } },
    }),
  );
  Validations.of(role).acknowledge({
    id: "AwsSolutions-IAM5[Resource::*]",
    reason: "Lambda requires these actions on all resources; the code of the function is denied them.",
  });
}

function grantLabel(role: Role, { rotated, propagationLabel, refresh }: RotatorResources): void {
  if (propagationLabel === undefined) return;
  if (refresh === "when-stale") allowOnSecrets(role, "secretsmanager:DescribeSecret", rotated);
  allowOnSecrets(role, "secretsmanager:UpdateSecretVersionStage", rotated, {
    StringEquals: { "secretsmanager:VersionStage": propagationLabel },
  });
}

function grantDecrypt(role: Role, keyArn: string): void {
  const region = keyArn.split(":")[3] ?? Stack.of(role).region;
  allow(role, ["kms:Decrypt"], [keyArn], {
    StringEquals: { "kms:ViaService": `secretsmanager.${region}.${Stack.of(role).urlSuffix}` },
  });
}

function allowOnSecrets(
  role: Role,
  action: string,
  secrets: readonly SecretIdentity[],
  conditions?: Record<string, unknown>,
): void {
  const arns = secrets.map(({ fullArn, partialArn }) => fullArn ?? `${partialArn}-??????`);
  for (let start = 0; start < arns.length; start += SECRETS_PER_STATEMENT) {
    allow(role, [action], arns.slice(start, start + SECRETS_PER_STATEMENT), conditions);
  }
}

function allow(
  role: Role,
  actions: string[],
  resources: string[],
  conditions?: Record<string, unknown>,
): void {
  role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));
}
