import { Annotations, Duration, Stack } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue, Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import {
  changedByApiCall,
  createdByApiCall,
  type EventPattern,
  labelUpdated,
  type PatternFactory,
  patternOfEverySecret,
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

interface ChangeRulesProps {
  /** The connections' secrets. */
  readonly secrets: readonly SecretIdentity[];
  readonly serviceName: string;
  readonly cloudTrailEvents: boolean;
  /** True if secrets of the stack's account are permitted by tag, so that the rules match every secret. */
  readonly everySecret: boolean;
  readonly enabled: boolean;
  readonly fn: IFunction;
  readonly deadLetterQueue: Queue;
  /** The prefix of the rules' names, if there are several sets. */
  readonly prefix?: string;
}

/** Starts a run when a listed secret has changed. @returns the number of rules. */
export function addChangeRules(scope: Construct, props: ChangeRulesProps): number {
  const { serviceName, cloudTrailEvents, fn, deadLetterQueue, prefix = "" } = props;
  const kinds = { ...SECRETS_MANAGER_EVENTS, ...(cloudTrailEvents && CLOUDTRAIL_EVENTS) };
  const target = { id: "Rotator", arn: fn.functionArn, ...delivery(deadLetterQueue) };
  let count = 0;
  for (const [kind, patternOf] of Object.entries(kinds)) {
    const name = `${prefix}${kind}`;
    const patterns = changePatterns(scope, patternOf, props);
    count += addRules(scope, { ...props, name, patterns, target });
    if (patterns.length > 0) permitRules(fn, name, `${serviceName}-${name}-*`);
  }
  return count;
}

/** One permission for all rules of a kind: Lambda limits the size of a function's policy. */
function permitRules(fn: IFunction, name: string, ruleName: string): void {
  const sourceArn = Stack.of(fn).formatArn({ service: "events", resource: "rule", resourceName: ruleName });
  fn.addPermission(name, { principal: EVENT_BRIDGE, sourceArn });
}

function changePatterns(
  scope: Construct,
  patternOf: PatternFactory,
  { secrets, everySecret }: ChangeRulesProps,
): EventPattern[] {
  if (!everySecret) return patternsWithinLimit(patternOf, secrets);
  const { account } = Stack.of(scope);
  const own = secrets.find((secret) => secret.account === account);
  const others = secrets.filter((secret) => secret.account !== account);
  return [...(own ? [patternOfEverySecret(patternOf, own)] : []), ...patternsWithinLimit(patternOf, others)];
}

interface RotationFailedRulesProps {
  /** The connections' secrets, and those with the rotator's Confluent API keys. */
  readonly secrets: readonly SecretIdentity[];
  readonly serviceName: string;
  readonly enabled: boolean;
  readonly topic: ITopic;
  readonly deadLetterQueue: Queue;
  /** If more rules are needed, none is added, with a warning at synthesis. Default: no limit. */
  readonly maxRules?: number;
}

/** Sends a sentence to the topic if Secrets Manager could not rotate a secret. @returns the number of rules. */
export function addRotationFailedRules(scope: Construct, props: RotationFailedRulesProps): number {
  const { secrets, topic, deadLetterQueue, maxRules = Number.POSITIVE_INFINITY } = props;
  const patterns = patternsWithinLimit(rotationFailed, secrets);
  if (patterns.length > maxRules) {
    Annotations.of(scope).addWarningV2(
      "flink-connection-rotator:noRotationFailedRules",
      `No message reports rotations that Secrets Manager could not finish: matching ${secrets.length} secrets takes ` +
        `${patterns.length} rules, but EventBridge allows ${maxRules} more. Watch RotationFailed in CloudTrail yourself.`,
    );
    return 0;
  }
  const target = {
    id: "Alerts",
    arn: topic.topicArn,
    ...delivery(deadLetterQueue),
    inputTransformer: {
      // CloudTrail has the secret in one of two places; EventBridge replaces the other by an empty text.
      inputPathsMap: {
        event: "$.detail.eventName",
        secret: "$.detail.additionalEventData.SecretId",
        secretId: "$.detail.serviceEventDetails.secretId",
        time: "$.time",
      },
      inputTemplate: JSON.stringify(
        "<event>: Secrets Manager could not rotate <secret><secretId> (<time>). There is no new key, so the Flink " +
          "connections keep their key. Check the log of the secret's rotation function, or the status of " +
          "the managed rotation, and rotate the secret again before the key expires.",
      ),
    },
  };
  return addRules(scope, { ...props, name: "RotationFailed", patterns, target });
}

/** Allows the rules of this account to send undelivered events to the queue. */
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

/** Retries for an hour, then sends the event to the dead-letter queue. */
export function delivery(
  deadLetterQueue: IQueue,
): Pick<CfnRule.TargetProperty, "deadLetterConfig" | "retryPolicy"> {
  return { deadLetterConfig: { arn: deadLetterQueue.queueArn }, retryPolicy: RETRY_POLICY };
}

interface RulesProps {
  readonly name: string;
  readonly patterns: readonly EventPattern[];
  readonly serviceName: string;
  readonly enabled: boolean;
  readonly target: CfnRule.TargetProperty;
}

function addRules(scope: Construct, props: RulesProps): number {
  const { name, patterns, serviceName, enabled, target } = props;
  const state = enabled ? "ENABLED" : "DISABLED";
  for (const [index, eventPattern] of patterns.entries())
    new CfnRule(scope, index === 0 ? name : `${name}${index + 1}`, {
      name: `${serviceName}-${name}-${index + 1}`,
      eventPattern,
      state,
      targets: [target],
    });
  return patterns.length;
}
