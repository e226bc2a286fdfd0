import { sendAlert } from "../adapters/sns.ts";
import { alertEvent } from "./schemas.ts";

const TIMEOUT_MS = 15_000;

/**
 * The handler of the function that publishes a fleet's alert. The orchestrator itself could crash between the alert and
 * its checkpoint and then send a second one; Lambda invokes a separate function exactly once.
 * @returns the subject of the alert.
 */
export function createAlertSender(env: Readonly<Record<string, string | undefined>>) {
  return async (event: unknown): Promise<string> => {
    const alert = alertEvent.parse(event);
    await sendAlert(env, alert, TIMEOUT_MS);
    return alert.subject;
  };
}
