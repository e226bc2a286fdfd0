import { readConfig } from "../config/load.ts";
import { COMMON_OPTIONS, type Command, type Context, EXIT, PROGRAM } from "./command.ts";
import { UsageError } from "./errors.ts";
import { suggestion } from "./nearest.ts";

const FUNCTION = PROGRAM.replaceAll("-", "_");

/** Each asks the program itself, so that what it offers is never out of date. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_${FUNCTION}() {
  local words
  words=$("\${COMP_WORDS[0]}" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _${FUNCTION} ${PROGRAM}`,
  zsh: `#compdef ${PROGRAM}
_${FUNCTION}() {
  local -a candidates
  candidates=(\${(f)"$("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a candidates || _files
}
compdef _${FUNCTION} ${PROGRAM}`,
};

/** @param commands a function, since the command is one of them. */
export function completion(commands: () => ReadonlyMap<string, Command>): Command {
  return {
    summary: "Prints the completion script of a shell",
    words: "bash|zsh",
    options: {},
    examples: [
      ["completion bash", 'to be read by: eval "$(…)" in ~/.bashrc'],
      ["completion zsh", 'to be read by: eval "$(…)" in ~/.zshrc, after compinit'],
    ],
    run: async ({ words: [shell = "", ...typed] }, context) => {
      const lines = shell === "words" ? candidates(typed, commands(), context) : [scriptOf(shell)];
      context.out.print(...lines);
      return EXIT.ok;
    },
  };
}

function scriptOf(shell: string): string {
  const script = SCRIPTS[shell];
  if (script === undefined)
    throw new UsageError(`There is no completion for "${shell}".`, suggestion(shell, Object.keys(SCRIPTS)));
  return script;
}

/** What may stand where the last of the typed words is. */
function candidates(
  typed: readonly string[],
  commands: ReadonlyMap<string, Command>,
  { env }: Context,
): readonly string[] {
  const [name = ""] = typed;
  if (typed.length <= 1) return [...commands.keys()];
  const command = commands.get(name);
  if (command === undefined) return [];
  const options = Object.keys({ ...command.options, ...COMMON_OPTIONS }).map((option) => `--${option}`);
  if (command.words !== "[name…]" || typed.at(-1)?.startsWith("-")) return options;
  return [...connectionNames(env["CONNECTIONS_FILE"] || "connections.json"), ...options];
}

function connectionNames(file: string): string[] {
  try {
    return readConfig(file).connections.map(({ name }) => name);
  } catch {
    return [];
  }
}
