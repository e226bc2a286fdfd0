import { dashboardNameOf } from "./dashboard.ts";

/** The format of the alerts and their links. */
export interface AlertOptions {
  /**
   * What subscribers with the protocol https receive: the report, or the custom notification of Amazon Q Developer in chat
   * applications. Default: report.
   */
  readonly httpsFormat?: "report" | "chat";
  /** The address of the runbook to which alerts link. */
  readonly runbookUrl?: string;
}

/** The environment variables for the alerts of a function. */
export function alertEnvironment(
  serviceName: string,
  { httpsFormat, runbookUrl }: AlertOptions = {},
): Record<string, string> {
  return {
    DASHBOARD_NAME: dashboardNameOf(serviceName),
    ...(httpsFormat !== undefined && { ALERT_HTTPS_FORMAT: httpsFormat }),
    ...(runbookUrl !== undefined && { RUNBOOK_URL: runbookUrl }),
  };
}
