import { qualifiedName } from "../connection.ts";
import type { Outcome } from "../outcome.ts";
import type { Trigger } from "../plan.ts";
import { isUnhealthy } from "../report/report.ts";
import { counted, nameList } from "../wording.ts";
import type { AlertContext } from "./alert.ts";
import type { Cause } from "./causes.ts";
import { restoreCommand } from "./commands.ts";
import { headLines } from "./head-lines.ts";
import { isAboutApiKey } from "./holding.ts";
import { heldBy, namer, readableTime, type Situation, secretName } from "./situation.ts";
import { interruptedCauses, resumeBlock, staleStatementsLine } from "./statement-alert.ts";
import { factLines, wrap } from "./wrap.ts";

const MAX_CAUSES = 25;
const MAX_NAMES = 200;
const MAX_DETAILS = 3;

/** The text for people: what is down, the quickest way out, how to run again, the causes, where to look. */
export function alertText(situation: Situation, context: AlertContext): string {
  const causes = situation.causes.filter((cause) => !isFollower(situation, cause));
  const more = causes.length - MAX_CAUSES;
  return [
    headLines(situation),
    ...resumeBlock(situation.interrupted),
    ...wayOut(situation, context),
    ...whatToDo(situation, context),
    ...interruptedCauses(situation.interrupted),
    ...causes.slice(0, MAX_CAUSES).map((cause) => causeLines(situation, cause, context)),
    ...(more > 0 ? [[`And ${counted(more, "more cause")}.`]] : []),
    ...[staleStatementsLine(situation.report)].filter((lines) => lines.length > 0),
    runLines(situation, context),
  ]
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** True if the connections were spared because another one of their secret was refused the key, which is told already. */
function isFollower({ causes }: Situation, { outcomes: [first] }: Cause): boolean {
  return (
    first.outcome === "not-attempted" &&
    first.errorClass === "rejected" &&
    causes.some(
      ({ outcomes: [other] }) =>
        other.outcome !== "not-attempted" && other.errorClass === "rejected" && other.secret === first.secret,
    )
  );
}

/** One block for each secret whose new key is in use somewhere and refused, if the version before it may help. */
function wayOut(situation: Situation, { region }: AlertContext): string[][] {
  const bySecret = Map.groupBy(heldBy(situation, "down"), ({ secret }) => secret);
  return [...bySecret].flatMap(([secret, outcomes]) => {
    const command = restoreCommand(outcomes, region);
    if (command === undefined) return [];
    const names = nameList(outcomes.map(namer(situation)), MAX_DETAILS);
    const text = `QUICKEST WAY OUT, if the previous key still works: make the previous version of ${secretName(secret)} current again. That starts a run, which puts the previous key into ${names}.`;
    return [[...wrap(text), "", ...command.map((line) => `  ${line}`)]];
  });
}

/** The advice on the main cause, and how to run again. */
function whatToDo({ concerned, main }: Situation, { rerun }: AlertContext): string[][] {
  if (main === undefined || main.holding === "current") return [];
  const title = main.holding === "down" ? "THEN" : "WHAT TO DO";
  const [first = [], ...others] = rerun(concerned.filter(isUnhealthy).map(qualifiedName));
  const alternatives = others.flatMap((lines) => ["", "or, without a checkout:", "", ...indented(lines)]);
  return [
    [
      ...(main.nextStep === undefined ? [] : [...wrap(`${title}: ${main.nextStep}`), ""]),
      "To run it again (the next schedule does it too):",
      "",
      ...indented(first),
      ...alternatives,
    ],
  ];
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

function causeLines(situation: Situation, cause: Cause, { runbook }: AlertContext): string[] {
  const { outcomes, message, errorClass, environment } = cause;
  const ofKey = (textOf: (outcome: Outcome) => string | undefined) =>
    isAboutApiKey(outcomes[0]) ? "" : distinct(outcomes, textOf);
  const facts = [
    ["What", message],
    ["Which", nameList(outcomes.map(namer(situation)), MAX_NAMES)],
    ["Outcome", distinct(outcomes, ({ outcome }) => outcome)],
    ["Phase", distinct(outcomes, ({ phase }) => phase)],
    ["Detail", distinct(outcomes, ({ detail }) => detail)],
    ["Secret", ofKey(({ secret }) => secret)],
    ["Version", ofKey(({ secretVersionId }) => secretVersionId)],
    ["Since", distinct(outcomes, ({ failingSince }) => failingSince && readableTime(failingSince))],
    ["Request", distinct(outcomes, requestOf)],
    ["Next", cause === situation.main ? undefined : cause.nextStep],
    ["Runbook", errorClass && `${runbook}#${errorClass}`],
  ] as const;
  return [
    `${errorClass === undefined ? "DETAILS" : `WHY: ${errorClass}`}, ${environment}, ${counted(outcomes.length, "connection")}`,
    ...factLines(facts),
  ];
}

function requestOf({ requestId, httpStatus }: Outcome): string | undefined {
  const status = httpStatus === undefined ? "" : `HTTP ${httpStatus}`;
  return requestId === undefined ? status || undefined : `${requestId}${status && ` (${status})`}`;
}

function distinct(outcomes: readonly Outcome[], textOf: (outcome: Outcome) => string | undefined): string {
  const values = new Set(outcomes.flatMap((each) => textOf(each) || []));
  return nameList([...values], MAX_DETAILS);
}

function runLines({ report }: Situation, context: AlertContext): string[] {
  const { trigger, startedAt, durationMs, requests } = report;
  const seconds = (durationMs / 1_000).toFixed(1);
  return [
    ...wrap(
      `Run: ${describeTrigger(trigger)}, ${readableTime(startedAt)}, ${seconds} s, ${counted(requests, "request")} to Confluent`,
    ),
    ...placeLines(context),
  ];
}

/** Where the run took place. Addresses are lines of their own, so that a mail program can open them. */
export function placeLines({ version, account, region, logUrl, dashboardUrl }: AlertContext): string[] {
  const place = [
    ...(account ? [`account ${account}`] : []),
    ...(region ? [region] : []),
    `rotator ${version}`,
  ];
  return [
    `Where: ${place.join(", ")}`,
    ...(logUrl ? [`Log: ${logUrl}`] : []),
    ...(dashboardUrl ? [`Dashboard: ${dashboardUrl}`] : []),
  ];
}

function describeTrigger(trigger: Trigger): string {
  switch (trigger.kind) {
    case "schedule":
      return "started by the schedule";
    case "secret-change":
      return `started by a change of secret ${trigger.secret}${trigger.versionId === undefined ? "" : ` (version ${trigger.versionId})`}`;
    case "direct":
      return "started by a direct call";
    case "ignored":
      return `started by an event that was ignored (${trigger.reason})`;
  }
}
