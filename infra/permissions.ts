import { Stack, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { SecretIdentity } from "./secrets.ts";

export interface RotatorResources {
  readonly secrets: readonly SecretIdentity[];
  /** Those of them that the connections use: the function moves their label, and never that of Confluent's own keys. */
  readonly rotated: readonly SecretIdentity[];
  readonly propagationLabel?: string | undefined;
  readonly kmsKeyArns: readonly string[];
  readonly topic: ITopic;
  readonly logGroup: ILogGroup;
  readonly failedRuns: IQueue;
}

/** A statement that is too long for one policy cannot be split by CDK; statements can. */
const SECRETS_PER_STATEMENT = 20;

/** Everything that the function may do, in one place. */
export function grantRotation(role: Role, resources: RotatorResources): void {
  const { secrets, topic, logGroup, failedRuns } = resources;
  allowOnSecrets(role, "secretsmanager:GetSecretValue", secrets);
  grantLabel(role, resources);
  for (const keyArn of resources.kmsKeyArns) grantDecrypt(role, keyArn);
  allow(role, ["sns:Publish"], [topic.topicArn]);
  allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
  allow(role, ["sqs:SendMessage"], [failedRuns.queueArn]);
}

/** What Lambda itself needs to attach the function to a VPC, denied to the code that runs in it. */
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
    reason: "Lambda asks for these actions on every resource; the function's own code is denied them.",
  });
}

function grantLabel(role: Role, { rotated, propagationLabel }: RotatorResources): void {
  if (propagationLabel === undefined) return;
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
