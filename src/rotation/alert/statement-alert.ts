import { qualifiedName } from "../connection.ts";
import type { Report } from "../report/report.ts";
import type { StatementEntry } from "../statements/recorder.ts";
import { printable } from "../untrusted-text.ts";
import { nameList } from "../wording.ts";
import { factLines, wrap } from "./wrap.ts";

const MAX_NAMED = 50;
const MAX_HEAD_NAMES = 5;

/** After these, a statement still runs with the previous key. */
const STALE: ReadonlySet<StatementEntry["action"]> = new Set(["reported", "not-restarted", "would-restart"]);

/** The first lines of the alert about interrupted statements, for a telephone. */
export function interruptedHead(interrupted: readonly StatementEntry[], width: number): string[] {
  if (interrupted.length === 0) return [];
  const names = nameList(interrupted.map(qualifiedName), MAX_HEAD_NAMES);
  const [it, doesNot] = interrupted.length === 1 ? ["it", "it does not"] : ["them", "they do not"];
  const text = `The rotator has stopped ${it} for a restart, and ${doesNot} run again.`;
  return ["STOPPED STATEMENT:", ...wrap(names, "  ", width), ...wrap(text, "  ", width)];
}

/** The commands that resume the interrupted statements. */
export function resumeCommands(interrupted: readonly StatementEntry[]): string[] {
  return interrupted.flatMap(({ nextStep }) => nextStep ?? []);
}

export function resumeBlock(interrupted: readonly StatementEntry[]): string[][] {
  const commands = resumeCommands(interrupted);
  return commands.length === 0 ? [] : [["RESUME IT:", "", ...commands.map((line) => `  ${line}`)]];
}

/** Why each of the interrupted statements does not run. */
export function interruptedCauses(interrupted: readonly StatementEntry[]): string[][] {
  return interrupted.map(({ environment, name, phase, message }) => [
    `WHY: statement ${name}, ${environment}`,
    ...factLines([
      ["What", message],
      ["Phase", phase],
    ]),
  ]);
}

/** Lines about the statements that still run with the previous key; none if there are none. */
export function staleStatementsLine({ statements }: Report): readonly string[] {
  const stale = statements?.filter(({ action }) => STALE.has(action)) ?? [];
  if (stale.length === 0) return [];
  const names = nameList(stale.map(qualifiedName), MAX_NAMED);
  return wrap(printable(`At least these still run with the previous key: ${names}.`));
}
