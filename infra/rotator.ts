import { Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { readConfig } from "../src/config/load.ts";
import { addAlarms } from "./alarms.ts";
import { rotatorCode } from "./bundle.ts";
import { addDashboard } from "./dashboard.ts";
import { addFleet, type Fleet } from "./fleet.ts";
import { makeFunction } from "./function.ts";
import { metricsOf } from "./metrics.ts";
import type { Network } from "./network.ts";
import { grantNetworkInterfaces, grantRotation } from "./permissions.ts";
import { acceptDeadLetters, addBrokenRotationRules, addChangeRules } from "./rules.ts";
import { addSchedule, periodOf, type RotationSchedule } from "./schedule.ts";
import { identifySecrets } from "./secrets.ts";
import { makeAlertTopic } from "./topic.ts";

export interface ConnectionRotatorProps {
  /** The connections.json that the function reads; it decides permissions and event filters too. */
  readonly configFile: string;
  /** Default: once a day. */
  readonly schedule?: RotationSchedule;
  /** Starts runs from CloudTrail's events as well as from Secrets Manager's own. Default: false. */
  readonly cloudTrailEvents?: boolean;
  /** Where alerts go. Default: a new encrypted topic. */
  readonly alertTopic?: ITopic;
  /** Who is subscribed to that topic. */
  readonly alertEmails?: readonly string[];
  /** The customer-managed keys that the secrets are encrypted with. */
  readonly kmsKeyArns?: readonly string[];
  /** Default: no VPC. */
  readonly network?: Network;
  /** Runs by the schedule are made by an orchestrator, batch by batch. Default: by the function itself, in one run. */
  readonly fleet?: Fleet;
  /** Default: three months. */
  readonly logRetention?: RetentionDays;
  /** Tells the metrics of two rotators in one account and region apart. Default: flink-connection-rotator. */
  readonly serviceName?: string;
  /** The folder with the built bundle. Default: dist/lambda of this package. */
  readonly bundle?: string;
}

const LOG_RETENTION = RetentionDays.THREE_MONTHS;
const DAILY: RotationSchedule = { expression: "rate(1 day)" };

/** The rotator with all that starts it, watches it and lets it work. */
export class ConnectionRotator extends Construct {
  readonly function: IFunction;
  readonly role: Role;
  readonly alertTopic: ITopic;

  /** @throws ConfigError where connections.json has faults. */
  constructor(scope: Construct, id: string, props: ConnectionRotatorProps) {
    super(scope, id);
    const { configFile, schedule = DAILY, serviceName = "flink-connection-rotator", network } = props;
    const { connections, environments, propagationLabel } = readConfig(configFile);
    const connectionSecrets = connections.map(({ secret }) => secret);
    const ownKeys = [...environments.values()].map(({ apiKeySecret }) => apiKeySecret);
    const rotated = identifySecrets(this, connectionSecrets);
    const secrets = identifySecrets(this, [...connectionSecrets, ...ownKeys]);

    const deadLetters = makeQueue(this, "DeadLetters");
    const failedRuns = makeQueue(this, "FailedRuns");
    const logGroup = makeLogGroup(this, props.logRetention);
    const role = makeRole(this, "Role");
    const fleetRoles = props.fleet && {
      orchestrator: makeRole(this, "FleetRole"),
      alert: makeRole(this, "FleetAlertRole"),
    };
    const topic = props.alertTopic ?? makeAlertTopic(this, [role, ...(fleetRoles ? [fleetRoles.alert] : [])]);
    for (const email of props.alertEmails ?? []) topic.addSubscription(new EmailSubscription(email));

    const { kmsKeyArns = [], bundle, cloudTrailEvents = false } = props;
    grantRotation(role, { secrets, rotated, propagationLabel, kmsKeyArns, topic, logGroup, failedRuns });
    if (network) grantNetworkInterfaces(role);
    const code = rotatorCode(configFile, bundle);
    const fn = makeFunction(this, {
      serviceName,
      code,
      role,
      topic,
      logGroup,
      failedRuns,
      network,
      fleet: props.fleet,
    });
    const scheduled =
      props.fleet && fleetRoles
        ? addFleet(this, {
            ...props.fleet,
            configFile,
            serviceName,
            rotator: fn,
            roles: fleetRoles,
            topic,
            failedRuns,
            logRetention: props.logRetention ?? LOG_RETENTION,
          })
        : fn;

    addSchedule(this, { ...schedule, fn: scheduled, deadLetters });
    addChangeRules(this, { secrets: rotated, cloudTrailEvents, fn, deadLetters });
    addBrokenRotationRules(this, { secrets, topic, deadLetters });
    acceptDeadLetters(deadLetters);
    const metric = metricsOf(serviceName);
    const schedulePeriod = periodOf(schedule);
    const alarms = addAlarms(this, { serviceName, metric, fn, deadLetters, topic, schedulePeriod });
    addDashboard(this, { metric, fn, alarms, environments: [...environments.keys()] });

    this.function = fn;
    this.role = role;
    this.alertTopic = topic;
  }
}

function makeRole(scope: Construct, id: string): Role {
  return new Role(scope, id, { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
}

function makeLogGroup(scope: Construct, retention = LOG_RETENTION): LogGroup {
  return new LogGroup(scope, "Logs", { retention, removalPolicy: RemovalPolicy.DESTROY });
}

function makeQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, { enforceSSL: true, retentionPeriod: Duration.days(14) });
  Validations.of(queue).acknowledge({
    id: "AwsSolutions-SQS3",
    reason:
      "It is itself where undelivered events and failed runs end, and nothing receives from it by itself.",
  });
  return queue;
}
