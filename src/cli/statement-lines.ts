import { qualifiedName } from "../rotation/connection.ts";
import type { Report } from "../rotation/report/report.ts";
import type { StatementAction } from "../rotation/report/schema.ts";
import type { StatementEntry } from "../rotation/statements/recorder.ts";
import type { Terminal } from "../terminal/terminal.ts";

const WORDS: Readonly<Record<StatementAction, string>> = {
  reported: "still runs",
  "would-restart": "would be restarted",
  restarted: "restarted",
  resumed: "resumed after an earlier run stopped it",
  "not-restarted": "not restarted",
  "not-resumed": "STOPPED, AND NOT RUNNING AGAIN",
};

/** The statements that used the previous key, and what was done about them. */
export function statementLines(terminal: Terminal, { statements = [] }: Report): string[] {
  if (statements.length === 0) return [];
  return [
    "Statements that started with the previous key (possibly incomplete):",
    ...statements.flatMap((each) => linesOf(terminal, each)),
    "",
  ];
}

function linesOf(terminal: Terminal, statement: StatementEntry): string[] {
  const { connections, action, message, nextStep } = statement;
  const words = action === "not-resumed" ? terminal.paint("red", WORDS[action]) : WORDS[action];
  const uses = connections.length === 0 ? "" : ` (uses ${connections.join(", ")})`;
  return [
    ...terminal.wrap(`  ${qualifiedName(statement)}: ${words}${uses}`),
    ...(message === undefined ? [] : terminal.wrap(`    ${message}`)),
    ...(nextStep === undefined ? [] : [`    ${nextStep}`]),
  ];
}
