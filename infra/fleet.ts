import { resolve } from "node:path";
import { Annotations, CfnElement, Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Policy, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import {
  type Alias,
  Architecture,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { VERSION } from "../src/version.ts";
import { type AlertOptions, alertEnvironment } from "./alert-options.ts";
import { rotatorCode } from "./bundle.ts";
import { allow } from "./permissions.ts";

/** A secret with more connections than this is rotated by the orchestrator: a run sends at most 1,000 requests a minute. */
export const MAX_CONNECTIONS_PER_RUN = 5_000;

/** For more connections than one run of the function can update. */
export interface FleetOptions {
  /** The number of concurrent batches: one for each IP address from which the function calls Confluent. Default: 1. */
  readonly concurrency?: number;
}

interface FleetProps extends FleetOptions {
  readonly configFile: string;
  readonly serviceName: string;
  readonly rotator: LambdaFunction;
  readonly roles: FleetRoles;
  readonly topic: ITopic;
  readonly failedRuns: IQueue;
  readonly logRetention: RetentionDays;
  readonly alerts?: AlertOptions | undefined;
  /** Default: dist/fleet of this package. */
  readonly bundle?: string | undefined;
}

export interface FleetRoles {
  readonly orchestrator: Role;
  readonly alert: Role;
}

const BUNDLE = resolve(import.meta.dirname, "../dist/fleet");

export interface Fleet {
  readonly orchestrator: IFunction;
  /** The alias of the orchestrator that starts runs. */
  readonly live: IFunction;
  /** The alias by which the orchestrator calls the rotator. */
  readonly batch: Alias;
}

/** Adds the orchestrator, the function that sends its alert, and the alias by which it calls the rotator. */
export function addFleet(scope: Construct, props: FleetProps): Fleet {
  // A run called by this alias sends no alert and returns a shorter report.
  const batch = props.rotator.addAlias("batch");
  // The event rules call the function itself, and the orchestrator calls the alias by its own permission.
  Annotations.of(props.rotator).acknowledgeWarning("@aws-cdk/aws-lambda:addPermissionsToVersionOrAlias");
  const alert = addAlertFunction(scope, props);
  const orchestrator = addOrchestrator(scope, props, {
    ROTATOR_FUNCTION: batch.functionArn,
    ALERT_FUNCTION: alert.functionArn,
  });
  const role = props.roles.orchestrator;
  allow(role, ["lambda:InvokeFunction"], [batch.functionArn, alert.functionArn]);
  allow(role, ["sqs:SendMessage"], [props.failedRuns.queueArn]);
  allowDurableExecution(scope, orchestrator, role);
  // A durable function is always invoked by a version or an alias.
  const alias = orchestrator.addAlias("live");
  // This configures the invoked alias; on the function itself it would apply only to $LATEST.
  alias.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.hours(1) });
  const { functionArn } = alias;
  const live = LambdaFunction.fromFunctionAttributes(scope, "ScheduledFleet", {
    functionArn,
    sameEnvironment: true,
  });
  return { orchestrator, live, batch };
}

function addAlertFunction(scope: Construct, props: FleetProps): LambdaFunction {
  const { roles, topic } = props;
  const alert = new LambdaFunction(scope, "FleetAlert", {
    ...commonProps(props),
    description: "Sends the alert of a run over a fleet of Flink connections",
    handler: "index.alert",
    memorySize: 256,
    timeout: Duration.seconds(30),
    retryAttempts: 0,
    role: roles.alert.withoutPolicyUpdates(),
    logGroup: addLogGroup(scope, "FleetAlertLogs", props, roles.alert),
    environment: { ...commonEnvironment(props), ALERT_TOPIC_ARN: topic.topicArn },
  });
  allow(roles.alert, ["sns:Publish"], [topic.topicArn]);
  return alert;
}

function addOrchestrator(
  scope: Construct,
  props: FleetProps,
  functions: Readonly<Record<string, string>>,
): LambdaFunction {
  const { roles, failedRuns, concurrency = 1 } = props;
  return new LambdaFunction(scope, "Fleet", {
    ...commonProps(props),
    description: `Rotates the keys of a fleet of Flink connections batch by batch (version ${VERSION})`,
    handler: "index.handler",
    // 100,000 connections and their outcomes fit.
    memorySize: 1_024,
    timeout: Duration.minutes(15),
    durableConfig: { executionTimeout: Duration.days(7), retentionPeriod: Duration.days(14) },
    // Receives the events of failed, timed-out or stopped executions. Destinations do not apply to these.
    deadLetterQueue: failedRuns,
    // An execution stays on the version on which it started.
    currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    role: roles.orchestrator.withoutPolicyUpdates(),
    logGroup: addLogGroup(scope, "FleetLogs", props, roles.orchestrator),
    environment: { ...commonEnvironment(props), ...functions, FLEET_CONCURRENCY: String(concurrency) },
  });
}

function commonProps({ configFile, bundle = BUNDLE }: FleetProps) {
  return {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: rotatorCode(configFile, bundle),
    loggingFormat: LoggingFormat.JSON,
  } as const;
}

function commonEnvironment({ serviceName, alerts }: FleetProps): Readonly<Record<string, string>> {
  return {
    ...alertEnvironment(serviceName, alerts),
    NODE_OPTIONS: "--enable-source-maps",
    POWERTOOLS_SERVICE_NAME: serviceName,
  };
}

function addLogGroup(scope: Construct, id: string, { logRetention }: FleetProps, role: Role): LogGroup {
  const props = { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY };
  const logGroup = new LogGroup(scope, id, props);
  allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
  return logGroup;
}

/** This needs a separate policy: in the role's default policy it would be a circular dependency. */
function allowDurableExecution(scope: Construct, orchestrator: LambdaFunction, role: Role): void {
  const actions = ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"];
  const resources = [`${orchestrator.functionArn}:*`];
  const list = ["lambda:ListDurableExecutionsByFunction"];
  const statements = [
    new PolicyStatement({ actions, resources }),
    new PolicyStatement({ actions: list, resources: [orchestrator.functionArn] }),
  ];
  const policy = new Policy(scope, "FleetExecution", { roles: [role], statements });
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(orchestrator)}.Arn>:*]`,
    reason: "The ARN of an execution extends the function's ARN by a version and ids chosen by Lambda.",
  });
}

function logicalIdOf({ stack, node }: LambdaFunction): string {
  return CfnElement.isCfnElement(node.defaultChild) ? stack.getLogicalId(node.defaultChild) : "";
}
