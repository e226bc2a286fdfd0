import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { qualifiedName } from "../rotation/connection.ts";
import type { Outcome, OutcomeKind } from "../rotation/outcome.ts";
import { coversEverything, isDryRun, type Trigger, wantsAlert } from "../rotation/plan.ts";
import { isUnhealthy, type Report } from "../rotation/report/report.ts";

const NAMESPACE = "FlinkConnectionRotator";

export interface Sent {
  readonly requests: number;
  /** The requests that were answered with 429. */
  readonly throttled: number;
}

/** The requests to Confluent by environment. */
export type Traffic = ReadonlyMap<string, Sent>;

/** The metrics of one run, published through the log. Dry runs have none. */
export class RunMetrics {
  readonly #serviceName: string;
  /** The time from the change of each connection's secret to ready. */
  readonly #propagationMs = new Map<string, number>();

  constructor(serviceName: string) {
    this.#serviceName = serviceName;
  }

  /** Counted on arrival: a later crash is covered by another alarm. */
  arrived(trigger: Trigger): void {
    if (trigger.kind === "schedule") this.#publish("ScheduledRuns", 1);
  }

  propagated(outcome: Outcome, ms: number): void {
    this.#propagationMs.set(qualifiedName(outcome), ms);
  }

  ended(report: Report, traffic: Traffic, sent: Sent): void {
    if (isDryRun(report.trigger)) return;
    const totals = this.#measure(report.connections, sent, {});
    totals.addMetric("Runs", MetricUnit.Count, 1);
    totals.publishStoredMetrics();
    for (const [environment, connections] of Map.groupBy(report.connections, (each) => each.environment)) {
      const sentThere = traffic.get(environment) ?? { requests: 0, throttled: 0 };
      this.#measure(connections, sentThere, { environment }).publishStoredMetrics();
    }
  }

  /**
   * The state whose recovery is reported. Only a run over every connection can prove that no failure is left: a successful run
   * of one secret says nothing about the others. Failures without an alert need no recovery message.
   */
  concluded({ trigger, connections }: Report): void {
    const failures = connections.filter(isUnhealthy).length;
    if (failures > 0 ? wantsAlert(trigger) : coversEverything(trigger)) this.openFailures(failures);
  }

  openFailures(count: number): void {
    this.#publish("OpenFailures", count);
  }

  /** An error that ends the invocation and about which an alert was sent. */
  alertedError(): void {
    this.#publish("AlertedErrors", 1);
  }

  #publish(name: string, value: number): void {
    const metrics = this.#create({});
    metrics.addMetric(name, MetricUnit.Count, value);
    metrics.publishStoredMetrics();
  }

  /** Powertools publishes after a hundred values of a metric and then keeps only default dimensions. */
  #measure(connections: readonly Outcome[], sent: Sent, dimensions: Record<string, string>): Metrics {
    const metrics = this.#create(dimensions);
    for (const connection of connections) {
      const { outcome, durationMs } = connection;
      if (outcome === "ready") metrics.addMetric("TimeToReady", MetricUnit.Milliseconds, durationMs);
      const propagationMs = this.#propagationMs.get(qualifiedName(connection));
      if (propagationMs !== undefined)
        metrics.addMetric("PropagationTime", MetricUnit.Milliseconds, propagationMs);
    }
    for (const [kind, name] of Object.entries(COUNTERS)) {
      metrics.addMetric(name, MetricUnit.Count, connections.filter(({ outcome }) => outcome === kind).length);
    }
    metrics.addMetric("Requests", MetricUnit.Count, sent.requests);
    metrics.addMetric("Throttled", MetricUnit.Count, sent.throttled);
    return metrics;
  }

  #create(defaultDimensions: Record<string, string>): Metrics {
    return new Metrics({ serviceName: this.#serviceName, namespace: NAMESPACE, defaultDimensions });
  }
}

const COUNTERS: Readonly<Partial<Record<OutcomeKind, string>>> = {
  ready: "ConnectionsReady",
  applied: "ConnectionsApplied",
  failed: "ConnectionsFailed",
  unverified: "ConnectionsUnverified",
  "rolled-back": "ConnectionsRolledBack",
  "not-attempted": "ConnectionsNotAttempted",
  skipped: "ConnectionsSkipped",
};
