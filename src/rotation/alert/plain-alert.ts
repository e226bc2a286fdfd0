import { qualifiedName } from "../connection.ts";
import { isAlertable, type Report } from "../report/report.ts";
import { environmentsOf, summaryOf } from "../report/summary.ts";
import type { Alert, AlertContext } from "./alert.ts";
import { chatJson } from "./chat.ts";
import { firstThatFits, MAX_SMS_LENGTH, MAX_SUBJECT_LENGTH } from "./subject.ts";

const MAX_NAMED = 200;

/** An alert that only lists the outcomes. */
export function createPlainAlert(report: Report, context: AlertContext): Alert {
  const summary = summaryOf(report);
  const concerned = report.connections.filter(isAlertable);
  const lines = concerned
    .slice(0, MAX_NAMED)
    .map((each) => `${qualifiedName(each)}: ${each.outcome}${each.message ? `. ${each.message}` : ""}`);
  const text = [summary, "", ...lines, "", "Do not revoke the previous key."].join("\n");
  return {
    subject: firstThatFits([summary], MAX_SUBJECT_LENGTH),
    text,
    sms: firstThatFits([summary], MAX_SMS_LENGTH),
    chat: chatJson({
      title: summary,
      description: text,
      nextSteps: [],
      keywords: [],
      threadId: "plain",
      severity: "critical",
      context,
    }),
    report,
    attributes: { severity: ["critical"], environment: environmentsOf(report) },
  };
}
