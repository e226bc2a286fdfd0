import { ConfigError, EventError, RotationError } from "../rotation/errors.ts";
import { check } from "./check.ts";
import { type Command, type Context, EXIT, type ExitCode, PROGRAM, parseInput } from "./command.ts";
import { completion } from "./completion.ts";
import { discover } from "./discover.ts";
import { InterruptedError, UsageError } from "./errors.ts";
import { commandHelp, overview } from "./help.ts";
import { invoke } from "./invoke.ts";
import { suggestion } from "./nearest.ts";
import { rotate } from "./rotate.ts";
import { sandbox } from "./sandbox.ts";
import { status } from "./status.ts";

export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["rotate", rotate],
  ["status", status],
  ["check", check],
  ["discover", discover],
  ["invoke", invoke],
  ["sandbox", sandbox],
  ["completion", completion(() => COMMANDS)],
]);

/** From the command line to the exit code. */
export async function main(args: readonly string[], context: Context): Promise<ExitCode> {
  try {
    return await dispatch(args, context);
  } catch (error) {
    return explain(error, args.includes("--verbose"), context);
  }
}

async function dispatch([name = "--help", ...args]: readonly string[], context: Context): Promise<ExitCode> {
  const { out } = context;
  const asked = name === "help" ? args[0] : name;
  if (asked === undefined || asked === "--help" || asked === "-h") {
    out.print(...overview(out, COMMANDS));
    return EXIT.ok;
  }
  const command = COMMANDS.get(asked);
  if (command === undefined)
    throw new UsageError(`There is no command "${asked}".`, suggestion(asked, [...COMMANDS.keys()]));
  const input = name === "help" ? undefined : parseInput(asked, command, args);
  if (input !== undefined && !input.flag("help")) return command.run(input, context);
  out.print(...commandHelp(out, asked, command));
  return EXIT.ok;
}

/** One line that says what, one that says what to do. */
function explain(error: unknown, isVerbose: boolean, { err }: Context): ExitCode {
  const { code, hint } = judge(error);
  const message = error instanceof Error ? error.message : String(error);
  err.print(`${err.paint("red", "Error:")} ${message}`, hint);
  if (isVerbose && error instanceof Error) err.print(err.paint("dim", error.stack ?? ""));
  return code;
}

function judge(error: unknown): { code: ExitCode; hint: string } {
  if (error instanceof UsageError) return { code: EXIT.usage, hint: error.hint };
  if (error instanceof ConfigError)
    return { code: EXIT.usage, hint: `Nothing was read or sent. Correct it, then: ${PROGRAM} check` };
  if (error instanceof EventError) return { code: EXIT.usage, hint: "Nothing was read or sent." };
  if (error instanceof RotationError)
    return {
      code: EXIT.failed,
      hint: "Nothing was written. Check the ids, the address and the secrets that it names.",
    };
  if (error instanceof InterruptedError)
    return { code: EXIT.interrupted, hint: `To see where they stand: ${PROGRAM} status` };
  return { code: EXIT.failed, hint: "Run it again with --verbose for the stack." };
}
