import { createHash } from "node:crypto";
import { Duration, Stack, TimeZone, Token } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Schedule, ScheduleExpression, ScheduleTargetInput, TimeWindow } from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { SettingsError } from "./errors.ts";

/** The schedule of the runs. */
export interface RotationSchedule {
  /**
   * `cron(…)` or `rate(…)` of EventBridge Scheduler. A rate also starts a run when it is deployed.
   * Default: every day between 06:00 and 07:00, at a minute that depends on the stack's name.
   */
  readonly expression?: string;
  /** An IANA name such as Europe/Berlin. Default: UTC. */
  readonly timeZone?: string;
  /** A run may start this much later than scheduled. */
  readonly flexibleWindow?: Duration;
  /** The longest time between two runs. Required for a `cron` expression. */
  readonly period?: Duration;
}

export interface ResolvedSchedule extends RotationSchedule {
  readonly expression: string;
  readonly timeZone: string;
  readonly period: Duration;
}

const RATE = /^rate\((?:1 (?<one>minute|hour|day)|(?!1 )(?<value>[1-9]\d*) (?<unit>minute|hour|day)s)\)$/;
const CRON = /^cron\(\S+ \S+ (?:\S+ \S+ \?|\? \S+ \S+) \S+\)$/;
const MINUTES = new Map([
  ["minute", 1],
  ["hour", 60],
  ["day", 1440],
]);

/** @throws SettingsError if EventBridge Scheduler would reject the schedule or its period is unknown. */
export function resolveSchedule(scope: Construct, schedule: RotationSchedule): ResolvedSchedule {
  const { expression = dailyExpression(scope), timeZone = "Etc/UTC" } = schedule;
  if (!RATE.test(expression) && !CRON.test(expression))
    throw new SettingsError(
      `The schedule ${expression} is invalid. Use a rate such as rate(1 day) or rate(12 hours), or six fields such as ` +
        "cron(0 6 * * ? *), of which the day of the month or the day of the week is ?.",
    );
  requireTimeOfDay(expression);
  if (!isTimeZone(timeZone))
    throw new SettingsError(`There is no time zone ${timeZone}. Use an IANA name such as Europe/Berlin.`);
  return { ...schedule, expression, timeZone, period: schedule.period ?? periodOf(schedule.expression) };
}

const FIRST_FIELDS = /^cron\((?<minute>\S+) (?<hour>\S+) /;
const MAX_VALUES = { minute: 59, hour: 23 } as const;

function requireTimeOfDay(expression: string): void {
  const fields = FIRST_FIELDS.exec(expression)?.groups ?? {};
  for (const [field, max] of Object.entries(MAX_VALUES)) {
    const tooLarge = fields[field]?.split(/[,/-]/).find((part) => Number(part) > max);
    if (tooLarge !== undefined)
      throw new SettingsError(
        `The schedule ${expression} is invalid: ${field} ${tooLarge} is greater than ${max}. The fields are minutes, ` +
          "hours, day of the month, month, day of the week and year.",
      );
  }
}

/** Stacks of one account start at different minutes, and a deployment starts no run. */
function dailyExpression(scope: Construct): string {
  const { stackName, node } = Stack.of(scope);
  const name = Token.isUnresolved(stackName) ? node.path : stackName;
  const minute = createHash("sha256").update(name).digest().readUInt32BE() % 60;
  return `cron(${minute} 6 * * ? *)`;
}

function periodOf(expression = "rate(1 day)"): Duration {
  const { one, value = "1", unit = one ?? "" } = RATE.exec(expression)?.groups ?? {};
  const minutes = MINUTES.get(unit);
  if (minutes !== undefined) return Duration.minutes(Number(value) * minutes);
  throw new SettingsError(
    `The schedule ${expression} also needs its period, the longest time between two runs (schedulePeriodHours).`,
  );
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

interface ScheduleProps extends ResolvedSchedule {
  readonly enabled: boolean;
  readonly fn: IFunction;
  readonly deadLetterQueue: Queue;
}

/** Sends `{"trigger":"schedule"}` to the function. */
export function addSchedule(
  scope: Construct,
  { expression, timeZone, flexibleWindow, enabled, fn, deadLetterQueue }: ScheduleProps,
): void {
  const role = new Role(scope, "ScheduleRole", {
    assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": Stack.of(scope).account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [fn.functionArn] }));
  role.addToPolicy(
    new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [deadLetterQueue.queueArn] }),
  );
  new Schedule(scope, "Schedule", {
    description: "Updates every listed Flink connection",
    enabled,
    schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
    timeWindow: flexibleWindow ? TimeWindow.flexible(flexibleWindow) : TimeWindow.off(),
    target: new LambdaInvoke(fn, {
      // By default, CDK also allows the scheduler to invoke every version and alias of the function.
      role: role.withoutPolicyUpdates(),
      input: ScheduleTargetInput.fromObject({ trigger: "schedule" }),
      deadLetterQueue,
      maxEventAge: Duration.hours(1),
      retryAttempts: 10,
    }),
  });
}
