import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { qualifiedName } from "../rotation/connection.ts";
import type { Progress, RunLog } from "../rotation/dependencies.ts";
import { ConfigError, EventError, RotationError, RotationFailedError } from "../rotation/errors.ts";
import type { Outcome, OutcomeKind } from "../rotation/outcome.ts";
import { abbreviated, type Trigger } from "../rotation/plan.ts";
import { isAlertable, type Report } from "../rotation/report/report.ts";
import { printable } from "../rotation/untrusted-text.ts";
import { VERSION } from "../version.ts";
import { toAwsFault } from "./aws-fault.ts";

const SERVICE = process.env["POWERTOOLS_SERVICE_NAME"] ?? "flink-connection-rotator";
const NAMESPACE = "FlinkConnectionRotator";
const MAX_STACK_LENGTH = 4_000;

interface Sent {
  readonly requests: number;
  /** Of these, answered 429. */
  readonly throttled: number;
}

/** What was sent to Confluent, by environment. */
export type Traffic = ReadonlyMap<string, Sent>;

/** Every event that is logged. The codes are stable: alarms and searches may match them. */
const EVENTS = {
  RUN_STARTED: "The run has started.",
  RUN_IGNORED: "Event ignored.",
  RUN_ENDED: "The run has ended.",
  RUN_FAILED: "Run failed.",
  CONNECTION: "Outcome of a connection.",
  NOTE: "Note.",
  ALERT_SENT: "The alert was sent.",
  ALERT_FAILED: "The alert could not be sent.",
  NOT_STARTED: "The run could not start.",
  BUG: "Unexpected error.",
} as const;

type EventCode = keyof typeof EVENTS;
type Facts = Readonly<Record<string, unknown>>;

/** The structured log and the metrics of one run. Only unexpected errors are redacted here: they may quote anything. */
export class Telemetry implements RunLog {
  readonly #logger = new Logger({ serviceName: SERVICE });
  readonly #redact: (text: string) => string;
  /** PropagationTime is meaningful only for runs started by a secret change. */
  #followsChange = false;
  readonly #propagationMs = new Map<string, number>();
  readonly #now: () => number;

  constructor(redact: (text: string, limit?: number) => string, now: () => number) {
    this.#redact = (text) => redact(text, MAX_STACK_LENGTH);
    this.#now = now;
  }

  started(trigger: Trigger): void {
    this.#followsChange = trigger.kind === "secret-change";
    this.#log("RUN_STARTED", { version: VERSION, trigger: abbreviated(trigger) });
  }

  ignored(trigger: Trigger): void {
    this.#log("RUN_IGNORED", { trigger });
  }

  note(message: string, facts: Facts = {}): void {
    this.#log("NOTE", { note: message, ...facts });
  }

  bug(error: unknown): void {
    this.#logger.error(EVENTS.BUG, { code: "BUG", ...this.#describe(error) });
  }

  /** @returns the error as it may leave the process. */
  startFailed(error: unknown): Error {
    this.#logger.error(EVENTS.NOT_STARTED, {
      code: "NOT_STARTED",
      version: VERSION,
      ...this.#describe(error),
    });
    return isOwn(error) ? error : this.#redactedError(error);
  }

  alertSent(subject: string): void {
    this.#log("ALERT_SENT", { subject });
  }

  failed(reason: string): void {
    this.#logger.error(EVENTS.RUN_FAILED, { code: "RUN_FAILED", reason });
  }

  /** Logs the whole alert, since it reaches nobody. @returns the reason. */
  alertFailed(error: unknown, text: string): string {
    const reason = printable(this.#redact(alertFault(error)));
    this.#logger.error(EVENTS.ALERT_FAILED, { code: "ALERT_FAILED", reason, alert: text });
    return reason;
  }

  /** Logs an outcome as soon as it is known, and again if it changes. */
  progress(progress: Progress): void {
    if (progress.step !== "done") return;
    const { outcome, secretCreatedAt } = progress;
    this.#connection(outcome);
    if (this.#followsChange && outcome.outcome === "ready" && secretCreatedAt !== undefined) {
      this.#propagationMs.set(qualifiedName(outcome), Math.max(0, this.#now() - secretCreatedAt));
    }
  }

  ended(report: Report, traffic: Traffic): void {
    const { outcome, counts, durationMs, requests } = report;
    const throttled = [...traffic.values()].reduce((sum, each) => sum + each.throttled, 0);
    this.#log("RUN_ENDED", { outcome, counts, durationMs, requests, throttled });
    const totals = this.#measure(report.connections, { requests, throttled }, {});
    totals.addMetric("Runs", MetricUnit.Count, 1);
    totals.publishStoredMetrics();
    for (const [environment, connections] of Map.groupBy(report.connections, (each) => each.environment)) {
      const sent = traffic.get(environment) ?? { requests: 0, throttled: 0 };
      this.#measure(connections, sent, { environment }).publishStoredMetrics();
    }
  }

  #connection(outcome: Outcome): void {
    if (isAlertable(outcome))
      this.#logger.warn(EVENTS.CONNECTION, { code: "CONNECTION", connection: outcome });
    else this.#logger.info(EVENTS.CONNECTION, { code: "CONNECTION", connection: outcome });
  }

  /** Powertools publishes after a hundred values of a metric, and keeps only default dimensions after that. */
  #measure(connections: readonly Outcome[], sent: Sent, defaultDimensions: Record<string, string>): Metrics {
    const metrics = new Metrics({ serviceName: SERVICE, namespace: NAMESPACE, defaultDimensions });
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

  #log(code: EventCode, facts: Facts): void {
    this.#logger.info(EVENTS[code], { code, ...facts });
  }

  #describe(error: unknown): Facts {
    if (!(error instanceof Error)) return { error: typeof error };
    const { name, message, stack } = isOwn(error) ? error : this.#redactedError(error);
    return { error: name, reason: message, stack: stack?.slice(0, MAX_STACK_LENGTH) ?? "" };
  }

  #redactedError(error: unknown): Error {
    if (!(error instanceof Error)) return new Error("Unexpected error.");
    const redacted = new Error(this.#redact(error.message));
    redacted.name = this.#redact(error.name);
    redacted.stack = this.#redact(error.stack ?? "");
    return redacted;
  }
}

/** True for errors whose messages are our own sentences. */
function isOwn(error: unknown): error is Error {
  return OWN_ERRORS.some((own) => error instanceof own);
}

const OWN_ERRORS = [ConfigError, EventError, RotationError, RotationFailedError];

const COUNTERS: Readonly<Partial<Record<OutcomeKind, string>>> = {
  ready: "ConnectionsReady",
  applied: "ConnectionsApplied",
  failed: "ConnectionsFailed",
  unverified: "ConnectionsUnverified",
  "rolled-back": "ConnectionsRolledBack",
  "not-attempted": "ConnectionsNotAttempted",
  skipped: "ConnectionsSkipped",
};

/** Why the alert was not sent, and what to do if that is known. */
function alertFault(error: unknown): string {
  const permission = "sns:Publish on the topic and, if it is encrypted, its KMS key";
  const { kind, code, sentence, nextStep } = toAwsFault(error, {
    caller: "function",
    service: "SNS",
    permission,
  });
  const reason = sentence ?? (error instanceof Error ? error.message : "");
  const words = kind === "unreachable" ? [reason] : [code, reason].filter((word) => word !== "");
  return [words.join(": "), nextStep ?? ""].join(" ").trimEnd();
}
