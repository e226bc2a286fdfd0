import type { Outcome } from "../rotation/outcome.ts";
import { isAlertable, type Report } from "../rotation/report/report.ts";
import { counted } from "../rotation/wording.ts";
import { outcomeStyle } from "../terminal/status-table.ts";
import { type Column, tableLines } from "../terminal/table.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { seconds } from "../terminal/text.ts";
import { EXIT, type ExitCode } from "./context.ts";
import { fold } from "./folding.ts";
import { remarkLines } from "./remarks.ts";
import { statementLines } from "./statement-lines.ts";

const COLUMNS: readonly Column[] = [
  { title: "ENVIRONMENT", rank: 1 },
  { title: "CONNECTION" },
  { title: "TYPE", rank: 4 },
  { title: "OUTCOME" },
  { title: "PHASE", rank: 3 },
  { title: "TIME", rank: 2 },
  { title: "SECRET" },
  { title: "VERSION", rank: 5 },
];

/** Problems first; many successes are folded into a count. */
export function reportLines(terminal: Terminal, report: Report, all: boolean): string[] {
  const { connections, counts, durationMs, requests } = report;
  const concerned = connections.filter(isAlertable);
  const { shown, folded } = fold(
    terminal,
    connections.filter((each) => !isAlertable(each)),
    all,
  );
  const open = [...concerned, ...shown];
  const total = Object.entries(counts).filter(([, count]) => count > 0);
  const summary = total.map(([outcome, count]) => `${count} ${outcome}`).join(", ") || "Nothing to do";
  return [
    ...(open.length > 0 ? tableLines(terminal, COLUMNS, open.map(cells)) : []),
    ...remarkLines(terminal, open.map(toRemark), ({ outcome }) => outcomeStyle(outcome)),
    ...(open.length > 0 ? [""] : []),
    ...statementLines(terminal, report),
    ...(report.omitted === undefined ? [] : terminal.wrap(report.omitted.message)),
    ...terminal.wrap(
      `${summary}; ${seconds(durationMs)}, ${counted(requests, "request")} to Confluent.${folded.length > 0 ? ` (--all shows the ${folded.length} that succeeded)` : ""}`,
    ),
  ];
}

function cells(outcome: Outcome) {
  return [
    { text: outcome.environment },
    { text: outcome.name },
    { text: outcome.type },
    { text: outcome.outcome, style: outcomeStyle(outcome.outcome) },
    { text: outcome.phase ?? "" },
    { text: outcome.durationMs > 0 ? seconds(outcome.durationMs) : "" },
    { text: outcome.secret },
    { text: outcome.secretVersionId?.slice(0, 8) ?? "" },
  ];
}

/** A request id is useful only for a failure. */
function toRemark({ requestId, ...outcome }: Outcome) {
  return { ...outcome, ...(requestId && outcome.errorClass && { requestId }) };
}

export function exitCodeOf(outcome: Report["outcome"]): ExitCode {
  return { succeeded: EXIT.ok, failed: EXIT.failed, unverified: EXIT.unverified }[outcome];
}
