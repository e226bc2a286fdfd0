import type { Config } from "../config/load.ts";
import { qualifiedName } from "../rotation/connection.ts";
import { phaseStyle } from "../terminal/status-table.ts";
import { type Cell, tableLines } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { factLines } from "./problem.ts";
import { silenceRemark } from "./silence.ts";
import type { Status } from "./status.ts";

const HEAD = ["ENVIRONMENT", "CONNECTION", "TYPE", "PHASE", "UPDATED", "SECRET", "VERSION", "CURRENT SINCE"];

export function statusLines(
  terminal: Terminal,
  statuses: readonly Status[],
  { propagationLabel: label, verification }: Pick<Config, "propagationLabel" | "verification">,
  now: number,
): string[] {
  const head = label === undefined ? HEAD : [...HEAD, label];
  const rows = statuses.map((each) => [
    ...cells(each, now),
    ...(label === undefined ? [] : [labelCell(each)]),
  ]);
  const remarks = statuses.flatMap((each) => remark(terminal, each));
  const silent = [...Map.groupBy(statuses, ({ environment }) => environment)].flatMap(([name, each]) => {
    const phases = each.flatMap(({ phase }) => phase ?? []);
    const remark = silenceRemark(phases, verification.require);
    return remark === undefined ? [] : ["", `${name}: ${remark}`];
  });
  const usable = statuses.filter((each) => each.well).length;
  return [
    ...tableLines(terminal, head, rows),
    ...remarks,
    ...silent,
    "",
    `${usable} of ${statuses.length} usable.`,
  ];
}

function cells(status: Status, now: number): Cell[] {
  const { phase, updatedAt, currentSince } = status;
  const isOlder = updatedAt !== undefined && currentSince !== undefined && updatedAt < currentSince;
  return [
    { text: status.environment },
    { text: status.name },
    { text: status.type },
    { text: phase === "" ? "none" : (phase ?? "?"), style: phaseStyle(phase ?? "") },
    { text: `${ago(updatedAt, now)}${isOlder ? ", before" : ""}`, ...(isOlder && { style: "yellow" }) },
    { text: status.secret },
    { text: status.secretVersionId?.slice(0, 8) ?? "?" },
    { text: ago(currentSince, now) },
  ];
}

function labelCell({ propagated }: Status): Cell {
  return propagated ? { text: "yes", style: "green" } : { text: "no", style: "yellow" };
}

function remark(terminal: Terminal, status: Status): string[] {
  const { problem } = status;
  const facts = [...(problem === undefined ? [] : [`    ${problem}`]), ...factLines(status)];
  if (facts.length === 0) return [];
  const style = problem === undefined ? "yellow" : "red";
  return ["", `  ${terminal.paint(style, qualifiedName(status))}`, ...facts];
}

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

function ago(iso: string | undefined, now: number): string {
  if (iso === undefined) return "?";
  const elapsedMs = now - Date.parse(iso);
  const [unitMs, unit] = UNITS.find(([ms]) => elapsedMs >= ms) ?? [];
  return unitMs === undefined ? "now" : `${Math.floor(elapsedMs / unitMs)} ${unit} ago`;
}
