import { createProgram } from "../../src/cli/program.ts";
import { Redactor } from "../../src/rotation/redact.ts";
import { fakeTerminal } from "./terminal.ts";

/** The help of the program (under "") and of each visible command, for a pipe or a terminal of the given width. */
export function helpTexts(columns?: number): ReadonlyMap<string, string> {
  const { commands } = createProgram(contextOf(fakeTerminal()), () => undefined, new Redactor());
  const names = commands.map((command) => command.name()).filter((name) => name !== "complete");
  return new Map(["", ...names].map((name) => [name, helpOf(name, columns)]));
}

function helpOf(name: string, columns: number | undefined): string {
  const out = fakeTerminal(columns === undefined ? { isTTY: false } : { columns });
  const program = createProgram(contextOf(out), () => undefined, new Redactor());
  (program.commands.find((command) => command.name() === name) ?? program).outputHelp();
  return out.written();
}

function contextOf(out: ReturnType<typeof fakeTerminal>) {
  return {
    env: {},
    out: out.terminal,
    err: fakeTerminal().terminal,
    ask: async () => undefined,
    isInteractive: false,
    useAws: () => undefined,
    onInterrupt: () => () => undefined,
  };
}

/** The command lines in the examples of a help text, without the program's name. */
export function exampleLines(help: string): string[] {
  const [, examples = ""] = help.split("\nExamples:\n");
  return [...examples.matchAll(/^ {2}flink-connection-rotator (.*)$/gm)].flatMap(([, line]) => line ?? []);
}
