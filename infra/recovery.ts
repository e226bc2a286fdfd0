import { Stack } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { delivery } from "./rules.ts";

interface RecoveryRuleProps {
  readonly alarmNames: readonly string[];
  readonly topic: ITopic;
  readonly deadLetterQueue: IQueue;
}

/**
 * Announces the recovery of an alarm. The alarm's OK action would also send a message when a new alarm receives its first
 * data.
 */
export function addRecoveryRule(
  scope: Construct,
  { alarmNames, topic, deadLetterQueue }: RecoveryRuleProps,
): void {
  new CfnRule(scope, "Recovery", {
    eventPattern: {
      source: ["aws.cloudwatch"],
      "detail-type": ["CloudWatch Alarm State Change"],
      account: [Stack.of(scope).account],
      detail: {
        alarmName: alarmNames,
        previousState: { value: ["ALARM"] },
        state: { value: ["OK"] },
      },
    },
    targets: [
      {
        id: "Recovery",
        arn: topic.topicArn,
        ...delivery(deadLetterQueue),
        inputTransformer: {
          inputPathsMap: { alarm: "$.detail.alarmName", time: "$.time" },
          inputTemplate: JSON.stringify("RECOVERED: the alarm <alarm> is over (<time>)."),
        },
      },
    ],
  });
}
