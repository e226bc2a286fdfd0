import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IAlarm,
  type IMetric,
  MathExpression,
  type Metric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { SettingsError } from "./errors.ts";
import type { RotatorMetric } from "./metrics.ts";

interface Watch {
  readonly metric: IMetric;
  /** What it means when the alarm fires, and what to do: a person reads it in the message. */
  readonly meaning: string;
  readonly threshold?: number;
  readonly comparisonOperator?: ComparisonOperator;
  readonly evaluationPeriods?: number;
  readonly treatMissingData?: TreatMissingData;
  readonly tellRecovery?: boolean;
}

export interface AlarmsProps {
  readonly serviceName: string;
  readonly metric: RotatorMetric;
  readonly fn: IFunction;
  readonly deadLetters: IQueue;
  readonly topic: ITopic;
  /** The longest time between two scheduled runs. */
  readonly schedulePeriod: Duration;
}

/** @returns the alarms by their names, so that a dashboard need not wait for them. */
export function addAlarms(scope: Construct, props: AlarmsProps): IAlarm[] {
  const action = new SnsAction(props.topic);
  const watches = { ...rotationWatches(props), ...deliveryWatches(props) };
  return Object.entries(watches).map(([name, watch]) => {
    const alarmName = `${props.serviceName}-${name}`;
    const { meaning, tellRecovery = false, ...options }: Watch = watch;
    const alarm = new Alarm(scope, `${name}Alarm`, {
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
      alarmName,
      alarmDescription: meaning,
    });
    alarm.addAlarmAction(action);
    if (tellRecovery) alarm.addOkAction(action);
    return Alarm.fromAlarmName(scope, `${name}Name`, alarmName);
  });
}

function rotationWatches({ metric, fn, schedulePeriod }: AlarmsProps): Record<string, Watch> {
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
      // Between two runs nothing is known, and nothing has changed.
      treatMissingData: TreatMissingData.IGNORE,
      tellRecovery: true,
      meaning:
        "At least one Flink connection does not have its current key. Read the alert of that run, which names each " +
        "connection, the reason and the next step, and run the function again; OK means that the latest run had no failure.",
    },
    FunctionErrors: {
      metric: fn.metricErrors({ period: Duration.minutes(5) }),
      meaning:
        "A run ended with an error: connections failed (there is an alert), or the function crashed, ran out of time or " +
        "was called with an event it does not know (there may be no alert). Read the last errors in its log group.",
    },
    NoRun: {
      ...noRunWithin(Duration.minutes(2 * schedulePeriod.toMinutes()), metric("Runs")),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      tellRecovery: true,
      meaning:
        "No run was seen for twice the schedule's period, so new keys may not be pushed. Check that the schedule is " +
        "enabled, look at the dead letters and at the function's throttles, and invoke the function by hand.",
    },
  };
}

function deliveryWatches({ fn, deadLetters }: AlarmsProps): Record<string, Watch> {
  return {
    EventAge: {
      metric: fn.metric("AsyncEventAge", { statistic: Stats.MAXIMUM, period: Duration.minutes(5) }),
      threshold: Duration.minutes(30).toMilliseconds(),
      meaning:
        "An event waited for more than 30 minutes, and is dropped after 60. Runs take too long or queue up behind each " +
        "other: look at their duration and at 429s on the dashboard, or split the configuration into two stacks (each with its own serviceName).",
    },
    DeadLetters: {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: Stats.MAXIMUM,
        period: Duration.minutes(5),
      }),
      tellRecovery: true,
      meaning:
        "An event could not be delivered to the function or to the alert topic. Read the messages of the dead-letter " +
        "queue (the attributes give the reason), mend the permission or the topic, run the function by hand, purge the queue.",
    },
    Throttles: {
      metric: fn.metricThrottles({ period: Duration.minutes(5) }),
      evaluationPeriods: 6,
      meaning:
        "For half an hour every attempt to start a run found another one running, or the account without free " +
        "concurrency. One run at a time is intended; look for a run that hangs, for a flood of events, or at the account's limit.",
    },
  };
}

/** @throws SettingsError where CloudWatch cannot look back that far. */
function noRunWithin(window: Duration, runs: Metric): Pick<Watch, "metric" | "evaluationPeriods"> {
  if (window.toDays({ integral: false }) > 7) {
    throw new SettingsError(
      "CloudWatch looks back seven days at most, and the alarm for missing runs needs twice the schedule's period: " +
        "schedule a run at least every 84 hours.",
    );
  }
  const period = window.toHours({ integral: false }) > 24 ? Duration.hours(1) : Duration.minutes(5);
  return {
    metric: runs.with({ period }),
    evaluationPeriods: Math.ceil(window.toMinutes() / period.toMinutes()),
  };
}
