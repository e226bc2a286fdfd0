import { Stack, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { grantSecrets, type PermittedSecrets } from "./secret-permissions.ts";

interface RotatorResources extends PermittedSecrets {
  readonly kmsKeyArns: readonly string[];
  readonly topic: ITopic;
  readonly logGroup: ILogGroup;
  readonly failedRuns: IQueue;
}

/** Grants all permissions of the function. */
export function grantRotation(role: Role, resources: RotatorResources): void {
  const { topic, logGroup, failedRuns } = resources;
  grantSecrets(role, resources);
  for (const keyArn of resources.kmsKeyArns) grantDecrypt(role, keyArn);
  allow(role, ["sns:Publish"], [topic.topicArn]);
  allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
  allow(role, ["sqs:SendMessage"], [failedRuns.queueArn]);
}

/** Lambda needs these to attach the function to a VPC. The function's code is denied them. */
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
    reason: "Lambda requires these actions on all resources; the function's code is denied them.",
  });
}

function grantDecrypt(role: Role, keyArn: string): void {
  const region = keyArn.split(":")[3] ?? Stack.of(role).region;
  allow(role, ["kms:Decrypt"], [keyArn], {
    StringEquals: { "kms:ViaService": `secretsmanager.${region}.${Stack.of(role).urlSuffix}` },
  });
}

export function allow(
  role: Role,
  actions: string[],
  resources: string[],
  conditions?: Record<string, unknown>,
): void {
  role.addToPolicy(new PolicyStatement({ actions, resources, ...(conditions && { conditions }) }));
}
