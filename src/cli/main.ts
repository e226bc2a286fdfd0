import { CommanderError } from "@commander-js/extra-typings";
import { Redactor } from "../rotation/redact.ts";
import { type Context, EXIT, type ExitCode } from "./context.ts";
import { type Failure, failureJson, failureLines, toFailure } from "./failure.ts";
import { createProgram, findCommand } from "./program.ts";
import { traceRequests } from "./request-trace.ts";

/** Without a command, these alone show the help. */
const GLOBAL_OPTIONS: readonly string[] = ["--verbose", "--debug"];

/** From the command line to the exit code. */
export async function main(args: readonly string[], context: Context): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const redactor = new Redactor();
  const exitWith = (exitCode: ExitCode) => {
    code = exitCode;
  };
  const program = createProgram(context, exitWith, redactor);
  const endTrace = args.includes("--debug") ? startTrace(context, redactor) : undefined;
  try {
    const name = args.find((arg) => !arg.startsWith("-"));
    if (name !== undefined) findCommand(program, name);
    const isEmpty = args.every((arg) => GLOBAL_OPTIONS.includes(arg));
    await program.parseAsync(isEmpty ? ["--help"] : args, { from: "user" });
    return code;
  } catch (error) {
    const isHelpOrVersion = error instanceof CommanderError && error.exitCode === 0;
    return isHelpOrVersion
      ? EXIT.ok
      : explain(toFailure(error, { redactor, env: context.env }), error, { args, context });
  } finally {
    endTrace?.();
  }
}

function startTrace({ err }: Context, redactor: Redactor): () => void {
  const print = (line: string) => err.print(err.paint("dim", `debug: ${line}`));
  return traceRequests({ redactor, print, now: () => performance.now() });
}

interface CommandLine {
  readonly args: readonly string[];
  readonly context: Context;
}

/** Prints what happened and what to do, as JSON to standard output with `--json`. */
function explain(failure: Failure, error: unknown, { args, context: { out, err } }: CommandLine): ExitCode {
  if (args.includes("--json")) out.print(failureJson(failure));
  else err.print(...failureLines(err, failure));
  if (args.includes("--verbose") && error instanceof Error) err.print(err.paint("dim", error.stack ?? ""));
  return failure.code;
}
