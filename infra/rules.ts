import { Duration, Stack } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import {
  changedByApiCall,
  createdByApiCall,
  labelUpdated,
  type PatternFactory,
  patternsWithinLimit,
  rotationFailed,
  rotationSucceeded,
} from "./patterns.ts";
import type { SecretIdentity } from "./secrets.ts";

/** Secrets Manager sends its own event. CloudTrail's events report the same changes and are optional. */
const SECRETS_MANAGER_EVENTS = { SecretChanged: labelUpdated } as const;
const CLOUDTRAIL_EVENTS = {
  ChangedByApiCall: changedByApiCall,
  CreatedByApiCall: createdByApiCall,
  RotationSucceeded: rotationSucceeded,
} as const;

const EVENT_BRIDGE = new ServicePrincipal("events.amazonaws.com");
const RETRY_POLICY = {
  maximumEventAgeInSeconds: Duration.hours(1).toSeconds(),
  maximumRetryAttempts: 10,
} satisfies CfnRule.RetryPolicyProperty;

export interface ChangeRulesProps {
  /** The connections' secrets. */
  readonly secrets: readonly SecretIdentity[];
  readonly cloudTrailEvents: boolean;
  readonly enabled: boolean;
  readonly fn: IFunction;
  readonly deadLetterQueue: Queue;
}

/** Starts a run when a listed secret has changed. */
export function addChangeRules(
  scope: Construct,
  { secrets, cloudTrailEvents, enabled, fn, deadLetterQueue }: ChangeRulesProps,
): void {
  const patterns = { ...SECRETS_MANAGER_EVENTS, ...(cloudTrailEvents && CLOUDTRAIL_EVENTS) };
  for (const [name, patternOf] of Object.entries(patterns)) {
    const target = { id: "Rotator", arn: fn.functionArn, ...delivery(deadLetterQueue) };
    for (const rule of addRules(scope, { name, patternOf, secrets, enabled, target })) {
      fn.addPermission(rule.node.id, { principal: EVENT_BRIDGE, sourceArn: rule.attrArn });
    }
  }
}

export interface RotationFailedRulesProps {
  /** The connections' secrets, and those with the rotator's Confluent API keys. */
  readonly secrets: readonly SecretIdentity[];
  readonly enabled: boolean;
  readonly topic: ITopic;
  readonly deadLetterQueue: Queue;
}

/** Sends a plain sentence to the topic if Secrets Manager could not rotate a secret. */
export function addRotationFailedRules(
  scope: Construct,
  { secrets, enabled, topic, deadLetterQueue }: RotationFailedRulesProps,
): void {
  const target = {
    id: "Alerts",
    arn: topic.topicArn,
    ...delivery(deadLetterQueue),
    inputTransformer: {
      // CloudTrail names the secret in one of two places; EventBridge replaces the other by nothing.
      inputPathsMap: {
        event: "$.detail.eventName",
        secret: "$.detail.additionalEventData.SecretId",
        secretId: "$.detail.serviceEventDetails.secretId",
        time: "$.time",
      },
      inputTemplate: JSON.stringify(
        "<event>: Secrets Manager could not rotate <secret><secretId> (<time>). There is no new key, so the Flink " +
          "connections keep the key they have. Check the log of the secret's rotation function, or the status of " +
          "the managed rotation, and rotate the secret again before the key expires.",
      ),
    },
  };
  addRules(scope, { name: "RotationFailed", patternOf: rotationFailed, secrets, enabled, target });
}

/** Lets the rules of this account send undelivered events to the queue. */
export function grantDeadLetters(queue: Queue): void {
  const anyRule = Stack.of(queue).formatArn({ service: "events", resource: "rule", resourceName: "*" });
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [EVENT_BRIDGE],
      actions: ["sqs:SendMessage"],
      resources: [queue.queueArn],
      conditions: { ArnLike: { "aws:SourceArn": anyRule } },
    }),
  );
}

/** Retries for an hour, then keeps the event in the dead-letter queue. */
export function delivery(
  deadLetterQueue: IQueue,
): Pick<CfnRule.TargetProperty, "deadLetterConfig" | "retryPolicy"> {
  return { deadLetterConfig: { arn: deadLetterQueue.queueArn }, retryPolicy: RETRY_POLICY };
}

interface RulesProps {
  readonly name: string;
  readonly patternOf: PatternFactory;
  readonly secrets: readonly SecretIdentity[];
  readonly enabled: boolean;
  readonly target: CfnRule.TargetProperty;
}

function addRules(scope: Construct, props: RulesProps): CfnRule[] {
  const { name, patternOf, secrets, enabled, target } = props;
  const state = enabled ? "ENABLED" : "DISABLED";
  return patternsWithinLimit(patternOf, secrets).map(
    (eventPattern, index) =>
      new CfnRule(scope, index === 0 ? name : `${name}${index + 1}`, {
        eventPattern,
        state,
        targets: [target],
      }),
  );
}
