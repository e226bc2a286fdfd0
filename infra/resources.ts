import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

export function makeRole(scope: Construct, id: string): Role {
  return new Role(scope, id, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
}

export function makeLogGroup(scope: Construct, retention: RetentionDays): LogGroup {
  return new LogGroup(scope, "Logs", { retention, removalPolicy: RemovalPolicy.DESTROY });
}

export function makeQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, { enforceSSL: true, retentionPeriod: Duration.days(14) });
  Validations.of(queue).acknowledge({
    id: "AwsSolutions-SQS3",
    reason:
      "This queue is the dead-letter queue or on-failure destination of others, and nothing consumes it automatically.",
  });
  return queue;
}
