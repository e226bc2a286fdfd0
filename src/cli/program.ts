import { Command, type CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Redactor } from "../rotation/redact.ts";
import { VERSION } from "../version.ts";
import { alertCommand } from "./alert.ts";
import { addAwsOptions, awsChoiceOf } from "./aws-options.ts";
import { checkCommand } from "./check.ts";
import { completeCommand, completionCommand } from "./completion.ts";
import type { CommandContext, Context, ExitCode } from "./context.ts";
import { discoverCommand } from "./discover.ts";
import { UsageError } from "./errors.ts";
import { explainCommand } from "./explain.ts";
import { exampleText, exitCodeText } from "./help.ts";
import { initCommand } from "./init.ts";
import { commandNames, optionNames } from "./introspection.ts";
import { invokeCommand } from "./invoke.ts";
import { probeCommand } from "./probe/command.ts";
import { PROGRAM } from "./program-name.ts";
import { rotateCommand } from "./rotate.ts";
import { sandboxCommand } from "./sandbox.ts";
import { statusCommand } from "./status.ts";
import { suggestion } from "./suggestion.ts";
import { templateCommand } from "./template.ts";

/** @param exitWith receives the exit code of the command that ran. */
export function createProgram(
  context: Context,
  exitWith: (code: ExitCode) => void,
  redactor: Redactor,
): CommandUnknownOpts {
  const { out } = context;
  const program = new Command(PROGRAM)
    .description("Rotates the API keys of Confluent Cloud Flink connections from AWS Secrets Manager.")
    .usage("<command> [options]")
    .version(VERSION, "-V, --version", "show the version")
    .option("--verbose", "show the stack traces of errors")
    .option("--debug", "trace HTTP requests to standard error, without bodies and secrets")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureHelp({
      showGlobalOptions: true,
      minWidthToWrap: 20,
      styleTitle: (title) => out.paint("bold", title),
    })
    .configureOutput({
      writeOut: (text) => out.print(text.trimEnd()),
      // Errors are thrown, and printed once.
      writeErr: () => undefined,
      getOutHelpWidth: () => out.width,
      getOutHasColors: () => true,
    })
    .addHelpText("after", exitCodeText(out));
  const commandContext: CommandContext = {
    ...context,
    redactor,
    exitWith,
    isVerbose: () => program.opts().verbose === true,
  };
  addCommands(program, commandContext);
  return program;
}

function addCommands(program: CommandUnknownOpts, context: CommandContext): void {
  for (const create of COMMANDS) {
    const command = create(context).copyInheritedSettings(program);
    addAwsOptions(command);
    program.addCommand(command);
  }
  program.hook("preAction", (_, command) => context.useAws(awsChoiceOf(command)));
  program.addCommand(helpCommand(program, context).copyInheritedSettings(program));
  program.addCommand(completeCommand(context, program), { hidden: true });
  for (const command of [program, ...program.commands])
    command.exitOverride((error) => {
      throw error.exitCode === 0 ? error : toUsageError(error, command);
    });
}

const COMMANDS: readonly ((context: CommandContext) => CommandUnknownOpts)[] = [
  rotateCommand,
  statusCommand,
  checkCommand,
  initCommand,
  discoverCommand,
  invokeCommand,
  alertCommand,
  probeCommand,
  explainCommand,
  templateCommand,
  sandboxCommand,
  completionCommand,
];

function helpCommand(program: CommandUnknownOpts, { out }: Context): CommandUnknownOpts {
  return new Command("help")
    .summary("Show the help of a command")
    .description("Show the help of a command.")
    .argument("[command]", "the command; without it, all commands are listed")
    .addHelpText("after", exampleText(out, [["help rotate", "the options of rotate"]]))
    .action((name) => (name === undefined ? program : findCommand(program, name)).outputHelp());
}

/** @throws UsageError */
export function findCommand(program: CommandUnknownOpts, name: string): CommandUnknownOpts {
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined)
    throw new UsageError(`There is no command "${name}".`, suggestion(name, commandNames(program)));
  return command;
}

/** Commander's message as a sentence, with a hint that suits the command. */
function toUsageError({ code, message }: CommanderError, command: CommandUnknownOpts): UsageError {
  const sentence = message.replace(/^error: (.)/, (_, first: string) => first.toUpperCase());
  const [, option = ""] = /'(--[^']*)'/.exec(message) ?? [];
  const hint =
    code === "commander.unknownOption" && option !== ""
      ? suggestion(option, optionNames(command))
      : `See ${[PROGRAM, ...(command.parent === null ? [] : [command.name()])].join(" ")} --help.`;
  return new UsageError(sentence.replace(/\.?$/, "."), hint);
}
