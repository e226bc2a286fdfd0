import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { type IRole, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { FleetRoles } from "./fleet.ts";
import type { ConnectionRotatorProps } from "./rotator.ts";
import { makeAlertTopic } from "./topic.ts";

export const LOG_RETENTION = RetentionDays.THREE_MONTHS;

export interface Resources {
  readonly role: IRole;
  /** The same role, unless it was given. */
  readonly ownRole: Role | undefined;
  readonly fleetRoles: FleetRoles | undefined;
  readonly topic: ITopic;
  readonly logGroup: LogGroup;
  /** Receives events that could not be delivered. */
  readonly deadLetterQueue: Queue;
  /** Receives the events of failed runs. */
  readonly failedRuns: Queue;
}

export function makeResources(scope: Construct, props: ConnectionRotatorProps): Resources {
  const deadLetterQueue = makeQueue(scope, "DeadLetterQueue");
  const failedRuns = makeQueue(scope, "FailedRuns");
  const logGroup = makeLogGroup(scope, props.logRetention ?? LOG_RETENTION);
  const { role, ownRole } = roleOf(scope, props);
  const fleetRoles = props.fleet && {
    orchestrator: makeRole(scope, "FleetRole"),
    alert: makeRole(scope, "FleetAlertRole"),
  };
  const publishers = [role, ...(fleetRoles ? [fleetRoles.alert] : [])];
  const topic = props.alertTopic ?? makeAlertTopic(scope, publishers);
  for (const email of props.alertEmails ?? []) topic.addSubscription(new EmailSubscription(email));
  return { role, ownRole, fleetRoles, topic, logGroup, deadLetterQueue, failedRuns };
}

function roleOf(scope: Construct, { role }: ConnectionRotatorProps): Pick<Resources, "role" | "ownRole"> {
  if (role) return { role, ownRole: undefined };
  const ownRole = makeRole(scope, "Role");
  return { role: ownRole, ownRole };
}

function makeRole(scope: Construct, id: string): Role {
  return new Role(scope, id, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
}

function makeLogGroup(scope: Construct, retention: RetentionDays): LogGroup {
  return new LogGroup(scope, "Logs", { retention, removalPolicy: RemovalPolicy.DESTROY });
}

function makeQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, { enforceSSL: true, retentionPeriod: Duration.days(14) });
  Validations.of(queue).acknowledge({
    id: "AwsSolutions-SQS3",
    reason:
      "This queue is the dead-letter queue or on-failure destination of others, and nothing consumes it automatically.",
  });
  return queue;
}
