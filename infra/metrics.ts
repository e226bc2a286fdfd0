import { Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";

export const METRICS_NAMESPACE = "FlinkConnectionRotator";

type MetricName =
  | "ConnectionsReady"
  | "ConnectionsApplied"
  | "ConnectionsFailed"
  | "ConnectionsUnverified"
  | "ConnectionsRolledBack"
  | "ConnectionsNotAttempted"
  | "ConnectionsSkipped"
  | "Runs"
  | "ScheduledRuns"
  | "OpenFailures"
  | "AlertedErrors"
  | "Requests"
  | "Throttled"
  | "TimeToReady"
  | "PropagationTime";

interface MetricOptions {
  /** Default: all environments. */
  readonly environment?: string;
  /** Default: the sum. */
  readonly statistic?: string;
}

/** Returns a metric that the function publishes through its log. */
export type RotatorMetric = (metricName: MetricName, options?: MetricOptions) => Metric;

export function metricsOf(service: string): RotatorMetric {
  return (metricName, { environment, statistic = Stats.SUM } = {}) =>
    new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      statistic,
      dimensionsMap: { service, ...(environment !== undefined && { environment }) },
    });
}
