import { Duration } from "aws-cdk-lib";
import { MathExpression, Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Fleet } from "./fleet.ts";
import type { RotatorMetric } from "./metrics.ts";

const PERIOD = Duration.minutes(5);

/**
 * Lambda dates an error by the start of its run, but the run's metrics follow up to 15 minutes later. So a difference
 * between the two must last for more than 20 minutes.
 */
export const PERSISTENT = { evaluationPeriods: 8, datapointsToAlarm: 5 } as const;

interface UnalertedErrorsProps {
  readonly metric: RotatorMetric;
  readonly fn: IFunction;
  readonly fleet: Fleet | undefined;
}

/** Errors of runs, minus those reported by an alert. */
export function unalertedErrors({ metric, fn, fleet }: UnalertedErrorsProps): MathExpression {
  const added = { errors: fn.metricErrors(), ...(fleet && executionErrors(fleet)) };
  const subtracted = { alerted: metric("AlertedErrors"), ...(fleet && { batches: batchErrors(fleet) }) };
  const joined = (metrics: object, sign: string) =>
    Object.keys(metrics)
      .map((name) => `FILL(${name}, 0)`)
      .join(sign);
  return new MathExpression({
    // A running sum, so that an error and its alert may be in different periods.
    expression: `RUNNING_SUM(${joined(added, " + ")} - ${joined(subtracted, " - ")})`,
    label: "Errors without an alert",
    period: PERIOD,
    usingMetrics: { ...added, ...subtracted },
  });
}

/** Counts executions, because an orchestrator is invoked many times in one execution. */
function executionErrors({ orchestrator }: Fleet): Readonly<Record<string, Metric>> {
  const options = { statistic: Stats.SUM };
  return {
    executionsFailed: orchestrator.metric("DurableExecutionFailed", options),
    executionsTimedOut: orchestrator.metric("DurableExecutionTimedOut", options),
  };
}

/** Errors of batches, which the orchestrator's alert reports. */
function batchErrors({ batch }: Fleet): Metric {
  const { functionName } = batch.lambda;
  return new Metric({
    namespace: "AWS/Lambda",
    metricName: "Errors",
    statistic: Stats.SUM,
    dimensionsMap: { FunctionName: functionName, Resource: `${functionName}:${batch.aliasName}` },
  });
}
