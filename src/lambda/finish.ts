import type { Telemetry } from "../adapters/telemetry.ts";
import type { Alert } from "../rotation/alert/alert.ts";
import { RotationFailedError } from "../rotation/errors.ts";
import type { Trigger } from "../rotation/plan.ts";
import type { Report } from "../rotation/report/report.ts";
import { summaryOf } from "../rotation/report/summary.ts";

/**
 * Ends a run after its alert: returns the report to a direct caller.
 * @param alertFault the reason why the alert could not be sent.
 * @throws RotationFailedError for all other triggers unless everything succeeded.
 */
export function finishRun(report: Report, alertFault: string | undefined, telemetry: Telemetry): Report {
  const succeeded = report.outcome === "succeeded" && alertFault === undefined;
  if (report.trigger.kind === "direct" || succeeded) return report;
  const lines = [summaryOf(report), ...faultLine(alertFault)];
  telemetry.failed(lines.join(" "));
  if (alertFault === undefined) telemetry.alertedError();
  throw new RotationFailedError(lines.join("\n"));
}

interface StartAlert {
  readonly create: (error: Error) => Alert;
  /** Publishes the alert. @returns the reason if it could not be sent. */
  readonly send: (alert: Alert) => Promise<string | undefined>;
}

/**
 * Handles an error before the start: sends an alert, unless the caller is waiting for the response.
 * @throws always
 */
export async function failBeforeStart(
  error: unknown,
  trigger: Trigger,
  telemetry: Telemetry,
  { create, send }: StartAlert,
): Promise<never> {
  const shown = telemetry.startFailed(error);
  if (trigger.kind === "direct") throw shown;
  const fault = await send(create(shown));
  if (fault === undefined) {
    telemetry.alertedStartFailure();
    throw shown;
  }
  throw new RotationFailedError([shown.message, ...faultLine(fault)].join("\n"), { cause: shown });
}

function faultLine(fault: string | undefined): string[] {
  return fault === undefined ? [] : [`The alert could not be sent: ${fault}`];
}
