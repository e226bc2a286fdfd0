import { errorClasses, type Report } from "../report/report.ts";
import { environmentsOf } from "../report/summary.ts";
import { chatOf } from "./chat.ts";
import { describeSituation, severityOf } from "./situation.ts";
import { smsOf, subjectOf } from "./subject.ts";
import { alertText } from "./text.ts";

/** The content of an alert: a subject and a text for people, the report for machines. */
export interface Alert {
  /** ASCII, at most 99 characters. */
  readonly subject: string;
  readonly text: string;
  /** ASCII, at most 140 characters. */
  readonly sms: string;
  /** The custom notification of Amazon Q Developer in chat applications, as JSON. */
  readonly chat: string;
  readonly report?: Report;
  readonly attributes: Readonly<Record<string, readonly string[]>>;
}

/** Where the run took place, and how somebody gets from the alert to the rest. */
export interface AlertContext {
  readonly version: string;
  readonly account?: string;
  readonly region?: string;
  /** Commands that run the connections again, given as ENVIRONMENT/NAME, the shortest first; each in lines. */
  readonly rerun: (connections: readonly string[]) => readonly (readonly string[])[];
  readonly logUrl?: string;
  readonly dashboardUrl?: string;
  /** The runbook's address, to which `#CLASS` is added. */
  readonly runbook: string;
}

/** The alert for a run; `undefined` if there is nothing to report. */
export function createAlert(report: Report, context: AlertContext): Alert | undefined {
  const situation = describeSituation(report);
  if (situation === undefined) return undefined;
  const classes = errorClasses(situation.concerned);
  const subject = subjectOf(situation);
  return {
    subject,
    text: alertText(situation, context),
    sms: smsOf(situation, subject),
    chat: chatOf(situation, subject, context),
    report,
    attributes: {
      severity: [severityOf(situation)],
      environment: environmentsOf(report),
      ...(classes.length > 0 && { errorClass: classes }),
    },
  };
}
