import { Annotations, Duration } from "aws-cdk-lib";
import type { Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { ResolvedSchedule } from "./schedule.ts";

/** CloudWatch evaluates at most seven days. */
const MAX_WINDOW_HOURS = 168;
/** The accepted delay of a run, in addition to the schedule's window. */
const MIN_SLACK_HOURS = 12;

interface MissingRunWindow {
  readonly metric: Metric;
  readonly evaluationPeriods: number;
}

/**
 * The window in which at least one scheduled run must start: twice the schedule's period, or seven days.
 * @returns `undefined`, with a warning at synthesis, if seven days are too short for the schedule.
 */
export function missingRunWindow(
  scope: Construct,
  { period, flexibleWindow = Duration.minutes(0) }: ResolvedSchedule,
  runs: Metric,
): MissingRunWindow | undefined {
  const periodHours = period.toMinutes() / 60;
  const lateHours = flexibleWindow.toMinutes() / 60 + MIN_SLACK_HOURS;
  if (periodHours + lateHours > MAX_WINDOW_HOURS) {
    Annotations.of(scope).addWarningV2(
      "flink-connection-rotator:noMissingRunAlarm",
      `No alarm covers missing runs: the schedule starts one every ${periodHours} hours, and CloudWatch looks back seven ` +
        "days at most. The other alarms still report undelivered events and crashed runs.",
    );
    return undefined;
  }
  const windowHours = Math.min(2 * periodHours, MAX_WINDOW_HOURS);
  const evaluated = windowHours > 24 ? Duration.hours(1) : Duration.minutes(5);
  return {
    metric: runs.with({ period: evaluated }),
    evaluationPeriods: Math.ceil((windowHours * 60) / evaluated.toMinutes()),
  };
}
