import { qualifiedName } from "../connection.ts";
import type { Outcome } from "../outcome.ts";
import { type Cause, groupByCause } from "./causes.ts";
import { type Holding, holdingOf } from "./holding.ts";
import { isAlertable, type Report } from "./report.ts";
import { interruptedStatements, type Statement } from "./statement-alert.ts";

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
  /** The first cause among the worst; absent if only statements are concerned. */
  readonly main?: Cause;
  /** The statements that the rotator has stopped and that do not run again. */
  readonly interrupted: readonly Statement[];
  /** ISO 8601: since when the worst lasts, if it was so before the run. */
  readonly since?: string;
}

/** `undefined` if there is nothing to tell. */
export function describeSituation(report: Report): Situation | undefined {
  const concerned = report.connections.filter(isAlertable);
  const causes = groupByCause(concerned);
  const [main] = causes;
  const interrupted = interruptedStatements(report);
  if (main === undefined && interrupted.length === 0) return undefined;
  const worst = main?.holding ?? "current";
  const since = sinceOf(concerned.filter((each) => holdingOf(each) === worst));
  const isOld = since !== undefined && Date.parse(report.startedAt) - Date.parse(since) > STILL_AFTER_MS;
  return { report, concerned, causes, interrupted, worst, ...(main && { main }), ...(isOld && { since }) };
}

/** The latest time, if every one of the connections has one. */
function sinceOf(outcomes: readonly Outcome[]): string | undefined {
  if (outcomes.length === 0) return undefined;
  const times = outcomes.flatMap(({ failingSince }) => failingSince ?? []);
  return times.length < outcomes.length ? undefined : times.toSorted().at(-1);
}

export function heldBy({ concerned }: Situation, holding: Holding): readonly Outcome[] {
  return concerned.filter((each) => holdingOf(each) === holding);
}

export type Severity = "critical" | "warning" | "info";

/** A connection that is down needs somebody now; so does one that did not become usable with the new key. */
export function severityOf({ worst, concerned, interrupted }: Situation): Severity {
  if (interrupted.length > 0) return "critical";
  if (worst === "down") return "critical";
  if (worst === "current") return "info";
  const mayBeDown = worst === "unknown" && concerned.some(isUnusable);
  return mayBeDown ? "critical" : "warning";
}

function isUnusable(outcome: Outcome): boolean {
  const isUnknown = holdingOf(outcome) === "unknown";
  return isUnknown && outcome.outcome === "failed" && outcome.evidence.phase !== "ready";
}

/** How the alert names a connection: with its environment if there are several. */
export function namer({ concerned }: Pick<Situation, "concerned">): (outcome: Outcome) => string {
  const isOne = new Set(concerned.map(({ environment }) => environment)).size === 1;
  return isOne ? ({ name }) => name : qualifiedName;
}

/** The name in a secret's ARN; the text itself if it is no ARN. */
export function secretName(secret: string): string {
  const [, path] = /^arn:[^:]+:secretsmanager:[^:]*:\d*:secret:(.+)$/.exec(secret) ?? [];
  return path?.replace(/-[A-Za-z0-9]{6}$/, "") ?? secret;
}

export function readableTime(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
