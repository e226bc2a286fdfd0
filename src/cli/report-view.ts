import { qualifiedName } from "../rotation/connection.ts";
import type { Outcome } from "../rotation/outcome.ts";
import type { Report } from "../rotation/report/report.ts";
import { outcomeStyle } from "../terminal/status-table.ts";
import { tableLines } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { counted, seconds } from "../terminal/text.ts";
import { EXIT, type ExitCode } from "./context.ts";

const HEAD = ["ENVIRONMENT", "CONNECTION", "TYPE", "OUTCOME", "PHASE", "TIME", "SECRET", "VERSION"];

export function reportLines(terminal: Terminal, report: Report): string[] {
  const { connections, counts, durationMs, requests } = report;
  const rows = connections.map((each) => [
    { text: each.environment },
    { text: each.name },
    { text: each.type },
    { text: each.outcome, style: outcomeStyle(each.outcome) },
    { text: each.phase ?? "" },
    { text: each.durationMs > 0 ? seconds(each.durationMs) : "" },
    { text: each.secret },
    { text: each.secretVersionId?.slice(0, 8) ?? "" },
  ]);
  const total = Object.entries(counts).filter(([, count]) => count > 0);
  const summary = total.map(([outcome, count]) => `${count} ${outcome}`).join(", ") || "Nothing to do";
  return [
    ...tableLines(terminal, HEAD, rows),
    ...connections.flatMap((each) => remark(terminal, each)),
    "",
    `${summary}; ${seconds(durationMs)}, ${counted(requests, "request")} to Confluent.`,
  ];
}

function remark(terminal: Terminal, connection: Outcome): string[] {
  const { outcome, errorClass, message, detail, requestId, nextStep } = connection;
  if (message === undefined && detail === undefined) return [];
  const facts = [message, detail, requestId && errorClass && `Request id ${requestId}.`, nextStep];
  return [
    "",
    `  ${terminal.paint(outcomeStyle(outcome), qualifiedName(connection))}`,
    ...facts.flatMap((fact) => (fact ? [`    ${fact}`] : [])),
  ];
}

export function exitCodeOf(outcome: Report["outcome"]): ExitCode {
  return { succeeded: EXIT.ok, failed: EXIT.failed, unverified: EXIT.unverified }[outcome];
}
