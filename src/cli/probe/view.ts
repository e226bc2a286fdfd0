import { counted } from "../../rotation/wording.ts";
import { phaseStyle } from "../../terminal/status-table.ts";
import { type Cell, tableLines } from "../../terminal/table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { seconds } from "../../terminal/text.ts";
import type { PutExchange } from "./exchanges.ts";
import type { ProbeReport, ReportedPut } from "./report.ts";
import type { Movement } from "./timeline.ts";

const HEAD = [{ title: "KEY" }, { title: "AFTER PUT" }, { title: "SEEN" }];

export function probeLines(terminal: Terminal, report: ProbeReport): string[] {
  const { puts, rateLimit, requests, durationMs } = report;
  const limits = Object.entries(rateLimit).map(([name, value]) => `${name}: ${value}`);
  return [
    ...tableLines(terminal, HEAD, puts.flatMap(rowsOf)),
    "",
    ...[`  Rate limit headers: ${limits.join(", ") || "none"}.`, ...inquiryLines(report)].flatMap((line) =>
      terminal.wrap(line),
    ),
    ...settingLines(terminal, report),
    "",
    ...terminal.wrap(`${seconds(durationMs)}, ${counted(requests, "request")} to Confluent.`),
  ];
}

function inquiryLines({ statementList: statements, providerAnswer: provider }: ProbeReport): string[] {
  return [
    ...(statements === undefined ? [] : [`  Statements: ${describeStatements(statements)}`]),
    ...(provider === undefined ? [] : [`  Provider: ${describeProvider(provider)}`]),
  ];
}

function describeStatements(statements: NonNullable<ProbeReport["statementList"]>): string {
  if (!statements.listed) return `they cannot be listed. ${statements.message}`;
  const { count, withConnections, withThisConnection } = statements;
  if (count === 0) return "they can be listed, but there are none.";
  return `${counted(count, "statement")} can be listed; ${withConnections} of them name connections (connection_refs), ${withThisConnection} this one.`;
}

function describeProvider({ verdict, reason }: NonNullable<ProbeReport["providerAnswer"]>): string {
  switch (verdict) {
    case "valid":
      return "it accepts the current key.";
    case "refused":
      return `it refuses the current key (${reason}).`;
    case "unknown":
      return `it did not say whether it accepts the current key (${reason}).`;
    case "not-asked":
      return "it was not asked.";
  }
}

function rowsOf(put: ReportedPut): Cell[][] {
  const { key, exchanges, phaseBefore, resourceVersionChange, updatedAtChange, message, detail } = put;
  const row = (after: string, text: string, style?: Cell["style"]): Cell[] => [
    { text: key },
    { text: after },
    { text, ...(style && { style }) },
  ];
  const events = [
    ...put.phases.map(({ afterMs, phase, detail }) => ({
      afterMs,
      text: [phase || "no phase", ...(detail ? [detail] : [])].join(": "),
      style: phaseStyle(phase),
    })),
    ...movement("resource_version", resourceVersionChange),
    ...movement("updated_at", updatedAtChange),
  ].toSorted((a, b) => a.afterMs - b.afterMs);
  return [
    ...(phaseBefore === undefined ? [] : [row("before", phaseBefore || "no phase", phaseStyle(phaseBefore))]),
    ...exchanges.map((exchange) => row("", describeExchange(exchange))),
    ...(message === undefined ? [] : [row("", [message, detail].filter(Boolean).join(" "), "red")]),
    ...events.map(({ afterMs, text, style }) => row(`${Math.round(afterMs)} ms`, text, style)),
    ...(put.watchedMs === undefined ? [] : [row(seconds(put.watchedMs), describeEnd(put))]),
  ];
}

function movement(field: string, seen: Movement | undefined) {
  if (seen?.changedAfterMs === undefined) return [];
  return [{ afterMs: seen.changedAfterMs, text: `${field} has changed`, style: undefined }];
}

function describeExchange({ metadata, httpStatus, body }: PutExchange): string {
  const form = metadata ? "with metadata" : "without metadata";
  const bodies = {
    connection: "with the connection",
    error: "with an error",
    empty: "without a body",
    "not-from-the-api": "with a body that is not from the API",
  } as const;
  if (httpStatus === undefined || body === undefined) return `PUT ${form}: no response`;
  return `PUT ${form}: ${httpStatus}, ${bodies[body]}`;
}

function describeEnd(put: ReportedPut): string {
  const { reads = 0, failedReads = 0, outdatedReads = 0, resourceVersionChange, updatedAtChange } = put;
  const still = [
    ...stillness("resource_version", resourceVersionChange),
    ...stillness("updated_at", updatedAtChange),
  ];
  const odd = [
    ...(failedReads > 0 ? [`${failedReads} failed`] : []),
    ...(outdatedReads > 0 ? [`${outdatedReads} showed an older state`] : []),
  ];
  return [`end, after ${counted(reads, "read")}`, ...odd, ...still].join("; ");
}

function stillness(field: string, seen: Movement | undefined): string[] {
  if (seen === undefined || seen.changedAfterMs !== undefined) return [];
  return [seen.shown ? `${field} did not change` : `${field} is not shown`];
}

function settingLines(terminal: Terminal, { settings, world }: ProbeReport): string[] {
  if (settings.length === 0) return [];
  return [
    "",
    `  ${terminal.paint("bold", "Proposed settings")} (behaviour: ${world})`,
    ...settings.flatMap(({ setting, value, configured, reason }) => {
      const isSame = value === configured;
      const note = isSame ? "as configured" : `now ${configured}`;
      return [
        `  ${terminal.paint(isSame ? "green" : "yellow", `${setting}: ${JSON.stringify(value)}`)} (${note})`,
        ...terminal.wrap(reason, "    "),
      ];
    }),
  ];
}
