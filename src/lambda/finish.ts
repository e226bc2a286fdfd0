import type { Telemetry } from "../adapters/telemetry.ts";
import { RotationFailedError } from "../rotation/errors.ts";
import type { Trigger } from "../rotation/plan.ts";
import { type Alert, createStartAlert } from "../rotation/report/alert.ts";
import type { Report } from "../rotation/report/report.ts";

export interface SentAlert {
  readonly subject: string;
  /** The reason why it could not be sent. */
  readonly fault: string | undefined;
}

/**
 * Ends a run after its alert: returns the report to a direct caller.
 * @throws RotationFailedError for all other triggers unless everything succeeded.
 */
export function finishRun(report: Report, { subject, fault }: SentAlert, telemetry: Telemetry): Report {
  const succeeded = report.outcome === "succeeded" && fault === undefined;
  if (report.trigger.kind === "direct" || succeeded) return report;
  const lines = [subject, ...faultLine(fault)];
  telemetry.failed(lines.join(" "));
  if (fault === undefined) telemetry.alertedError();
  throw new RotationFailedError(lines.join("\n"));
}

/**
 * Handles an error before the start: sends an alert, unless the caller is waiting for the response.
 * @param send publishes the alert; returns the reason if it could not.
 * @throws always
 */
export async function failBeforeStart(
  error: unknown,
  trigger: Trigger,
  telemetry: Telemetry,
  send: (alert: Alert) => Promise<string | undefined>,
): Promise<never> {
  const shown = telemetry.startFailed(error);
  if (trigger.kind === "direct") throw shown;
  const fault = await send(createStartAlert(shown));
  if (fault === undefined) {
    telemetry.alertedStartFailure();
    throw shown;
  }
  throw new RotationFailedError([shown.message, ...faultLine(fault)].join("\n"), { cause: shown });
}

function faultLine(fault: string | undefined): string[] {
  return fault === undefined ? [] : [`The alert could not be sent: ${fault}`];
}
