import type * as z from "zod/mini";
import { VERSION } from "../../version.ts";
import type { ErrorClass } from "../errors.ts";
import type { Outcome, OutcomeKind } from "../outcome.ts";
import type { Trigger } from "../plan.ts";
import { isInterrupted, type StatementEntry } from "../statements/recorder.ts";
import { OUTCOMES, type reportSchema } from "./schema.ts";

/** The result of a run. */
export type Report = z.output<typeof reportSchema>;

interface RunFacts {
  readonly trigger: Trigger;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly requests: number;
  readonly statements?: NonNullable<Report["statements"]>;
}

export function createReport(connections: readonly Outcome[], facts: RunFacts): Report {
  const counts = Object.fromEntries(
    OUTCOMES.map((kind) => [kind, connections.filter(({ outcome }) => outcome === kind).length]),
  );
  const { statements = [] } = facts;
  return {
    outcome: statements.some(isInterrupted) ? "failed" : runOutcome(connections),
    trigger: facts.trigger,
    startedAt: new Date(facts.startedAt).toISOString(),
    durationMs: Math.max(0, Math.round(facts.endedAt - facts.startedAt)),
    requests: facts.requests,
    version: VERSION,
    counts: counts as Record<OutcomeKind, number>,
    connections,
    ...(statements.length > 0 && { statements }),
  };
}

/** True for every failure, and for a success that has a detail. */
export function isAlertable({ outcome, detail }: Outcome): boolean {
  const isSuccess = outcome === "ready" || outcome === "applied";
  return isSuccess ? detail !== undefined : outcome !== "skipped" && outcome !== "planned";
}

/** True if the current key is not known to be in use. */
export function isUnhealthy({ outcome }: Outcome): boolean {
  return !["ready", "applied", "skipped", "planned"].includes(outcome);
}

/** The statements that the rotator has stopped and that do not run again. */
export function interruptedStatements({ statements }: Report): readonly StatementEntry[] {
  return statements?.filter(isInterrupted) ?? [];
}

/** All outcomes; only the first `whole` failures keep their messages. */
export function abridge(report: Report, whole: number): Report {
  const kept = new Set(report.connections.filter(isAlertable).slice(0, whole));
  const connections = report.connections.map((each) => {
    const { message: _message, nextStep: _nextStep, detail: _detail, requestId: _requestId, ...brief } = each;
    return kept.has(each) ? each : brief;
  });
  return { ...report, connections };
}

/** The report with as many outcomes as `fits` allows, failures first. Its counts do not change. */
export function cutToFit(report: Report, fits: (shorter: Report) => boolean): Report {
  const worstFirst = report.connections.toSorted((a, b) => Number(isAlertable(b)) - Number(isAlertable(a)));
  let shorter = report;
  for (let keep = worstFirst.length; keep > 0 && !fits(shorter); ) {
    keep = Math.floor(keep / 2);
    shorter = {
      ...report,
      connections: worstFirst.slice(0, keep),
      omitted: omission(worstFirst.length, keep),
    };
  }
  return shorter;
}

function omission(all: number, kept: number): NonNullable<Report["omitted"]> {
  const connections = all - kept;
  const message = `${connections} of ${all} outcomes are left out, because the report would be too large; failures come first. The log of the rotator function has each of them (code CONNECTION).`;
  return { connections, message };
}

/** The error classes, most frequent first. */
export function errorClasses(connections: readonly Outcome[]): readonly ErrorClass[] {
  const byClass = Map.groupBy(connections, ({ errorClass }) => errorClass);
  return [...byClass]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .flatMap(([errorClass]) => errorClass ?? []);
}

function runOutcome(connections: readonly Outcome[]): Report["outcome"] {
  const kinds = new Set(connections.map(({ outcome }) => outcome));
  if (kinds.has("failed") || kinds.has("rolled-back") || kinds.has("not-attempted")) return "failed";
  return kinds.has("unverified") ? "unverified" : "succeeded";
}
