import { sendAlert } from "../adapters/sns.ts";
import { alertEvent } from "./schemas.ts";

const TIMEOUT_MS = 15_000;

/**
 * The handler of the function that publishes a fleet's alert. It is one of its own, since an orchestrator that dies
 * between the alert and its checkpoint would send it again, while the engine calls another function exactly once.
 * @returns the subject of what was sent.
 */
export function createAlertSender(env: Readonly<Record<string, string | undefined>>) {
  return async (event: unknown): Promise<string> => {
    const alert = alertEvent.parse(event);
    await sendAlert(env, alert, TIMEOUT_MS);
    return alert.subject;
  };
}
