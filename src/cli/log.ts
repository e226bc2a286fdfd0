import type { RunLog } from "../rotation/dependencies.ts";
import type { CommandContext } from "./context.ts";

/** Prints notes and unexpected errors to standard error; stack traces only with --verbose. */
export function createLog({ err, isVerbose }: Pick<CommandContext, "err" | "isVerbose">): RunLog {
  return {
    bug: (error) => {
      const { stack, message } =
        error instanceof Error ? error : { stack: undefined, message: String(error) };
      const text = isVerbose()
        ? (stack ?? message)
        : `Unexpected error: ${message} (--verbose shows the stack trace)`;
      err.print(err.paint("red", text));
    },
    note: (message, facts = {}) => {
      const details = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
      const lines = err.wrap(details.length === 0 ? message : `${message} (${details.join(", ")})`);
      err.print(...lines.map((line) => err.paint("dim", line)));
    },
  };
}
