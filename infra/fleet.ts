import { resolve } from "node:path";
import { CfnElement, Duration, RemovalPolicy, Validations } from "aws-cdk-lib";
import { Policy, PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { rotatorCode } from "./bundle.ts";

/** For more connections than one run of the function can rotate. */
export interface Fleet {
  /** How many batches are under way at once: one for each address that the function calls Confluent from. Default: 1. */
  readonly concurrency?: number;
}

export interface FleetProps extends Fleet {
  readonly configFile: string;
  readonly serviceName: string;
  readonly rotator: LambdaFunction;
  readonly roles: FleetRoles;
  readonly topic: ITopic;
  readonly failedRuns: IQueue;
  readonly logRetention: RetentionDays;
  /** Default: dist/fleet of this package. */
  readonly bundle?: string | undefined;
}

export interface FleetRoles {
  readonly orchestrator: Role;
  readonly alert: Role;
}

const BUNDLE = resolve(import.meta.dirname, "../dist/fleet");

/** The orchestrator, the function that sends its alert, and the alias of the rotator that it calls. @returns what is to be invoked. */
export function addFleet(scope: Construct, props: FleetProps): IFunction {
  const { configFile, rotator, roles, topic, failedRuns, concurrency = 1, bundle = BUNDLE } = props;
  const common = {
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    code: rotatorCode(configFile, bundle),
    loggingFormat: LoggingFormat.JSON,
    retryAttempts: 0,
  };
  const environment = { NODE_OPTIONS: "--enable-source-maps", POWERTOOLS_SERVICE_NAME: props.serviceName };
  const logs = (id: string, role: Role): LogGroup => {
    const { logRetention: retention } = props;
    const logGroup = new LogGroup(scope, id, { retention, removalPolicy: RemovalPolicy.DESTROY });
    allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], logGroup.logGroupArn);
    return logGroup;
  };
  // What a run of the rotator does depends on the alias: through this one it sends no alert and answers in short.
  const batch = rotator.addAlias("batch");
  const alert = new LambdaFunction(scope, "FleetAlert", {
    ...common,
    description: "Sends the one alert of a run over a fleet of Flink connections",
    handler: "index.alert",
    memorySize: 256,
    timeout: Duration.seconds(30),
    role: roles.alert.withoutPolicyUpdates(),
    logGroup: logs("FleetAlertLogs", roles.alert),
    environment: { ...environment, ALERT_TOPIC_ARN: topic.topicArn },
  });
  allow(roles.alert, ["sns:Publish"], topic.topicArn);
  const orchestrator = new LambdaFunction(scope, "Fleet", {
    ...common,
    description: "Has a fleet of Flink connections rotated batch by batch",
    handler: "index.handler",
    // A list of 100,000 connections and their outcomes fits.
    memorySize: 1_024,
    timeout: Duration.minutes(15),
    durableConfig: { executionTimeout: Duration.days(7), retentionPeriod: Duration.days(14) },
    onFailure: new SqsDestination(failedRuns),
    role: roles.orchestrator.withoutPolicyUpdates(),
    logGroup: logs("FleetLogs", roles.orchestrator),
    environment: {
      ...environment,
      ROTATOR_FUNCTION: batch.functionArn,
      ALERT_FUNCTION: alert.functionArn,
      FLEET_CONCURRENCY: String(concurrency),
    },
  });
  allow(roles.orchestrator, ["lambda:InvokeFunction"], batch.functionArn, alert.functionArn);
  allow(roles.orchestrator, ["sqs:SendMessage"], failedRuns.queueArn);
  allowDurableExecution(scope, orchestrator, roles.orchestrator);
  // A durable function can be invoked by a version or an alias alone.
  const { functionArn } = orchestrator.addAlias("live");
  return LambdaFunction.fromFunctionAttributes(scope, "ScheduledFleet", {
    functionArn,
    sameEnvironment: true,
  });
}

/** A policy of its own: in that of the role, it and the function would wait for each other. */
function allowDurableExecution(scope: Construct, orchestrator: LambdaFunction, role: Role): void {
  const actions = ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"];
  const resources = [`${orchestrator.functionArn}:*`];
  const statements = [new PolicyStatement({ actions, resources })];
  const policy = new Policy(scope, "FleetExecution", { roles: [role], statements });
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(orchestrator)}.Arn>:*]`,
    reason: "An execution's ARN goes on after the function's, with a version and ids that Lambda gives.",
  });
}

function logicalIdOf({ stack, node }: LambdaFunction): string {
  return CfnElement.isCfnElement(node.defaultChild) ? stack.getLogicalId(node.defaultChild) : "";
}

function allow(role: Role, actions: string[], ...resources: string[]): void {
  role.addToPolicy(new PolicyStatement({ actions, resources }));
}
