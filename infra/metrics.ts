import { Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";

export const METRICS_NAMESPACE = "FlinkConnectionRotator";
export const SERVICE_NAME = "flink-connection-rotator";

type MetricName =
  | "ConnectionsReady"
  | "ConnectionsFailed"
  | "ConnectionsUnverified"
  | "ConnectionsRolledBack"
  | "ConnectionsNotAttempted"
  | "ConnectionsSkipped"
  | "Runs"
  | "Requests"
  | "Throttled"
  | "TimeToReady"
  | "PropagationTime";

/** A metric that the function writes through its log; of one environment, or of all together. */
export function rotatorMetric(
  metricName: MetricName,
  { environment, statistic = Stats.SUM }: { environment?: string; statistic?: string } = {},
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    statistic,
    dimensionsMap: { service: SERVICE_NAME, ...(environment !== undefined && { environment }) },
  });
}
