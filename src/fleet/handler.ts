import {
  type DurableContext,
  InvokeError,
  NestingType,
  withDurableExecution,
} from "@aws/durable-execution-sdk-js";
import { Telemetry } from "../adapters/telemetry.ts";
import { type Config, configFileOf, readConfig } from "../config/load.ts";
import { failBeforeStart, finishRun } from "../lambda/finish.ts";
import { readTrigger } from "../lambda/trigger.ts";
import { type Clock, systemClock } from "../rotation/clock.ts";
import { ConfigError } from "../rotation/errors.ts";
import { isDryRun, plan, type Trigger } from "../rotation/plan.ts";
import { Redactor } from "../rotation/redact.ts";
import { type Alert, createAlert } from "../rotation/report/alert.ts";
import { createReport, cutToFit, type Report } from "../rotation/report/report.ts";
import { callBatch } from "./call-batch.ts";
import { FleetRollout } from "./rollout.ts";
import { createAlertSender } from "./send-alert.ts";

/** As many as one run of the ordinary function is measured for; its event stays below a checkpoint's 256 KB. */
const BATCH_SIZE = 1_000;

/** Twice the ordinary function's longest run: one may be ahead of a batch. */
const PATIENCE_SECONDS = 1_800;

/** How long after its event a version is sure to be what AWSCURRENT reads. */
const VERSION_SETTLES_SECONDS = 10;

/** Below the 256 KB of a checkpoint, together with the alert's text. */
const MAX_ALERT_REPORT_BYTES = 100_000;

/** Below the 6 MB of an answer. */
const MAX_ANSWER_BYTES = 1_000_000;

export interface FleetDependencies {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly batchSize?: number;
  readonly patienceSeconds?: number;
}

interface FleetContext extends FleetDependencies {
  /** @throws ConfigError */
  readonly config: () => Config;
  readonly context: DurableContext;
  readonly telemetry: Telemetry;
}

/**
 * The durable handler for fleets that do not fit one run: it has the ordinary function rotate batch after batch, and sends
 * one alert. It is run again from the start whenever something it waits for has come, and finds in each `context` call what
 * that call came to before: nothing outside of them may differ from one time to the next.
 */
export function createFleet(dependencies: FleetDependencies) {
  const { clock, env } = dependencies;
  let read: Config | undefined;
  const config = (): Config => {
    read ??= readConfig(configFileOf(env));
    return read;
  };
  return async (event: unknown, context: DurableContext): Promise<Report> => {
    const redactor = new Redactor();
    const telemetry = new Telemetry((text, limit) => redactor.redact(text, limit), clock.now);
    const scene: FleetContext = { ...dependencies, config, context, telemetry };
    const trigger = readTrigger(event, telemetry);
    const startedAt = await context.step("start", async () => {
      if (trigger.kind === "ignored") telemetry.ignored(trigger);
      else telemetry.started(trigger);
      return clock.now();
    });
    if (trigger.kind === "ignored")
      return createReport([], { trigger, startedAt, endedAt: startedAt, requests: 0 });
    const rollout = await startOrAlert(scene, trigger);
    const requests = await rollOut(scene, trigger, rollout);
    const endedAt = await context.step("end", async () => clock.now());
    const report = createReport(rollout.outcomes(), { trigger, startedAt, endedAt, requests });
    return alertAndConclude(scene, report);
  };
}

/** The rollout of what is to be done. What keeps it from starting is alerted, unless somebody waits for the answer, and thrown. */
async function startOrAlert(scene: FleetContext, trigger: Trigger): Promise<FleetRollout> {
  const { env, telemetry, batchSize = BATCH_SIZE } = scene;
  try {
    const { connections, rollout } = scene.config();
    required(env, "ROTATOR_FUNCTION");
    const canary = rollout.canary && !isDryRun(trigger);
    return new FleetRollout(plan(trigger, connections), { canary, batchSize });
  } catch (error) {
    return failBeforeStart(error, trigger, telemetry, (alert) => sendAlert(scene, alert));
  }
}

/** @returns how many requests were sent to Confluent. */
async function rollOut(scene: FleetContext, trigger: Trigger, rollout: FleetRollout): Promise<number> {
  const { context, env, patienceSeconds = PATIENCE_SECONDS } = scene;
  const functionArn = required(env, "ROTATOR_FUNCTION");
  const dryRun = isDryRun(trigger);
  const maxConcurrency = Number(env["FLEET_CONCURRENCY"] || 1);
  if (trigger.kind === "secret-change")
    await context.wait("the version settles", { seconds: VERSION_SETTLES_SECONDS });
  let requests = 0;
  for (let batches = rollout.next(), wave = 1; batches.length > 0; batches = rollout.next(), wave += 1) {
    const { all } = await context.map(
      `wave ${wave}`,
      [...batches],
      (each, batch) => callBatch(each, batch, { functionArn, dryRun, patienceSeconds }),
      { maxConcurrency, nesting: NestingType.FLAT },
    );
    const answers = new Map(all.map(({ index, result }) => [index, result]));
    for (const [index, batch] of batches.entries()) {
      const answer = answers.get(index) ?? { kind: "failed" };
      rollout.settle(batch, answer);
      if (answer.kind === "answered") requests += answer.requests;
    }
  }
  return requests;
}

async function alertAndConclude(scene: FleetContext, report: Report): Promise<Report> {
  const { context, telemetry } = scene;
  const alert = isDryRun(report.trigger) ? undefined : createAlert(report, () => rerunLine(context));
  const answer = cutToFit(report, (shorter) => bytesOf(shorter) <= MAX_ANSWER_BYTES);
  if (alert === undefined) return answer;
  return finishRun(answer, { subject: alert.subject, fault: await sendAlert(scene, alert) }, telemetry);
}

/** @returns why it could not be sent. */
async function sendAlert(
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
    return telemetry.alertFailed(error, alert.text);
  }
}

function required(env: FleetDependencies["env"], name: string): string {
  const value = env[name];
  if (!value) throw new ConfigError("The environment of the function", [`${name} is not set`]);
  return value;
}

function bytesOf(report: Report): number {
  return Buffer.byteLength(JSON.stringify(report));
}

function rerunLine({ lambdaContext }: DurableContext): string {
  return `aws lambda invoke --function-name ${lambdaContext.invokedFunctionArn} --invocation-type Event --cli-binary-format raw-in-base64-out --payload '{"trigger":"schedule"}' accepted.json`;
}

/** The orchestrator's handler. */
export const handler = withDurableExecution(createFleet({ env: process.env, clock: systemClock }));

/** The alert function's handler. */
export const alert = createAlertSender(process.env);
