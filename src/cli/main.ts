import { CommanderError } from "@commander-js/extra-typings";
import { ConfigError, EventError, RotationError } from "../rotation/errors.ts";
import { type Context, EXIT, type ExitCode, PROGRAM } from "./context.ts";
import { InterruptedError, UsageError } from "./errors.ts";
import { createProgram, findCommand } from "./program.ts";

/** From the command line to the exit code. */
export async function main(args: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(context, (exitCode) => {
    code = exitCode;
  });
  try {
    const name = args.find((arg) => !arg.startsWith("-"));
    if (name !== undefined) findCommand(program, name);
    await program.parseAsync(args.length > 0 ? args : ["--help"], { from: "user" });
    return code;
  } catch (error) {
    const isHelpOrVersion = error instanceof CommanderError && error.exitCode === 0;
    return isHelpOrVersion ? EXIT.ok : explain(error, args.includes("--verbose"), context);
  }
}

/** Prints one line about what happened and one about what to do. */
function explain(error: unknown, isVerbose: boolean, { err }: Context): ExitCode {
  const { code, hint } = classify(error);
  const message = error instanceof Error ? error.message : String(error);
  err.print(`${err.paint("red", "Error:")} ${message}`, hint);
  if (isVerbose && error instanceof Error) err.print(err.paint("dim", error.stack ?? ""));
  return code;
}

function classify(error: unknown): { code: ExitCode; hint: string } {
  if (error instanceof UsageError) return { code: EXIT.usage, hint: error.hint };
  if (error instanceof ConfigError)
    return {
      code: EXIT.usage,
      hint: `Nothing was read or sent. Correct the file, then run: ${PROGRAM} check`,
    };
  if (error instanceof EventError) return { code: EXIT.usage, hint: "Nothing was read or sent." };
  if (error instanceof RotationError)
    return {
      code: EXIT.failed,
      hint: `${error.response.nextStep ?? "Check the ids, the address and the secrets that the message names."} Nothing was written.`,
    };
  if (error instanceof InterruptedError)
    return { code: EXIT.interrupted, hint: `To see the state of the connections, run: ${PROGRAM} status` };
  return { code: EXIT.failed, hint: "Run it again with --verbose to see the stack trace." };
}
