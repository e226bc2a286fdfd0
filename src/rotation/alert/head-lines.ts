import type { Outcome } from "../outcome.ts";
import { nameList } from "../wording.ts";
import type { Cause } from "./causes.ts";
import { isPreviousVersion, wasRead } from "./holding.ts";
import { isOldRefusal } from "./reason.ts";
import { heldBy, namer, needsPreviousKey, readableTime, type Situation, secretName } from "./situation.ts";
import { interruptedHead } from "./statement-alert.ts";
import { wrap } from "./wrap.ts";

/** Phones show the first lines only. */
const NARROW = 38;
const MAX_NAMES = 10;

/** What is down, what is not known, and what still works: the first lines of an alert. */
export function headLines(situation: Situation): string[] {
  const { causes, worst, since, interrupted } = situation;
  const bad = causes.filter(({ holding }) => holding === "down" || holding === "unknown");
  return [
    ...interruptedHead(interrupted, NARROW),
    ...(since === undefined ? [] : [`STILL, since ${readableTime(since)}:`]),
    ...(worst === "previous" ? nothingDown(situation) : []),
    ...bad.flatMap((cause) => badLines(situation, cause)),
    ...previousLines(situation),
    ...listing(situation, "IN USE, with a remark:", heldBy(situation, "current")),
    ...(needsPreviousKey(situation) ? ["Do not revoke the previous key."] : []),
  ];
}

function nothingDown(situation: Situation): string[] {
  if (heldBy(situation, "previous").every(wasRead)) return ["NOTHING IS DOWN."];
  const { counts } = situation.report;
  const changed = counts.ready + counts.applied + counts["rolled-back"];
  return changed > 0 ? [] : ["NOTHING WAS CHANGED."];
}

function badLines(situation: Situation, cause: Cause): string[] {
  const label = cause.holding === "down" ? "DOWN NOW" : "NOT KNOWN";
  return paragraph(`${label}: ${names(situation, cause.outcomes)}`, explanation(cause));
}

function explanation({ holding, outcomes }: Cause): string {
  const [first] = outcomes;
  const isOne = outcomes.length === 1;
  const [it, holds, has, its] = isOne ? ["It", "holds", "has", "its"] : ["They", "hold", "have", "their"];
  const secret = secretName(first.secret);
  const { evidence, phaseBefore } = first;
  if (holding === "down") {
    if (isOldRefusal(first)) return `${it} kept the previous key, and that was ${phaseBefore} already.`;
    if (isPreviousVersion(first))
      return `${it} ${holds} the previous key of ${secret} again, which is refused too.`;
    const how = evidence.phase === "refused" ? "(INVALID_AUTH)" : "when it is used";
    return `${it} ${holds} the new key of ${secret}, which is refused ${how}.`;
  }
  if (first.errorClass === "superseded")
    return `${it} may not have the newest key of ${secret}, which keeps changing.`;
  if (isPreviousVersion(first))
    return `${it} ${holds} the previous key of ${secret} again; nothing shows that it works.`;
  if (evidence.phase === "unreachable")
    return `${it} ${has} the new key of ${secret}, but Confluent cannot reach ${its} endpoint.`;
  const mayHave = evidence.phase === "not-seen" ? "may have" : has;
  return `${it} ${mayHave} the new key of ${secret}; nothing shows that it works.`;
}

const STILL_WORKING = "STILL WORKING on the previous key:";
const NOT_TOUCHED = "NOT TOUCHED, with the key they had:";
const NOT_FOUND = "NOT FOUND, so nothing was sent:";

function previousLines(situation: Situation): string[] {
  const byTitle = Map.groupBy(heldBy(situation, "previous"), previousTitle);
  return [STILL_WORKING, NOT_TOUCHED, NOT_FOUND].flatMap((title) =>
    listing(situation, title, byTitle.get(title) ?? []),
  );
}

function previousTitle(outcome: Outcome): string {
  if (outcome.errorClass === "not-found") return NOT_FOUND;
  return wasRead(outcome) ? STILL_WORKING : NOT_TOUCHED;
}

function listing(situation: Situation, title: string, outcomes: readonly Outcome[]): string[] {
  return outcomes.length === 0 ? [] : [title, ...wrap(names(situation, outcomes), "  ", NARROW)];
}

function paragraph(first: string, rest: string): string[] {
  const [line = "", ...more] = wrap(first, "", NARROW);
  return [line, ...more.map((each) => `  ${each}`), ...wrap(rest, "  ", NARROW)];
}

function names(situation: Situation, outcomes: readonly Outcome[]): string {
  return nameList(outcomes.map(namer(situation)), MAX_NAMES);
}
