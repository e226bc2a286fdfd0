import { RemovalPolicy, Stack } from "aws-cdk-lib";
import {
  type Conditions,
  type IPrincipal,
  type IRole,
  PolicyStatement,
  ServicePrincipal,
} from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";

/** An encrypted topic that takes messages over TLS alone, from our functions, CloudWatch alarms and EventBridge rules. */
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
  // EventBridge tells neither KMS nor SNS the account it acts for: under a condition its messages would be lost.
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
