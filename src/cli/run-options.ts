import { systemClock } from "../rotation/clock.ts";
import type { RunLog } from "../rotation/dependencies.ts";
import { Redactor } from "../rotation/redact.ts";
import type { RunOptions } from "../run.ts";

/**
 * The options that all runs in the terminal share.
 * @param redactor of the command, which redacts the trace of `--debug` too.
 */
export function runOptions(log: RunLog, timeoutMs: number, redactor = new Redactor()): RunOptions {
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
