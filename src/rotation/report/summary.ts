import type { StatementEntry } from "../statements/recorder.ts";
import { errorClasses, interruptedStatements, isAlertable, type Report } from "./report.ts";

/** The environments that an alert is about. */
export function environmentsOf(report: Report): readonly string[] {
  const concerned = [...interruptedStatements(report), ...report.connections.filter(isAlertable)];
  return [...new Set(concerned.map(({ environment }) => environment))];
}

/** One line about a run that did not succeed, for its caller and its log. */
export function summaryOf(report: Report): string {
  const interrupted = interruptedStatements(report);
  const environments = environmentsOf(report);
  const classes = errorClasses(report.connections);
  const label = report.outcome === "succeeded" ? "NOTICE" : report.outcome.toUpperCase();
  const where = environments.length > 2 ? `${environments.length} environments` : environments.join(", ");
  if (interrupted.length > 0)
    return `[${label}] Flink statement ${where}: ${describeInterrupted(interrupted)}`;
  return `[${label}] Flink connections ${where}: ${countsOf(report)}${classes.length > 0 ? ` (${classes.join(", ")})` : ""}`;
}

const COUNTED = [
  ["failed", "failed"],
  ["rolled-back", "rolled back"],
  ["not-attempted", "not attempted"],
  ["unverified", "unverified"],
] as const;

function countsOf({ counts, connections }: Report): string {
  const parts = COUNTED.filter(([kind]) => counts[kind] > 0).map(([kind, word]) => `${counts[kind]} ${word}`);
  const [first, ...others] = parts;
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (first === undefined)
    return `${connections.filter(isAlertable).length} of ${total} ready, with a remark`;
  const [count, ...words] = first.split(" ");
  return [`${count} of ${total} ${words.join(" ")}`, ...others].join(", ");
}

function describeInterrupted(interrupted: readonly StatementEntry[]): string {
  const [first, ...others] = interrupted.map(({ name }) => name);
  return `${first}${others.length > 0 ? ` and ${others.length} more` : ""} stopped and not running again`;
}
