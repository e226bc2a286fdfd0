import { Argument, Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { readConfig } from "../config/load.ts";
import { type CommandContext, PROGRAM } from "./context.ts";
import { exampleText } from "./help.ts";
import { commandNames, optionNames } from "./introspection.ts";

const FUNCTION_NAME = PROGRAM.replaceAll("-", "_");

/** The scripts ask the program for candidates, so that they never get out of date. */
const SCRIPTS = {
  bash: `_${FUNCTION_NAME}() {
  local words
  words=$("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${FUNCTION_NAME} ${PROGRAM}`,
  zsh: `#compdef ${PROGRAM}
_${FUNCTION_NAME}() {
  local -a candidates
  candidates=(\${(f)"$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a candidates || _files
}
compdef _${FUNCTION_NAME} ${PROGRAM}`,
};

export function completionCommand({ out }: CommandContext): CommandUnknownOpts {
  return new Command("completion")
    .summary("Print the completion script of a shell")
    .description("Print the completion script of a shell.")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh"]))
    .addHelpText(
      "after",
      exampleText(out, [
        ["completion bash", `add to ~/.bashrc: eval "$(${PROGRAM} completion bash)"`],
        ["completion zsh", `add to ~/.zshrc after compinit: eval "$(${PROGRAM} completion zsh)"`],
      ]),
    )
    .action((shell) => out.print(SCRIPTS[shell]));
}

/** What the completion scripts call. The last word is the one to be completed. */
export function completeCommand(
  { out, env }: CommandContext,
  program: CommandUnknownOpts,
): CommandUnknownOpts {
  return new Command("complete")
    .argument("[words...]")
    .action((words) => out.print(...candidates(words, program, env["CONNECTIONS_FILE"])));
}

function candidates(words: readonly string[], program: CommandUnknownOpts, file = ""): readonly string[] {
  const [name = ""] = words;
  if (words.length <= 1) return commandNames(program);
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return [];
  const takesNames = command.registeredArguments.some((argument) => argument.name() === "name");
  const names =
    takesNames && !words.at(-1)?.startsWith("-") ? connectionNames(file || "connections.json") : [];
  return [...names, ...optionNames(command)];
}

function connectionNames(file: string): string[] {
  try {
    return readConfig(file).connections.map(({ name }) => name);
  } catch {
    return [];
  }
}
