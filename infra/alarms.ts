import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  ComparisonOperator,
  type IAlarm,
  type IMetric,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Fleet } from "./fleet.ts";
import type { RotatorMetric } from "./metrics.ts";
import { missingRunWindow } from "./missing-runs.ts";
import { addRecoveryRule } from "./recovery.ts";
import type { ResolvedSchedule } from "./schedule.ts";
import { PERSISTENT, unalertedErrors } from "./unalerted-errors.ts";

interface AlarmOptions {
  readonly metric: IMetric;
  /** The message: what the alarm means and what to do next. */
  readonly description: string;
  readonly threshold?: number;
  readonly comparisonOperator?: ComparisonOperator;
  readonly evaluationPeriods?: number;
  readonly datapointsToAlarm?: number;
  readonly treatMissingData?: TreatMissingData;
  /** False if an alert of the function has already reported the problem. Default: true. */
  readonly notifyOnAlarm?: boolean;
  readonly notifyOnRecovery?: boolean;
}

interface AlarmsProps {
  readonly serviceName: string;
  readonly metric: RotatorMetric;
  readonly fn: IFunction;
  readonly fleet: Fleet | undefined;
  readonly deadLetterQueue: IQueue;
  readonly topic: ITopic;
  /** Absent while the rotator is paused. */
  readonly schedule?: ResolvedSchedule;
}

/** @returns the alarms by name, so that a dashboard does not depend on their resources. */
export function addAlarms(scope: Construct, props: AlarmsProps): IAlarm[] {
  const action = new SnsAction(props.topic);
  const alarms = { ...rotationAlarms(props), ...missingRunAlarm(scope, props), ...deliveryAlarms(props) };
  const nameOf = (name: string) => `${props.serviceName}-${name}`;
  for (const [name, alarmOptions] of Object.entries(alarms)) {
    const { description, notifyOnAlarm = true, notifyOnRecovery: _, ...options }: AlarmOptions = alarmOptions;
    const alarm = new Alarm(scope, `${name}Alarm`, {
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...options,
      alarmName: nameOf(name),
      alarmDescription: description,
    });
    if (notifyOnAlarm) alarm.addAlarmAction(action);
  }
  const recovering = Object.entries<AlarmOptions>(alarms).filter(([, each]) => each.notifyOnRecovery);
  addRecoveryRule(scope, { ...props, alarmNames: recovering.map(([name]) => nameOf(name)) });
  return Object.keys(alarms).map((name) => Alarm.fromAlarmName(scope, `${name}Name`, nameOf(name)));
}

function rotationAlarms(props: AlarmsProps): Record<string, AlarmOptions> {
  return {
    FailedConnections: {
      // Two runs rarely share a minute. If they do, only the larger number counts.
      metric: props
        .metric("OpenFailures", { statistic: Stats.MAXIMUM })
        .with({ period: Duration.minutes(1) }),
      // There is no data between two runs, but the connections do not change.
      treatMissingData: TreatMissingData.IGNORE,
      notifyOnAlarm: false,
      notifyOnRecovery: true,
      description:
        "An alert reported connections that may not have their current key, or a run that could not start. OK means that a " +
        "later run over every connection, such as the scheduled one, found no failure.",
    },
    FunctionErrors: {
      metric: unalertedErrors(props),
      ...PERSISTENT,
      description:
        "A run ended with an error that no alert reported: it crashed, timed out, received an unsupported event, or its alert " +
        "could not be sent. Check the last errors in the function's log group, then invoke the function by hand.",
    },
  };
}

function missingRunAlarm(scope: Construct, { metric, schedule }: AlarmsProps): Record<string, AlarmOptions> {
  const window = schedule && missingRunWindow(scope, schedule, metric("ScheduledRuns"));
  if (window === undefined) return {};
  const NoRun: AlarmOptions = {
    ...window,
    comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
    treatMissingData: TreatMissingData.BREACHING,
    notifyOnRecovery: true,
    description:
      "The schedule started no run for twice its period, so new keys may not be in use. Check that the schedule is enabled, " +
      "check the dead-letter queue and the function's throttles, and invoke the function by hand with " +
      '{"trigger":"schedule"}.',
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
    FailedRuns: {
      metric: fn.metric("DestinationDeliveryFailures", { statistic: Stats.SUM, period: Duration.minutes(5) }),
      description:
        "The record of a failed run could not be sent to the queue FailedRuns. Check that the queue exists and that the " +
        "function's role may send to it.",
    },
    Throttles: {
      metric: fn.metricThrottles({ period: Duration.minutes(5) }),
      evaluationPeriods: 6,
      description:
        "For 30 minutes every start was throttled: another run was active or the account had no free concurrency. " +
        "Runs start one at a time on purpose. Check for a hanging run, for too many events, and the account's " +
        "concurrency limit.",
    },
  };
}
