import { withoutName } from "../rotation/alert/without-name.ts";
import { qualifiedName } from "../rotation/connection.ts";
import { firstNames } from "../rotation/wording.ts";
import type { Style, Terminal } from "../terminal/terminal.ts";
import { factLines, type ShownProblem } from "./problem.ts";

/** A connection, and texts about it. */
interface Remark extends Partial<ShownProblem> {
  readonly name: string;
  readonly environment: string;
}

const MAX_NAMED = 8;

/** The texts about connections. A text that several of them share is shown once, with NAME in place of their names. */
export function remarkLines<T extends Remark>(
  terminal: Terminal,
  remarks: readonly T[],
  styleOf: (remark: T) => Style,
): string[] {
  const told = remarks.filter(({ message, detail }) => message !== undefined || detail !== undefined);
  return [...Map.groupBy(told, keyOf).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const facts = same.every((each) => textsOf(each) === textsOf(first)) ? first : withoutItsName(first);
    return ["", ...titleLines(terminal, same, styleOf(first)), ...factLines(terminal, facts)];
  });
}

function keyOf(remark: Remark): string {
  return textsOf(withoutItsName(remark));
}

function textsOf({ environment, message, detail, nextStep }: Remark): string {
  return JSON.stringify([environment, message, detail, nextStep]);
}

function withoutItsName<T extends Remark>(remark: T): T {
  const { name, message, detail, nextStep } = remark;
  const replace = (text: string) => withoutName(text, name);
  return {
    ...remark,
    ...(message !== undefined && { message: replace(message) }),
    ...(detail !== undefined && { detail: replace(detail) }),
    ...(nextStep !== undefined && { nextStep: replace(nextStep) }),
  };
}

function titleLines(terminal: Terminal, same: readonly Remark[], style: Style): string[] {
  const names = firstNames(same.map(qualifiedName), MAX_NAMED);
  return terminal.wrap(names, "  ").map((line) => terminal.paint(style, line));
}
