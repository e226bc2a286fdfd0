import { Argument, Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { candidates } from "./completion-candidates.ts";
import { defaultConfigFile } from "./config-argument.ts";
import type { CommandContext } from "./context.ts";
import { exampleText } from "./help.ts";
import { NAME } from "./program-name.ts";

const FUNCTION_NAME = NAME.replaceAll("-", "_");

/** The scripts ask the program for candidates, so they never become outdated. Without candidates they offer files. */
const SCRIPTS = {
  bash: `_${FUNCTION_NAME}() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do COMPREPLY+=("$(printf '%q' "$word")"); done < <(
    "\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null
  )
}
# ARNs contain colons.
COMP_WORDBREAKS=\${COMP_WORDBREAKS//:/}
complete -o default -F _${FUNCTION_NAME} ${NAME}`,
  zsh: `#compdef ${NAME}
_${FUNCTION_NAME}() {
  local -a candidates
  candidates=(\${(f)"$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
compdef _${FUNCTION_NAME} ${NAME}`,
  fish: `function __${FUNCTION_NAME}
  set -l words (commandline -opc)
  set -l word (commandline -ct)
  set -l candidates ($words[1] complete -- $words[2..-1] "$word" 2>/dev/null)
  if test (count $candidates) -gt 0
    printf '%s\\n' $candidates
  else
    __fish_complete_path "$word"
  end
end
complete -c ${NAME} -f -a '(__${FUNCTION_NAME})'`,
};

export function completionCommand({ out }: CommandContext): CommandUnknownOpts {
  return new Command("completion")
    .summary("Print the completion script of a shell")
    .description("Print the completion script of a shell.")
    .addArgument(new Argument("<shell>", "the shell").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      exampleText(out, [
        ["completion bash", `add to ~/.bashrc: eval "$(${NAME} completion bash)"`],
        ["completion zsh", `add to ~/.zshrc after compinit: eval "$(${NAME} completion zsh)"`],
        ["completion fish", `add to ~/.config/fish/config.fish: ${NAME} completion fish | source`],
      ]),
    )
    .action((shell) => out.print(SCRIPTS[shell]));
}

/** The hidden command that the completion scripts call. It completes the last word. */
export function completeCommand(context: CommandContext, program: CommandUnknownOpts): CommandUnknownOpts {
  return new Command("complete").argument("[words...]").action((words) => {
    const found = candidates(words, program, defaultConfigFile(context));
    if (found.length > 0) context.out.print(...found);
  });
}
