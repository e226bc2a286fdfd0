import { Validations } from "aws-cdk-lib";
import type { Role } from "aws-cdk-lib/aws-iam";
import type { Queue } from "aws-cdk-lib/aws-sqs";

/** cdk-nag's findings that are meant to be so, each with the reason. */
export function acknowledgeQueue(queue: Queue): void {
  Validations.of(queue).acknowledge({
    id: "AwsSolutions-SQS3",
    reason:
      "It is itself where undeliverable events and failed runs end; nothing receives from it by itself.",
  });
}

export function acknowledgeNetworkInterfaces(role: Role): void {
  Validations.of(role).acknowledge({
    id: "AwsSolutions-IAM5[Resource::*]",
    reason:
      "Lambda asks for these actions on every resource before it attaches a function to a VPC; the same policy denies " +
      "them to the function's own code.",
  });
}
