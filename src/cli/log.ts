import type { RunLog } from "../rotation/dependencies.ts";
import type { Context } from "./command.ts";

/** Remarks for whoever watches; the stack of a bug only where it is asked for. */
export function logTo({ err }: Context, isVerbose: boolean): RunLog {
  return {
    bug: (error) => {
      const { stack, message } =
        error instanceof Error ? error : { stack: undefined, message: String(error) };
      err.print(
        err.paint("red", isVerbose ? (stack ?? message) : `A bug: ${message} (--verbose shows the stack)`),
      );
    },
    note: (message, facts = {}) => {
      const details = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
      err.print(err.paint("dim", [message, ...details].join(" ")));
    },
  };
}
