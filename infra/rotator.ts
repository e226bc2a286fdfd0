import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { readConfig } from "../src/config.ts";
import { acknowledgeNetworkInterfaces, acknowledgeQueue } from "./acknowledgements.ts";
import { addAlarms } from "./alarms.ts";
import { rotatorCode } from "./bundle.ts";
import { addDashboard } from "./dashboard.ts";
import { makeFunction } from "./function.ts";
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
  /** Default: three months. */
  readonly logRetention?: RetentionDays;
  /** The folder with the built bundle. Default: dist/lambda of this package. */
  readonly bundle?: string;
}

const DAILY: RotationSchedule = { expression: "rate(1 day)" };

/** The rotator with all that starts it, watches it and lets it work. */
export class ConnectionRotator extends Construct {
  readonly function: IFunction;
  readonly role: Role;
  readonly alertTopic: ITopic;

  /** @throws ConfigError where connections.json has faults. */
  constructor(scope: Construct, id: string, props: ConnectionRotatorProps) {
    super(scope, id);
    const config = readConfig(props.configFile);
    const { schedule = DAILY, network, cloudTrailEvents: cloudTrail = false } = props;
    const ownKeys = [...config.environments.values()].map(({ apiKeySecret }) => apiKeySecret);
    const connectionSecrets = config.connections.map(({ secret }) => secret);
    const secrets = identifySecrets(this, [...connectionSecrets, ...ownKeys]);
    const labelledSecrets = identifySecrets(this, connectionSecrets);

    const deadLetters = makeQueue(this, "DeadLetters");
    const failedRuns = makeQueue(this, "FailedRuns");
    const logGroup = new LogGroup(this, "Logs", {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    const topic = props.alertTopic ?? makeAlertTopic(this, role);
    for (const email of props.alertEmails ?? []) topic.addSubscription(new EmailSubscription(email));

    grantRotation(role, {
      secrets,
      labelledSecrets,
      propagationLabel: config.propagationLabel,
      kmsKeyArns: props.kmsKeyArns ?? [],
      topic,
      logGroup,
      failedRuns,
    });
    if (network) {
      grantNetworkInterfaces(role);
      acknowledgeNetworkInterfaces(role);
    }
    const code = rotatorCode(props.configFile, props.bundle);
    const fn = makeFunction(this, { code, role, topic, logGroup, failedRuns, network });

    addSchedule(this, { ...schedule, fn, deadLetters });
    addChangeRules(this, { secrets: labelledSecrets, cloudTrail, fn, deadLetters });
    addBrokenRotationRules(this, { secrets, topic, deadLetters });
    acceptDeadLetters(deadLetters);
    const alarms = addAlarms(this, { fn, deadLetters, topic, schedulePeriod: periodOf(schedule) });
    addDashboard(this, { fn, alarms, environments: [...config.environments.keys()] });

    this.function = fn;
    this.role = role;
    this.alertTopic = topic;
  }
}

function makeQueue(scope: Construct, id: string): Queue {
  const queue = new Queue(scope, id, { enforceSSL: true, retentionPeriod: Duration.days(14) });
  acknowledgeQueue(queue);
  return queue;
}
