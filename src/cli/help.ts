import type { Terminal } from "../terminal/terminal.ts";
import { PROGRAM } from "./program-name.ts";

export type Example = readonly [line: string, description: string];

/** The examples in a command's help. Their command lines are given without the program's name. */
export function exampleText(terminal: Terminal, examples: readonly Example[]): string {
  const lines = examples.flatMap(([line, description]) => [
    ...terminal.wrap(description, "  # ").map((line) => terminal.paint("dim", line)),
    `  ${PROGRAM} ${line}`,
  ]);
  return ["", terminal.paint("bold", "Examples:"), ...lines].join("\n");
}

export function exitCodeText(terminal: Terminal): string {
  return [
    "",
    terminal.paint("bold", "Exit codes:"),
    "  0    everything succeeded",
    "  1    something failed",
    "  2    wrong usage or configuration",
    "  3    a key was sent, but its use was not confirmed",
    "  130  interrupted",
    "",
    ...terminal.wrap(`Run "${PROGRAM} <command> --help" for the options and examples of a command.`),
  ].join("\n");
}
