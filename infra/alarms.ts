import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IAlarm,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { RotatorMetric } from "./metrics.ts";
import { missingRunWindow } from "./missing-runs.ts";
import type { ResolvedSchedule } from "./schedule.ts";

interface AlarmOptions {
  readonly metric: IMetric;
  /** The text of the message: what the alarm means and what to do next. */
  readonly description: string;
  readonly threshold?: number;
  readonly comparisonOperator?: ComparisonOperator;
  readonly evaluationPeriods?: number;
  readonly treatMissingData?: TreatMissingData;
  readonly notifyOnRecovery?: boolean;
}

export interface AlarmsProps {
  readonly serviceName: string;
  readonly metric: RotatorMetric;
  readonly fn: IFunction;
  readonly deadLetterQueue: IQueue;
  readonly topic: ITopic;
  /** Absent while the rotator is paused. */
  readonly schedule?: ResolvedSchedule;
}

/** @returns the alarms by name, so that a dashboard does not depend on their resources. */
export function addAlarms(scope: Construct, props: AlarmsProps): IAlarm[] {
  const action = new SnsAction(props.topic);
  const alarms = { ...rotationAlarms(props), ...missingRunAlarm(scope, props), ...deliveryAlarms(props) };
  return Object.entries(alarms).map(([name, alarmOptions]) => {
    const alarmName = `${props.serviceName}-${name}`;
    const { description, notifyOnRecovery = false, ...options }: AlarmOptions = alarmOptions;
    const alarm = new Alarm(scope, `${name}Alarm`, {
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
      alarmName,
      alarmDescription: description,
    });
    alarm.addAlarmAction(action);
    if (notifyOnRecovery) alarm.addOkAction(action);
    return Alarm.fromAlarmName(scope, `${name}Name`, alarmName);
  });
}

function rotationAlarms({ metric, fn }: AlarmsProps): Record<string, AlarmOptions> {
  return {
    FailedConnections: {
      metric: new MathExpression({
        expression: "failed + rolledBack + notAttempted",
        label: "Connections without the current key",
        period: Duration.minutes(5),
        usingMetrics: {
          failed: metric("ConnectionsFailed", { statistic: Stats.MAXIMUM }),
          rolledBack: metric("ConnectionsRolledBack", { statistic: Stats.MAXIMUM }),
          notAttempted: metric("ConnectionsNotAttempted", { statistic: Stats.MAXIMUM }),
        },
      }),
      // There is no data between two runs, and the connections do not change.
      treatMissingData: TreatMissingData.IGNORE,
      notifyOnRecovery: true,
      description:
        "At least one Flink connection does not have its current key. The alert of that run names each connection, the " +
        "reason and the next step. OK means that the latest run had no failure.",
    },
    FunctionErrors: {
      metric: fn.metricErrors({ period: Duration.minutes(5) }),
      description:
        "A run ended with an error. If connections failed, there is an alert. If the function crashed, timed out or " +
        "received an unsupported event, there may be none: check the last errors in the function's log group.",
    },
  };
}

function missingRunAlarm(scope: Construct, { metric, schedule }: AlarmsProps): Record<string, AlarmOptions> {
  const window = schedule && missingRunWindow(scope, schedule, metric("Runs"));
  if (window === undefined) return {};
  const NoRun = {
    ...window,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
    notifyOnRecovery: true,
    description:
      "There was no scheduled run for twice the schedule's period, so new keys may not be in use. Check that the schedule is " +
      "enabled, check the dead-letter queue and the function's throttles, and invoke the function by hand.",
  };
  return { NoRun };
}

function deliveryAlarms({ fn, deadLetterQueue }: AlarmsProps): Record<string, AlarmOptions> {
  return {
    EventAge: {
      metric: fn.metric("AsyncEventAge", { statistic: Stats.MAXIMUM, period: Duration.minutes(5) }),
      threshold: Duration.minutes(30).toMilliseconds(),
      description:
        "An event has waited for more than 30 minutes; Lambda drops it after 60. Runs take too long or wait for each " +
        "other. Check their duration and the 429 responses on the dashboard, or split the configuration into two " +
        "stacks, each with its own serviceName.",
    },
    DeadLetters: {
      metric: deadLetterQueue.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(5),
      }),
      notifyOnRecovery: true,
      description:
        "An event could not be delivered to the function or to the alert topic. Read the messages in the dead-letter " +
        "queue (their attributes name the reason), fix the permission or the topic, invoke the function by hand, and " +
        "purge the queue.",
    },
    Throttles: {
      metric: fn.metricThrottles({ period: Duration.minutes(5) }),
      evaluationPeriods: 6,
      description:
        "For 30 minutes every start was throttled: another run was active or the account had no free concurrency. " +
        "Runs start one at a time on purpose. Check for a run that hangs, for too many events, and the account's " +
        "concurrency limit.",
    },
  };
}
