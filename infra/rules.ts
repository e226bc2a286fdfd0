import { Duration, Stack } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import {
  changeCalled,
  creationCalled,
  labelUpdated,
  type PatternOf,
  patternsWithinLimit,
  rotationBroke,
  rotationSucceeded,
} from "./patterns.ts";
import type { SecretIdentity } from "./secrets.ts";

/** Secrets Manager's own event starts a run; CloudTrail's tell the same where that one is not wanted. */
const OWN_EVENTS = { SecretChanged: labelUpdated } as const;
const CLOUDTRAIL_EVENTS = {
  ChangeCalled: changeCalled,
  CreationCalled: creationCalled,
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
  readonly fn: IFunction;
  readonly deadLetters: Queue;
}

/** Starts a run when a listed secret has changed. */
export function addChangeRules(
  scope: Construct,
  { secrets, cloudTrailEvents, fn, deadLetters }: ChangeRulesProps,
): void {
  const patterns = { ...OWN_EVENTS, ...(cloudTrailEvents && CLOUDTRAIL_EVENTS) };
  for (const [name, patternOf] of Object.entries(patterns)) {
    const target = { id: "Rotator", arn: fn.functionArn, ...undelivered(deadLetters) };
    for (const rule of addRules(scope, { name, patternOf, secrets, target })) {
      fn.addPermission(rule.node.id, { principal: EVENT_BRIDGE, sourceArn: rule.attrArn });
    }
  }
}

export interface BrokenRotationRulesProps {
  /** The connections' secrets, and those with Confluent's own keys. */
  readonly secrets: readonly SecretIdentity[];
  readonly topic: ITopic;
  readonly deadLetters: Queue;
}

/** Tells the topic, in plain words, when Secrets Manager gave up a rotation: there is no new key to push. */
export function addBrokenRotationRules(
  scope: Construct,
  { secrets, topic, deadLetters }: BrokenRotationRulesProps,
): void {
  const target = {
    id: "Alerts",
    arn: topic.topicArn,
    ...undelivered(deadLetters),
    inputTransformer: {
      inputPathsMap: {
        event: "$.detail.eventName",
        secret: "$.detail.additionalEventData.SecretId",
        secretToo: "$.detail.serviceEventDetails.secretId",
        time: "$.time",
      },
      inputTemplate: JSON.stringify(
        "<event>: Secrets Manager could not rotate <secret><secretToo> (<time>). There is no new key, so nothing " +
          "was pushed and the Flink connections keep the key they have. Look at the rotation function's log, or " +
          "at the managed rotation's status, and rotate the secret again before the key expires.",
      ),
    },
  };
  addRules(scope, { name: "RotationBroke", patternOf: rotationBroke, secrets, target });
}

/** Lets rules of this account put into the queue what they could not deliver. */
export function acceptDeadLetters(queue: Queue): void {
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

function undelivered(deadLetters: Queue): Pick<CfnRule.TargetProperty, "deadLetterConfig" | "retryPolicy"> {
  return { deadLetterConfig: { arn: deadLetters.queueArn }, retryPolicy: RETRY_POLICY };
}

interface RulesProps {
  readonly name: string;
  readonly patternOf: PatternOf;
  readonly secrets: readonly SecretIdentity[];
  readonly target: CfnRule.TargetProperty;
}

function addRules(scope: Construct, { name, patternOf, secrets, target }: RulesProps): CfnRule[] {
  return patternsWithinLimit(patternOf, secrets).map(
    (eventPattern, index) =>
      new CfnRule(scope, index === 0 ? name : `${name}${index + 1}`, { eventPattern, targets: [target] }),
  );
}
