import type { Outcome } from "../outcome.ts";
import type { Cause } from "./causes.ts";
import { isAboutApiKey } from "./holding.ts";
import { shortReason } from "./reason.ts";
import { heldBy, needsPreviousKey, readableTime, type Situation, secretName } from "./situation.ts";

/** SNS takes fewer than a hundred characters. */
export const MAX_SUBJECT_LENGTH = 99;
export const MAX_SMS_LENGTH = 140;

export function subjectOf(situation: Situation): string {
  return firstThatFits(candidates(situation), MAX_SUBJECT_LENGTH);
}

/** The subjects that say it, the longest first. */
function candidates(situation: Situation): readonly string[] {
  const { since, interrupted, main } = situation;
  const stopped = stoppedStatements(situation);
  if (main === undefined) return [`[STOPPED ${interrupted.length}] ${stopped}`];
  const label = `${since === undefined ? "" : "STILL "}${labelOf(situation)} ${countOf(situation)}`;
  const reason = reasonOf(situation, main) + (since === undefined ? "" : ` since ${readableTime(since)}`);
  const short = `${placeOf(situation, main)}: ${reason}`;
  if (interrupted.length === 0)
    return [`[${label}] ${[short, ...restOf(situation)].join("; ")}`, `[${label}] ${short}`];
  const both = `[STOPPED ${interrupted.length}, ${label}]`;
  return [`${both} ${stopped}; ${short}`, `${both} ${stopped}`];
}

function stoppedStatements({ interrupted }: Situation): string {
  const [first] = interrupted;
  const environments = [...new Set(interrupted.map(({ environment }) => environment))];
  const what =
    interrupted.length === 1 ? `statement ${first?.name} does` : `${interrupted.length} statements do`;
  return `${environments.join(", ")}: ${what} not run again`;
}

/** The text for a phone: the subject, and what must not be done. */
export function smsOf(situation: Situation, subject: string): string {
  const warning = needsPreviousKey(situation) ? " Do not revoke the previous key." : "";
  return firstThatFits([`${subject}.${warning}`.replace(/\.\.\.+/, "..."), subject], MAX_SMS_LENGTH);
}

/** The first text that is short enough, or the last one, cut. Other than ASCII characters are not allowed. */
export function firstThatFits(texts: readonly string[], max: number): string {
  const ascii = texts.map((text) => text.replace(/[^\x20-\x7e]/g, "?"));
  const last = ascii.at(-1) ?? "";
  return ascii.find((text) => text.length <= max) ?? `${last.slice(0, max - 3)}...`;
}

function labelOf({ worst, concerned }: Situation): string {
  switch (worst) {
    case "down":
      return "DOWN";
    case "unknown":
      return "NOT KNOWN";
    case "previous":
      return concerned.some(({ outcome }) => outcome === "rolled-back") ? "ROLLED BACK" : "NOT ROTATED";
    case "current":
      return "NOTICE";
  }
}

function countOf(situation: Situation): number {
  const held = heldBy(situation, situation.worst);
  const rolledBack = held.filter(({ outcome }) => outcome === "rolled-back");
  return (rolledBack.length > 0 ? rolledBack : held).length;
}

/** The secret if the failure is about its key, else the environment; a number if there are several. */
function placeOf(situation: Situation, { errorClass, outcomes: [first] }: Cause): string {
  const { worst } = situation;
  const ofSecret = errorClass === "rejected" || errorClass === "secret";
  const isAboutKey = worst !== "previous" || (ofSecret && !isAboutApiKey(first));
  const places = new Set(
    heldBy(situation, worst).map(({ secret, environment }) =>
      isAboutKey ? secretName(secret) : environment,
    ),
  );
  const [place = ""] = places;
  return places.size === 1 ? place : `${places.size} ${isAboutKey ? "secrets" : "environments"}`;
}

/** The reason of the first cause, and whether there are others. */
function reasonOf({ causes, worst }: Situation, main: Cause): string {
  const reasons = new Set(causes.filter(({ holding }) => holding === worst).map(shortReason));
  return shortReason(main) + (reasons.size > 1 ? ", and more" : "");
}

/** How many connections hold what else. */
function restOf(situation: Situation): string[] {
  const { worst, report, concerned } = situation;
  const previous = heldBy(situation, "previous").filter(({ errorClass }) => errorClass !== "not-found");
  const unknown = worst === "down" ? heldBy(situation, "unknown").length : 0;
  const secrets = new Set(concerned.map(({ secret }) => secret));
  const total = report.connections.filter(({ secret }) => secrets.has(secret)).length;
  return [
    ...(unknown > 0 ? [`${unknown} not known`] : []),
    ...(previous.length > 0 ? [keeping(previous, total)] : []),
  ];
}

function keeping(previous: readonly Outcome[], total: number): string {
  const count = previous.length;
  const all = ["", "it keeps", "both keep"][total] ?? `all ${total} keep`;
  if (count === total) return `${all} the previous key`;
  return `${count} of ${total} connections keep${count === 1 ? "s" : ""} the previous one`;
}
