import { sendAlert } from "../adapters/sns.ts";
import { systemClock } from "../rotation/clock.ts";
import { alertEvent } from "./schemas.ts";

/** Below the function's own timeout of 30 s. */
const TIMEOUT_MS = 25_000;

/**
 * The handler of the function that publishes a fleet's alert. The orchestrator itself could crash between the alert and
 * its checkpoint and then send a second one; Lambda invokes a separate function exactly once.
 * @returns the subject of the alert.
 */
export function createAlertSender(env: Readonly<Record<string, string | undefined>>) {
  return async (event: unknown): Promise<string> => {
    const alert = alertEvent.parse(event);
    await sendAlert(env, alert, { clock: systemClock, random: Math.random, timeoutMs: TIMEOUT_MS });
    return alert.subject;
  };
}
