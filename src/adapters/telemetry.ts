import { Logger } from "@aws-lambda-powertools/logger";
import type { Progress, RunLog } from "../rotation/dependencies.ts";
import { ConfigError, EventError, RotationError, RotationFailedError } from "../rotation/errors.ts";
import type { Outcome } from "../rotation/outcome.ts";
import { abbreviated, type Trigger } from "../rotation/plan.ts";
import { isAlertable, type Report } from "../rotation/report/report.ts";
import { printable } from "../rotation/untrusted-text.ts";
import { VERSION } from "../version.ts";
import { toAwsFault } from "./aws-fault.ts";
import { RunMetrics, type Traffic } from "./run-metrics.ts";

const MAX_STACK_LENGTH = 4_000;

/** Every logged event. The codes are stable: alarms and searches may match them. */
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
  readonly #logger: Logger;
  readonly #redact: (text: string) => string;
  /** PropagationTime is meaningful only for runs started by a secret change. */
  #followsChange = false;
  readonly #metrics: RunMetrics;
  readonly #now: () => number;

  constructor(redact: (text: string, limit?: number) => string, now: () => number) {
    const serviceName = process.env["POWERTOOLS_SERVICE_NAME"] ?? "flink-connection-rotator";
    this.#logger = new Logger({ serviceName });
    this.#metrics = new RunMetrics(serviceName);
    this.#redact = (text) => redact(text, MAX_STACK_LENGTH);
    this.#now = now;
  }

  /** An event that starts a run has arrived. */
  arrived(trigger: Trigger): void {
    this.#metrics.arrived(trigger);
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

  /** @returns the redacted error. */
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

  /** Logs the whole alert, because nobody receives it. @returns the reason. */
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
      this.#metrics.propagated(outcome, Math.max(0, this.#now() - secretCreatedAt));
    }
  }

  ended(report: Report, traffic: Traffic): void {
    const { outcome, counts, durationMs, requests } = report;
    const throttled = [...traffic.values()].reduce((sum, each) => sum + each.throttled, 0);
    this.#log("RUN_ENDED", { outcome, counts, durationMs, requests, throttled });
    this.#metrics.ended(report, traffic, { requests, throttled });
  }

  /** Every outcome of the run is known. An alert follows if needed. */
  concluded(report: Report): void {
    this.#metrics.concluded(report);
  }

  /** The run ends with an error that the alert reported. */
  alertedError(): void {
    this.#metrics.alertedError();
  }

  /** The run could not start, and the alert reported that. No connection is known to have failed. */
  alertedStartFailure(): void {
    this.#metrics.openFailures(1);
    this.#metrics.alertedError();
  }

  #connection(outcome: Outcome): void {
    if (isAlertable(outcome))
      this.#logger.warn(EVENTS.CONNECTION, { code: "CONNECTION", connection: outcome });
    else this.#logger.info(EVENTS.CONNECTION, { code: "CONNECTION", connection: outcome });
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

/** True for the rotator's own errors, whose messages contain no secrets. */
function isOwn(error: unknown): error is Error {
  return OWN_ERRORS.some((own) => error instanceof own);
}

const OWN_ERRORS = [ConfigError, EventError, RotationError, RotationFailedError];

/** Why the alert was not sent, with a next step if it is known. */
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
