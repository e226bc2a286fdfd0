import { qualifiedName } from "../rotation/connection.ts";
import type { Style, Terminal } from "../terminal/terminal.ts";
import { factLines, type ShownProblem } from "./problem.ts";

/** A connection and what is to be said about it. */
export interface Remark extends Partial<ShownProblem> {
  readonly name: string;
  readonly environment: string;
}

const MAX_NAMED = 8;

/** The texts about connections; a text that several of them share is printed once, below their names. */
export function remarkLines<T extends Remark>(
  terminal: Terminal,
  remarks: readonly T[],
  styleOf: (remark: T) => Style,
): string[] {
  const told = remarks.filter(({ message, detail }) => message !== undefined || detail !== undefined);
  return [...Map.groupBy(told, textsOf).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    return ["", ...titleLines(terminal, same, styleOf(first)), ...factLines(terminal, first)];
  });
}

function textsOf({ environment, message, detail, nextStep }: Remark): string {
  return JSON.stringify([environment, message, detail, nextStep]);
}

function titleLines(terminal: Terminal, same: readonly Remark[], style: Style): string[] {
  const named = same.slice(0, MAX_NAMED).map(qualifiedName).join(", ");
  const more = same.length > MAX_NAMED ? ` and ${same.length - MAX_NAMED} more` : "";
  return terminal.wrap(`${named}${more}`, "  ").map((line) => terminal.paint(style, line));
}
