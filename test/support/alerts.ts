import { alertContext } from "../../src/lambda/alert-context.ts";
import { type Alert, type AlertContext, createAlert } from "../../src/rotation/alert/alert.ts";
import type { Outcome } from "../../src/rotation/outcome.ts";
import type { Trigger } from "../../src/rotation/plan.ts";
import { createReport, type Report } from "../../src/rotation/report/report.ts";
import { NOW } from "./builders.ts";

/** The deployed function in the alerts of the fixtures and of the guide. */
export const CONTEXT: AlertContext = {
  ...alertContext(
    { RUNBOOK_URL: "https://wiki.example.com/runbook", DASHBOARD_NAME: "FlinkConnectionRotator" },
    {
      functionName: "FlinkConnectionRotator-Function76856677-Xy12",
      invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:FlinkConnectionRotator-Function",
      logGroupName: "FlinkConnectionRotator-Logs",
      logStreamName: "2026/03/21/[$LATEST]0a1b",
      awsRequestId: "7d1f",
    },
  ),
  version: "1.2.3",
};

export interface AlertOptions {
  readonly trigger?: Trigger;
  readonly context?: AlertContext;
  readonly statements?: Report["statements"];
}

export function alertFor(
  connections: readonly Outcome[],
  { trigger = { kind: "schedule" }, context = CONTEXT, statements = [] }: AlertOptions = {},
): Alert | undefined {
  const facts = { trigger, startedAt: NOW, endedAt: NOW + 4_210, requests: 31 };
  const report = createReport(connections, { ...facts, statements });
  return createAlert(report, context);
}

/** An alert that is sent. */
export function sentAlert(...args: Parameters<typeof alertFor>): Alert {
  const alert = alertFor(...args);
  if (alert === undefined) throw new Error("There is nothing to report.");
  return alert;
}

/** The text without line breaks, for searches for sentences. */
export function unwrapped(text: string): string {
  return text.replace(/\n+ */g, " ");
}
