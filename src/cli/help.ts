import type { Terminal } from "../terminal/terminal.ts";
import { COMMON_OPTIONS, type Command, type Option, PROGRAM } from "./command.ts";

export function overview(terminal: Terminal, commands: ReadonlyMap<string, Command>): string[] {
  const rows = [...commands].map(([name, { summary }]) => [name, summary] as const);
  return [
    "Rotates the API keys of Confluent Cloud Flink connections from AWS Secrets Manager.",
    "",
    terminal.paint("bold", "Usage"),
    `  ${PROGRAM} COMMAND [options]`,
    "",
    terminal.paint("bold", "Commands"),
    ...columns(rows),
    "",
    terminal.paint("bold", "Exit codes"),
    "  0 all is well, 1 something failed, 2 usage or configuration, 3 put but not verified, 130 interrupted",
    "",
    `${PROGRAM} COMMAND --help shows its options and examples.`,
  ];
}

export function commandHelp(terminal: Terminal, name: string, command: Command): string[] {
  const { summary, about = [], words = "", options, examples } = command;
  const all = Object.entries({ ...options, ...COMMON_OPTIONS });
  return [
    `${summary}.`,
    ...about,
    "",
    terminal.paint("bold", "Usage"),
    `  ${PROGRAM} ${name} ${words} [options]`.replaceAll("  [", " ["),
    "",
    terminal.paint("bold", "Options"),
    ...columns(all.map(([option, each]) => [`--${option}${placeholder(each)}`, each.help] as const)),
    "",
    terminal.paint("bold", "Examples"),
    ...examples.flatMap(([line, what]) => [
      terminal.paint("dim", `  # ${what}`),
      `  ${PROGRAM} ${line}`.trimEnd(),
    ]),
  ];
}

function placeholder({ value, multiple }: Option): string {
  return value === undefined ? "" : ` ${value}${multiple ? " …" : ""}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
