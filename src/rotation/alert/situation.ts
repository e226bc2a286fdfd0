import { qualifiedName } from "../connection.ts";
import type { Outcome } from "../outcome.ts";
import { interruptedStatements, isAlertable, type Report } from "../report/report.ts";
import { possibleNames } from "../secret-id.ts";
import type { StatementEntry } from "../statements/recorder.ts";
import { type Cause, groupByCause } from "./causes.ts";
import { type Holding, holdingOf, isAboutApiKey, wasBrokenByOther } from "./holding.ts";

/** A failure that is older than this is not news, in milliseconds. */
const STILL_AFTER_MS = 3_600_000;

/** What a run has left behind, as an operator must see it. */
export interface Situation {
  readonly report: Report;
  /** The connections that the alert is about. */
  readonly concerned: readonly Outcome[];
  readonly causes: readonly Cause[];
  /** What is worst among the concerned connections. */
  readonly worst: Holding;
  /** The first cause among the worst; `undefined` if only statements are concerned. */
  readonly main: Cause | undefined;
  /** The statements that the rotator has stopped and that do not run again. */
  readonly interrupted: readonly StatementEntry[];
  /** ISO 8601: since when the worst lasts, if it was so before the run. */
  readonly since: string | undefined;
}

/** `undefined` if there is nothing to tell. */
export function describeSituation(report: Report): Situation | undefined {
  const concerned = blameApiKey(report.connections.filter(isAlertable));
  const causes = groupByCause(concerned);
  const [main] = causes;
  const interrupted = interruptedStatements(report);
  if (main === undefined && interrupted.length === 0) return undefined;
  const worst = main?.holding ?? "current";
  const since = sinceOf(heldBy({ concerned }, worst), Date.parse(report.startedAt));
  return { report, concerned, causes, interrupted, worst, main, since };
}

/**
 * The report of a batch keeps the messages of some outcomes only. If one of them says that the rotator's Confluent API key
 * of an environment cannot be read, that is the cause of all whose secret could be read.
 */
function blameApiKey(outcomes: readonly Outcome[]): readonly Outcome[] {
  const blaming = outcomes.filter((each) => each.errorClass === "secret" && isAboutApiKey(each));
  const messages = new Map(blaming.map(({ environment, message }) => [environment, message]));
  return outcomes.map((outcome) => {
    const { environment, errorClass, secretVersionId, message = messages.get(environment) } = outcome;
    const isBlamed = errorClass === "secret" && secretVersionId !== undefined && message !== undefined;
    return isBlamed ? { ...outcome, message } : outcome;
  });
}

/** The latest time, if every one of the connections has one and it is no news. */
function sinceOf(outcomes: readonly Outcome[], now: number): string | undefined {
  const times = outcomes.flatMap(({ failingSince }) => failingSince ?? []);
  const latest = times.toSorted().at(-1);
  if (latest === undefined || times.length < outcomes.length) return undefined;
  return now - Date.parse(latest) > STILL_AFTER_MS ? latest : undefined;
}

export function heldBy({ concerned }: Pick<Situation, "concerned">, holding: Holding): readonly Outcome[] {
  return concerned.filter((each) => holdingOf(each) === holding);
}

/** True unless nothing has failed, or the previous key was refused everywhere. */
export function needsPreviousKey({ worst, concerned }: Situation): boolean {
  return worst !== "current" && !concerned.every(wasBrokenByOther);
}

export type Severity = "critical" | "warning" | "info";

/** A connection that is down needs somebody now; so does one that did not become usable with the new key. */
export function severityOf(situation: Situation): Severity {
  const { worst, interrupted } = situation;
  if (interrupted.length > 0 || worst === "down") return "critical";
  if (worst === "current") return "info";
  return heldBy(situation, "unknown").some(isUnusable) ? "critical" : "warning";
}

function isUnusable({ outcome, evidence }: Outcome): boolean {
  return outcome === "failed" && evidence.phase !== "ready";
}

/** How the alert names a connection: with its environment if there are several. */
export function namer({ concerned }: Pick<Situation, "concerned">): (outcome: Outcome) => string {
  const isOne = new Set(concerned.map(({ environment }) => environment)).size === 1;
  return isOne ? ({ name }) => name : qualifiedName;
}

/** The name in a secret's ARN; the text itself if it is no ARN. */
export function secretName(secret: string): string {
  return possibleNames(secret).at(-1) ?? secret;
}

export function readableTime(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
