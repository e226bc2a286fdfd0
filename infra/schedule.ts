import { Duration, Stack, TimeZone } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Schedule, ScheduleExpression, ScheduleTargetInput, TimeWindow } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { SettingsError } from "./errors.ts";

/** When the function runs by itself. */
export interface RotationSchedule {
  /** `rate(…)` or `cron(…)`, as EventBridge Scheduler writes them. */
  readonly expression: string;
  /** An IANA name such as Europe/Berlin; UTC where it is left out. */
  readonly timeZone?: string;
  /** How long after its time a run may start. */
  readonly flexibleWindow?: Duration;
  /** The longest time between two runs: needed for cron, read from a rate. */
  readonly period?: Duration;
}

const RATE = /^rate\((?<value>\d+) (?<unit>minute|hour|day)s?\)$/;
const MINUTES = { minute: 1, hour: 60, day: 1440 } as const;

/** @throws SettingsError where the period is neither given nor to be read from a rate. */
export function periodOf({ expression, period }: RotationSchedule): Duration {
  if (period !== undefined) return period;
  const { value, unit } = RATE.exec(expression)?.groups ?? {};
  if (unit !== "minute" && unit !== "hour" && unit !== "day") {
    throw new SettingsError(
      `The schedule ${expression} does not say how far apart its runs are: give its period as well (schedulePeriodHours in the context).`,
    );
  }
  return Duration.minutes(Number(value) * MINUTES[unit]);
}

export interface ScheduleProps extends RotationSchedule {
  readonly fn: IFunction;
  readonly deadLetters: Queue;
}

/** Sends `{"trigger":"schedule"}` to the function. */
export function addSchedule(
  scope: Construct,
  { expression, timeZone, flexibleWindow, fn, deadLetters }: ScheduleProps,
): void {
  const role = new Role(scope, "ScheduleRole", {
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [fn.functionArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [deadLetters.queueArn] }));
  new Schedule(scope, "Schedule", {
    description: "Rotates every listed Flink connection",
    schedule: ScheduleExpression.expression(expression, timeZone ? TimeZone.of(timeZone) : TimeZone.ETC_UTC),
    timeWindow: flexibleWindow ? TimeWindow.flexible(flexibleWindow) : TimeWindow.off(),
    target: new LambdaInvoke(fn, {
      // Left to itself, CDK also lets the scheduler invoke every version and alias of the function.
      role: role.withoutPolicyUpdates(),
      input: ScheduleTargetInput.fromObject({ trigger: "schedule" }),
      deadLetterQueue: deadLetters,
      maxEventAge: Duration.hours(1),
      retryAttempts: 10,
    }),
  });
}
