import type { Telemetry } from "../adapters/telemetry.ts";
import { RotationFailedError } from "../rotation/errors.ts";
import type { Trigger } from "../rotation/plan.ts";
import { type Alert, createStartAlert } from "../rotation/report/alert.ts";
import type { Report } from "../rotation/report/report.ts";

export interface SentAlert {
  readonly subject: string;
  /** Why it could not be sent. */
  readonly fault: string | undefined;
}

/**
 * How a run ends of which something was to be told: a direct caller gets the report, whatever it says.
 * @throws RotationFailedError for any other, unless all is well, so that whoever waits sees it.
 */
export function finishRun(report: Report, { subject, fault }: SentAlert, telemetry: Telemetry): Report {
  const isWell = report.outcome === "succeeded" && fault === undefined;
  if (report.trigger.kind === "direct" || isWell) return report;
  const lines = [subject, ...faultLine(fault)];
  telemetry.failed(lines.join(" "));
  throw new RotationFailedError(lines.join("\n"));
}

/**
 * How a run ends that could not start: with an alert, unless somebody waits for the answer.
 * @param send publishes the alert, or tells why it could not be sent.
 * @throws always
 */
export async function failBeforeStart(
  error: unknown,
  trigger: Trigger,
  telemetry: Telemetry,
  send: (alert: Alert) => Promise<string | undefined>,
): Promise<never> {
  telemetry.startFailed(error);
  if (trigger.kind === "direct" || !(error instanceof Error)) throw error;
  const fault = await send(createStartAlert(error));
  if (fault === undefined) throw error;
  throw new RotationFailedError([error.message, ...faultLine(fault)].join("\n"), { cause: error });
}

function faultLine(fault: string | undefined): string[] {
  return fault === undefined ? [] : [`The alert could not be sent: ${fault}`];
}
