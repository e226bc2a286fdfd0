import { Duration } from "aws-cdk-lib";
import { type IRole, Role } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from "aws-cdk-lib/aws-lambda";
import { SqsDestination } from "aws-cdk-lib/aws-lambda-destinations";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { VERSION } from "../src/version.ts";
import { type AlertOptions, alertEnvironment } from "./alert-options.ts";
import { CA_CERTIFICATES_PATH } from "./bundle.ts";
import type { FleetOptions } from "./fleet.ts";
import { METRICS_NAMESPACE } from "./metrics.ts";
import { type HttpsProxy, inNetwork, type Network, proxyEnvironment } from "./network.ts";

interface RotatorFunctionProps {
  readonly serviceName: string;
  readonly code: Code;
  readonly role: IRole;
  readonly topic: ITopic;
  readonly logGroup: ILogGroup;
  readonly failedRuns: IQueue;
  readonly network?: Network | undefined;
  readonly proxy?: HttpsProxy | undefined;
  readonly caCertificates?: string | undefined;
  readonly fleet?: FleetOptions | undefined;
  readonly alerts?: AlertOptions | undefined;
}

export function makeFunction(scope: Construct, props: RotatorFunctionProps): LambdaFunction {
  const { code, role, logGroup, failedRuns, network, proxy, fleet } = props;
  return new LambdaFunction(scope, "Function", {
    description: `Rotates the API keys of Confluent Cloud Flink connections (version ${VERSION})`,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: "index.handler",
    code,
    // permissions.ts grants all permissions of the function; CDK would add managed policies.
    role: role instanceof Role ? role.withoutPolicyUpdates() : role,
    // A run mostly waits, and a thousand connections fit. The list of a fleet needs more.
    memorySize: fleet ? 1_024 : 256,
    // Lambda's maximum: each of several waves may wait for a slow connection.
    timeout: Duration.minutes(15),
    // Runs never overlap; events wait in Lambda's queue. A fleet leaves room for one run in addition to its batches.
    reservedConcurrentExecutions: fleet ? (fleet.concurrency ?? 1) + 1 : 1,
    // A run retries by itself while it has time and sends its alert before it fails.
    retryAttempts: 0,
    // Up to four runs of maximum length may be ahead of an event.
    maxEventAge: Duration.hours(1),
    onFailure: new SqsDestination(failedRuns),
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    environment: environmentOf(scope, props),
    ...(network && inNetwork(scope, network, proxy)),
  });
}

function environmentOf(
  scope: Construct,
  { topic, serviceName, proxy, caCertificates, alerts }: RotatorFunctionProps,
): Record<string, string> {
  return {
    ALERT_TOPIC_ARN: topic.topicArn,
    ...alertEnvironment(serviceName, alerts),
    NODE_OPTIONS: "--enable-source-maps",
    POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
    POWERTOOLS_SERVICE_NAME: serviceName,
    ...(proxy && proxyEnvironment(scope, proxy)),
    ...(caCertificates !== undefined && { NODE_EXTRA_CA_CERTS: CA_CERTIFICATES_PATH }),
  };
}
