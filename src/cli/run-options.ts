import { systemClock } from "../rotation/clock.ts";
import type { RunLog } from "../rotation/dependencies.ts";
import { Redactor } from "../rotation/redact.ts";
import type { RunOptions } from "../run.ts";

/** The options that all runs in the terminal share. */
export function runOptions(log: RunLog, timeoutMs: number): RunOptions {
  return {
    clock: systemClock,
    random: Math.random,
    deadlineAt: systemClock.now() + timeoutMs,
    redactor: new Redactor(),
    log,
    progress: () => undefined,
    caller: "person",
  };
}
