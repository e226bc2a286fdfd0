import type { Outcome } from "../outcome.ts";
import type { Trigger } from "../plan.ts";
import { errorClasses, isAlertable, type Report } from "./report.ts";
import {
  describeInterrupted,
  interruptedStatements,
  interruptedText,
  staleStatementsLine,
} from "./statement-alert.ts";

const MAX_SUBJECT_LENGTH = 99;
const MAX_DESCRIBED = 25;
const MAX_NAMED = 200;

/** The content of an alert: a subject and a text for people, the report for machines. */
export interface Alert {
  /** ASCII, at most 99 characters. */
  readonly subject: string;
  readonly text: string;
  readonly report?: Report;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** The alert for a run; `undefined` if there is nothing to report. */
export function createAlert(
  report: Report,
  rerun: (connections: readonly string[]) => string,
): Alert | undefined {
  const concerned = report.connections.filter(isAlertable);
  const interrupted = interruptedStatements(report);
  if (concerned.length === 0 && interrupted.length === 0) return undefined;
  const environments = [...new Set([...interrupted, ...concerned].map(({ environment }) => environment))];
  const classes = errorClasses(concerned);
  return {
    subject: subjectOf(report, environments),
    text: [
      ...interruptedText(interrupted),
      ...(concerned.length > 0 ? [impactOf(report, concerned)] : []),
      ...concerned.slice(0, MAX_DESCRIBED).map(describe),
      ...restOf(concerned),
      ...staleStatementsLine(report),
      footer(report, rerun(concerned.map(({ name }) => name))),
    ].join("\n\n"),
    report,
    attributes: {
      severity: [SEVERITIES[report.outcome]],
      environment: environments,
      ...(classes.length > 0 && { errorClass: classes }),
    },
  };
}

/** The alert for a run that could not start. */
export function createStartAlert(error: Error): Alert {
  const errorClass = error.name === "ConfigError" || error.name === "EventError" ? "config" : "internal";
  return {
    subject: `[FAILED] Flink connections: the run could not start (${errorClass})`,
    text: `No connection was touched: the rotation could not start.\n\n${error.message}\n\nKeys changed since then are not in use until this is fixed and a run succeeds.`,
    attributes: { severity: ["critical"], errorClass: [errorClass] },
  };
}

const SEVERITIES = { failed: "critical", unverified: "warning", succeeded: "info" } as const;

const COUNTED = [
  ["failed", "failed"],
  ["rolled-back", "rolled back"],
  ["not-attempted", "not attempted"],
  ["unverified", "unverified"],
] as const;

function countsOf({ counts, connections }: Report): string {
  const parts = COUNTED.filter(([kind]) => counts[kind] > 0).map(([kind, word]) => `${counts[kind]} ${word}`);
  const [first = "ready, with a remark", ...others] = parts;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const [count, ...words] = first.split(" ");
  return parts.length === 0
    ? `${connections.filter(isAlertable).length} of ${total} ${first}`
    : [`${count} of ${total} ${words.join(" ")}`, ...others].join(", ");
}

function subjectOf(report: Report, environments: readonly string[]): string {
  const label = report.outcome === "succeeded" ? "NOTICE" : report.outcome.toUpperCase();
  const classes = errorClasses(report.connections.filter(isAlertable));
  const where = environments.length > 2 ? `${environments.length} environments` : environments.join(", ");
  const interrupted = interruptedStatements(report);
  const subject =
    interrupted.length > 0
      ? `[${label}] Flink statement ${where}: ${describeInterrupted(interrupted)}`
      : `[${label}] Flink connections ${where}: ${countsOf(report)}${classes.length > 0 ? ` (${classes.join(", ")})` : ""}`;
  const ascii = subject.replace(/[^\x20-\x7e]/g, "?");
  return ascii.length > MAX_SUBJECT_LENGTH ? `${ascii.slice(0, MAX_SUBJECT_LENGTH - 3)}...` : ascii;
}

function impactOf(report: Report, concerned: readonly Outcome[]): string {
  const names =
    concerned.length > 3 ? `${concerned.length} connections` : concerned.map(({ name }) => name).join(", ");
  const impacts = {
    failed: `The current key is not in use in ${names}; Flink statements that use ${concerned.length === 1 ? "this connection" : "these connections"} fail once the old key stops working.`,
    unverified: `The current key was sent to ${names}, but it could not be verified that it is in use.`,
    succeeded: `The current key is in use in ${names}, but there is a remark to read.`,
  };
  return `${impacts[report.outcome]} (${countsOf(report)}.)`;
}

function describe(outcome: Outcome): string {
  const facts = [
    ["What", outcome.message],
    ["Phase", outcome.phase],
    ["Detail", outcome.detail],
    ["Secret", outcome.secret],
    ["Version", outcome.secretVersionId],
    ["Answer", outcome.httpStatus === undefined ? undefined : `HTTP ${outcome.httpStatus}`],
    ["Request id", outcome.requestId],
    ["Next", outcome.nextStep],
  ].flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [`  ${`${label}:`.padEnd(12)}${value}`],
  );
  const title = `${outcome.environment} / ${outcome.name} (${outcome.type}): ${outcome.outcome}${outcome.errorClass ? `, ${outcome.errorClass}` : ""}`;
  return [title, ...facts].join("\n");
}

function restOf(concerned: readonly Outcome[]): string[] {
  const rest = concerned.slice(MAX_DESCRIBED);
  if (rest.length === 0) return [];
  const names = rest.slice(0, MAX_NAMED).map(({ name, outcome }) => `  ${name}: ${outcome}`);
  const more = rest.length > MAX_NAMED ? [`  and ${rest.length - MAX_NAMED} more`] : [];
  return [[`And ${rest.length} more:`, ...names, ...more].join("\n")];
}

function footer(report: Report, rerun: string): string {
  return [
    `Started ${describeTrigger(report.trigger)} at ${report.startedAt}; took ${(report.durationMs / 1000).toFixed(1)} s and ${report.requests} requests.`,
    "The next scheduled run tries again by itself. To run it now:",
    `  ${rerun}`,
  ].join("\n");
}

function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case "schedule":
      return "by the schedule";
    case "secret-change":
      return `by a change of secret ${trigger.secret}${trigger.versionId === undefined ? "" : ` (version ${trigger.versionId})`}`;
    case "direct":
      return "by a direct call";
    case "ignored":
      return `by an event that was ignored (${trigger.reason})`;
  }
}
