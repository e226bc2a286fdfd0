import type { Clock } from "../clock.ts";
import type { StatementState } from "./api.ts";

const MIN_DELAY_MS = 500;
const MAX_DELAY_MS = 5_000;
const DELAY_PER_ELAPSED = 0.1;

/** How a statement is read, and until when, in milliseconds since the epoch. */
interface Poll {
  readonly read: () => Promise<StatementState | undefined>;
  readonly untilAt: number;
}

/** Reads a statement until it is in an expected state or the time is up. @returns the last state that was read, if any. */
export async function pollStatement(
  clock: Clock,
  { read, untilAt }: Poll,
  isExpected: (state: StatementState) => boolean,
): Promise<StatementState | undefined> {
  const startedAt = clock.now();
  let last: StatementState | undefined;
  for (;;) {
    const delayMs = Math.max(MIN_DELAY_MS, (clock.now() - startedAt) * DELAY_PER_ELAPSED);
    await clock.sleep(Math.min(delayMs, MAX_DELAY_MS, untilAt - clock.now()));
    const state = await read();
    last = state ?? last;
    if ((state !== undefined && isExpected(state)) || clock.now() >= untilAt) return last;
  }
}
