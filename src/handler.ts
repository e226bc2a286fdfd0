import type { Context } from "aws-lambda";
import { sendAlert, topicFault } from "./adapters/sns.ts";
import { Telemetry } from "./adapters/telemetry.ts";
import { configFileOf, readConfig } from "./config/load.ts";
import { alertContext, type Invocation } from "./lambda/alert-context.ts";
import { isBatchCall, MAX_WHOLE_OUTCOMES } from "./lambda/batch.ts";
import { failBeforeStart, finishRun } from "./lambda/finish.ts";
import { toResponse } from "./lambda/response.ts";
import { createRunAlert } from "./lambda/run-alert.ts";
import { functionScope, readTrigger } from "./lambda/trigger.ts";
import { warmUp } from "./lambda/warm-up.ts";
import type { Alert, AlertContext } from "./rotation/alert/alert.ts";
import { createStartAlert } from "./rotation/alert/start-alert.ts";
import { type Clock, systemClock } from "./rotation/clock.ts";
import { ignoreForeign, isDryRun, type Trigger, wantsAlert } from "./rotation/plan.ts";
import { Redactor } from "./rotation/redact.ts";
import { abridge, createReport, type Report } from "./rotation/report/report.ts";
import { run } from "./run.ts";

/** Milliseconds reserved for the alert. */
const ALERT_RESERVE_MS = 10_000;
/** Upper bound for the attempts to send an alert if more time than the reserve is left. */
const MAX_ALERT_MS = 120_000;
/** Milliseconds that remain for the end of the invocation after the alert. */
const FINISH_MS = 500;

export interface Dependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** A number from 0 to 1, for jitter. */
  readonly random: () => number;
}

type TimedInvocation = Invocation & Pick<Context, "getRemainingTimeInMillis">;

/** The Lambda handler: runs the rotation for an event and sends the alert before the invocation times out. */
export function createHandler(dependencies: Dependencies) {
  return async (event: unknown, invocation: TimedInvocation): Promise<Report> => {
    const redactor = new Redactor();
    const telemetry = new Telemetry((text, limit) => redactor.redact(text, limit), dependencies.clock.now);
    const endsAt = dependencies.clock.now() + invocation.getRemainingTimeInMillis();
    const context: InvocationContext = { dependencies, invocation, redactor, telemetry, endsAt };
    const trigger = readTrigger(event, telemetry, functionScope(invocation.invokedFunctionArn));
    telemetry.arrived(trigger);
    if (trigger.kind === "ignored") return ignoreEvent(context, trigger);
    return toResponse(await rotateAndAlert(context, trigger));
  };
}

function ignoreEvent({ dependencies, telemetry }: InvocationContext, trigger: Trigger): Report {
  telemetry.ignored(trigger);
  const now = dependencies.clock.now();
  return createReport([], { trigger, startedAt: now, endedAt: now, requests: 0 });
}

interface InvocationContext {
  readonly dependencies: Dependencies;
  readonly invocation: TimedInvocation;
  readonly redactor: Redactor;
  readonly telemetry: Telemetry;
  /** When Lambda ends the process, in milliseconds since the epoch. */
  readonly endsAt: number;
}

async function rotateAndAlert(context: InvocationContext, trigger: Trigger): Promise<Report> {
  const { telemetry } = context;
  const report = await rotateOrAlert(context, trigger);
  if (trigger.kind === "direct" && isBatchCall(context.invocation))
    return abridge(report, MAX_WHOLE_OUTCOMES);
  if (isDryRun(trigger)) return report;
  telemetry.concluded(report);
  const alert = wantsAlert(trigger) ? createRunAlert(report, alertContextOf(context), telemetry) : undefined;
  if (alert === undefined) return report;
  return finishRun(report, await send(context, alert), telemetry);
}

/** Runs the rotation. An error before the start is alerted, unless the caller is waiting for the response, and thrown. */
async function rotateOrAlert(context: InvocationContext, trigger: Trigger): Promise<Report> {
  const { dependencies, invocation, redactor, telemetry, endsAt } = context;
  const { env, clock, random } = dependencies;
  try {
    const config = readConfig(configFileOf(env));
    const own = functionScope(invocation.invokedFunctionArn);
    const relevant = ignoreForeign(trigger, config.connections, own);
    if (relevant.kind === "ignored") return ignoreEvent(context, relevant);
    telemetry.started(trigger);
    noteTopicFault(context);
    const progress = telemetry.progress.bind(telemetry);
    const deadlineAt = Math.max(clock.now(), endsAt - ALERT_RESERVE_MS);
    const { report, traffic } = await run(config, trigger, {
      clock,
      random,
      deadlineAt,
      redactor,
      log: telemetry,
      progress,
      ...(own && { own }),
    });
    telemetry.ended(report, traffic);
    return report;
  } catch (error) {
    return failBeforeStart(error, trigger, telemetry, {
      create: (shown) => createStartAlert(shown, alertContextOf(context)),
      send: (alert) => send(context, alert),
    });
  }
}

function alertContextOf({ dependencies, invocation }: InvocationContext): AlertContext {
  return alertContext(dependencies.env, invocation);
}

/** Logs a topic that cannot receive alerts before an alert is needed. */
function noteTopicFault({ dependencies, telemetry }: InvocationContext): void {
  const topicArn = dependencies.env["ALERT_TOPIC_ARN"];
  const fault = topicArn && topicFault(topicArn);
  if (fault) telemetry.note(`Alerts cannot be sent: ALERT_TOPIC_ARN ${fault}.`);
}

/** Sends the alert within the remaining time. @returns the reason if it could not be sent. */
async function send(
  { dependencies, telemetry, endsAt }: InvocationContext,
  alert: Alert,
): Promise<string | undefined> {
  const { env, clock, random } = dependencies;
  const timeoutMs = Math.min(MAX_ALERT_MS, endsAt - clock.now() - FINISH_MS);
  try {
    await sendAlert(env, alert, { clock, random, timeoutMs });
    telemetry.alertSent(alert.subject);
    return undefined;
  } catch (error) {
    return telemetry.alertFailed(error, `${alert.subject}\n\n${alert.text}`);
  }
}

await warmUp(process.env);

export const handler = createHandler({ env: process.env, clock: systemClock, random: Math.random });
