import { InvokeError } from "@aws/durable-execution-sdk-js";
import { alertContext, invokeCommand } from "../lambda/alert-context.ts";
import { finishRun } from "../lambda/finish.ts";
import { toResponse } from "../lambda/response.ts";
import { createRunAlert } from "../lambda/run-alert.ts";
import type { Alert, AlertContext } from "../rotation/alert/alert.ts";
import { ConfigError } from "../rotation/errors.ts";
import { isDryRun, wantsAlert } from "../rotation/plan.ts";
import { cutToFit, type Report } from "../rotation/report/report.ts";
import { type FleetContext, required } from "./context.ts";

/** With the alert's text, this stays below a checkpoint's limit of 256 KB. */
const MAX_ALERT_REPORT_BYTES = 100_000;

/** Publishes the metrics and the alert of a run. @returns the response. */
export async function alertAndFinish(fleet: FleetContext, report: Report): Promise<Report> {
  const { context, telemetry } = fleet;
  const response = toResponse(report);
  if (isDryRun(report.trigger)) return response;
  await context.step("metrics", async () => telemetry.concluded(report));
  const alert = wantsAlert(report.trigger)
    ? createRunAlert(report, alertContextOf(fleet), telemetry)
    : undefined;
  if (alert === undefined) return response;
  return finishRun(response, await sendAlert(fleet, alert), telemetry);
}

/** Calls the alert function. @returns the reason if the alert could not be sent. */
export async function sendAlert(
  { context, env, telemetry }: FleetContext,
  alert: Alert,
): Promise<string | undefined> {
  const report =
    alert.report && cutToFit(alert.report, (shorter) => bytesOf(shorter) <= MAX_ALERT_REPORT_BYTES);
  try {
    await context.invoke("alert", required(env, "ALERT_FUNCTION"), { ...alert, ...(report && { report }) });
    return undefined;
  } catch (error) {
    if (!(error instanceof InvokeError || error instanceof ConfigError)) throw error;
    return telemetry.alertFailed(error, `${alert.subject}\n\n${alert.text}`);
  }
}

function bytesOf(report: Report): number {
  return Buffer.byteLength(JSON.stringify(report));
}

/** A durable function is called by a version or an alias and responds at its end, so its caller does not wait. */
export function alertContextOf({ context, env }: FleetContext): AlertContext {
  const { lambdaContext } = context;
  const { functionName, invokedFunctionArn, logGroupName } = lambdaContext;
  // A replay has another log stream and another request id.
  const base = alertContext(env, { functionName, invokedFunctionArn, logGroupName });
  const rerun = () => [invokeCommand(invokedFunctionArn, base.region, '{"trigger":"schedule"}')];
  return { ...base, rerun };
}
