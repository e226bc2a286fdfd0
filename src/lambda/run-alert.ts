import { type Alert, type AlertContext, createAlert } from "../rotation/alert/alert.ts";
import { createPlainAlert } from "../rotation/alert/plain-alert.ts";
import type { RunLog } from "../rotation/dependencies.ts";
import type { Report } from "../rotation/report/report.ts";

/** The alert for a run, if it needs one. If writing it fails, the error is logged and a plain alert is returned. */
export function createRunAlert(
  report: Report,
  context: AlertContext,
  log: Pick<RunLog, "bug">,
): Alert | undefined {
  try {
    return createAlert(report, context);
  } catch (error) {
    log.bug(error);
    return createPlainAlert(report, context);
  }
}
