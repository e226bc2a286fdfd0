import { RemovalPolicy, Stack, Token } from "aws-cdk-lib";
import {
  type Conditions,
  type IPrincipal,
  type IRole,
  PolicyStatement,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { type ITopic, Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { SettingsError } from "./errors.ts";

const TOPIC_ARN = /^arn:[^:]+:sns:[^:]+:\d{12}:[\w-]+$/;

/** CloudWatch alarms and EventBridge rules cannot publish to a FIFO topic. */
export function isStandardTopicArn(arn: string): boolean {
  return TOPIC_ARN.test(arn);
}

/** @throws SettingsError if the alerts cannot be published to the topic. */
export function requireStandardTopic({ fifo, topicArn }: ITopic): void {
  if (!fifo && (Token.isUnresolved(topicArn) || isStandardTopicArn(topicArn))) return;
  throw new SettingsError(
    `The alert topic must be a standard SNS topic, but ${topicArn} is ${fifo ? "a FIFO topic, which cannot deliver to e-mail, chat or HTTPS" : "not the ARN of a topic"}. ` +
      "Name another, such as arn:aws:sns:us-west-2:111122223333:alerts, or omit alertTopic to let the stack create one.",
  );
}

/** An encrypted topic that accepts messages only over TLS, from the functions, CloudWatch alarms and EventBridge rules. */
export function makeAlertTopic(scope: Construct, publishers: readonly IRole[]): Topic {
  const cloudWatch = new ServicePrincipal("cloudwatch.amazonaws.com");
  const eventBridge = new ServicePrincipal("events.amazonaws.com");
  const { account, region, urlSuffix } = Stack.of(scope);
  const ownAccount = { StringEquals: { "aws:SourceAccount": account } };
  const throughSns = { StringEquals: { "kms:ViaService": `sns.${region}.${urlSuffix}` } };

  const masterKey = new Key(scope, "AlertKey", {
    description: "Encrypts the alerts of the Flink connection rotator",
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  for (const publisher of publishers) masterKey.addToResourcePolicy(useKey(publisher, throughSns));
  masterKey.addToResourcePolicy(useKey(cloudWatch, ownAccount));
  // EventBridge does not send its account to KMS or SNS: with a condition, its messages would be lost.
  masterKey.addToResourcePolicy(useKey(eventBridge));

  const displayName = "Flink connection rotator";
  const topic = new Topic(scope, "AlertTopic", { displayName, enforceSSL: true, masterKey });
  topic.addToResourcePolicy(publishTo(topic, cloudWatch, ownAccount));
  topic.addToResourcePolicy(publishTo(topic, eventBridge));
  return topic;
}

function useKey(principal: IPrincipal, conditions: Conditions = {}): PolicyStatement {
  const actions = ["kms:Decrypt", "kms:GenerateDataKey*"];
  return new PolicyStatement({ principals: [principal], actions, resources: ["*"], conditions });
}

function publishTo(topic: Topic, principal: IPrincipal, conditions: Conditions = {}): PolicyStatement {
  const actions = ["sns:Publish"];
  return new PolicyStatement({ principals: [principal], actions, resources: [topic.topicArn], conditions });
}
