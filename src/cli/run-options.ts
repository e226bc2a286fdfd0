import { systemClock } from "../rotation/clock.ts";
import type { RunLog } from "../rotation/dependencies.ts";
import type { Redactor } from "../rotation/redact.ts";
import type { RunOptions } from "../run.ts";

/**
 * The options shared by all runs in the terminal.
 * @param redactor that of the command, which also redacts the trace of `--debug`.
 */
export function runOptions(log: RunLog, timeoutMs: number, redactor: Redactor): RunOptions {
  return {
    clock: systemClock,
    random: Math.random,
    deadlineAt: systemClock.now() + timeoutMs,
    redactor,
    log,
    progress: () => undefined,
    caller: "person",
  };
}
