import { Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";

export const METRICS_NAMESPACE = "FlinkConnectionRotator";

/** The names of all metrics. Dashboards and alarms outside this stack may use them. */
export const METRIC_NAMES = [
  "ConnectionsReady",
  "ConnectionsApplied",
  "ConnectionsFailed",
  "ConnectionsUnverified",
  "ConnectionsRolledBack",
  "ConnectionsNotAttempted",
  "ConnectionsSkipped",
  "Runs",
  "ScheduledRuns",
  "OpenFailures",
  "AlertedErrors",
  "Requests",
  "Throttled",
  "TimeToReady",
  "PropagationTime",
] as const;

type MetricName = (typeof METRIC_NAMES)[number];

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
