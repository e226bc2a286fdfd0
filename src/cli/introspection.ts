import type { CommandUnknownOpts } from "@commander-js/extra-typings";

/** The names of a program's commands that its help lists. */
export function commandNames(program: CommandUnknownOpts): string[] {
  const commands = program.createHelp().visibleCommands(program);
  return commands.map((command) => command.name());
}

/** The long names of a command's options, including `--help` and the global ones. */
export function optionNames(command: CommandUnknownOpts): string[] {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  return options.flatMap(({ long }) => long ?? []);
}
