import { type DurableContext, NestingType, withDurableExecution } from "@aws/durable-execution-sdk-js";
import { listRunningExecutions } from "../adapters/durable-executions.ts";
import { Telemetry } from "../adapters/telemetry.ts";
import { type Config, configFileOf, readConfig } from "../config/load.ts";
import { failBeforeStart } from "../lambda/finish.ts";
import { functionScope, readTrigger } from "../lambda/trigger.ts";
import { createStartAlert } from "../rotation/alert/start-alert.ts";
import { systemClock } from "../rotation/clock.ts";
import { ConfigError } from "../rotation/errors.ts";
import { ignoreForeign, isDryRun, plan, type Trigger } from "../rotation/plan.ts";
import { Redactor } from "../rotation/redact.ts";
import { createReport, type Report } from "../rotation/report/report.ts";
import type { AwsScope } from "../rotation/secret-id.ts";
import { type StatementEntry, StatementRecorder } from "../rotation/statements/recorder.ts";
import { alertAndFinish, alertContextOf, sendAlert } from "./alert.ts";
import { callBatch } from "./call-batch.ts";
import { type FleetContext, type FleetDependencies, required } from "./context.ts";
import { mergeNames } from "./groups.ts";
import { FleetRollout } from "./rollout.ts";
import { createAlertSender } from "./send-alert.ts";
import { takeTurn } from "./turn.ts";

/** Runs of the rotator function are measured up to this size; the event stays below a checkpoint's limit of 256 KB. */
const BATCH_SIZE = 1_000;

/** Twice the rotator function's timeout, because a batch may wait for another run. */
const BATCH_TIMEOUT_SECONDS = 1_800;

/** After this time, reading AWSCURRENT returns the version of the event. */
const VERSION_SETTLES_SECONDS = 10;

/**
 * The durable handler for fleets that are too large for one run: the rotator function updates them batch by batch, and the
 * orchestrator sends one alert. Durable functions replay from the top; results come from the checkpoint. All
 * non-deterministic code must be inside `context` calls.
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
    const fleet: FleetContext = { ...dependencies, config, context, telemetry };
    const trigger = ignoreForeignSecret(fleet, readTrigger(event, telemetry, fleetScope(fleet)));
    const startedAt = await context.step("start", async () => {
      if (trigger.kind === "ignored") telemetry.ignored(trigger);
      else telemetry.started(trigger);
      telemetry.arrived(trigger);
      return clock.now();
    });
    if (trigger.kind === "ignored") return emptyReport(trigger, startedAt);
    if (
      !isDryRun(trigger) &&
      !(await takeTurn(context, { ...fleet, waits: trigger.kind === "secret-change" }))
    )
      return skipRun(fleet, startedAt);
    const rollout = await startOrAlert(fleet, trigger);
    const { requests, statements } = await rollOut(fleet, trigger, rollout);
    const endedAt = await context.step("end", async () => clock.now());
    const report = createReport(rollout.outcomes(), { trigger, startedAt, endedAt, requests, statements });
    return alertAndFinish(fleet, report);
  };
}

function emptyReport(trigger: Trigger, startedAt: number): Report {
  return createReport([], { trigger, startedAt, endedAt: startedAt, requests: 0 });
}

async function skipRun({ context, telemetry }: FleetContext, startedAt: number): Promise<Report> {
  const trigger = { kind: "ignored", reason: "another run of the fleet is in progress" } as const;
  await context.step("skipped", async () => telemetry.ignored(trigger));
  return emptyReport(trigger, startedAt);
}

function fleetScope({ context }: FleetContext): AwsScope | undefined {
  return functionScope(context.lambdaContext.invokedFunctionArn);
}

/** An invalid configuration is reported later, by an alert. */
function ignoreForeignSecret(fleet: FleetContext, trigger: Trigger): Trigger {
  try {
    return ignoreForeign(trigger, fleet.config().connections, fleetScope(fleet));
  } catch (error) {
    if (error instanceof ConfigError) return trigger;
    throw error;
  }
}

/** Plans the rollout. An error is alerted, unless the caller is waiting for the response, and thrown. */
async function startOrAlert(fleet: FleetContext, trigger: Trigger): Promise<FleetRollout> {
  const { env, telemetry, batchSize = BATCH_SIZE } = fleet;
  try {
    const { connections, rollout } = fleet.config();
    required(env, "ROTATOR_FUNCTION");
    const canary = rollout.canary && !isDryRun(trigger);
    const own = fleetScope(fleet);
    return new FleetRollout(mergeNames(plan(trigger, connections, own), own), { canary, batchSize });
  } catch (error) {
    return failBeforeStart(error, trigger, telemetry, {
      create: (shown) => createStartAlert(shown, alertContextOf(fleet)),
      send: (alert) => sendAlert(fleet, alert),
    });
  }
}

interface RolloutTotals {
  /** The number of requests that were sent to Confluent. */
  readonly requests: number;
  readonly statements: readonly StatementEntry[];
}

async function rollOut(fleet: FleetContext, trigger: Trigger, rollout: FleetRollout): Promise<RolloutTotals> {
  const { context, env, timeoutSeconds = BATCH_TIMEOUT_SECONDS } = fleet;
  const functionArn = required(env, "ROTATOR_FUNCTION");
  const dryRun = isDryRun(trigger);
  const maxConcurrency = Number(env["FLEET_CONCURRENCY"] || 1);
  if (trigger.kind === "secret-change")
    await context.wait("version visible", { seconds: VERSION_SETTLES_SECONDS });
  let requests = 0;
  const statements = new StatementRecorder();
  for (let wave = 1; ; wave += 1) {
    const batches = rollout.next();
    if (batches.length === 0) return { requests, statements: statements.entries() };
    const { all } = await context.map(
      `wave ${wave}`,
      [...batches],
      (each, batch) => callBatch(each, batch, { functionArn, dryRun, timeoutSeconds }),
      { maxConcurrency, nesting: NestingType.FLAT },
    );
    const results = new Map(all.map(({ index, result }) => [index, result]));
    for (const [index, batch] of batches.entries()) {
      const result = results.get(index) ?? { kind: "failed" };
      rollout.settle(batch, result);
      if (result.kind !== "answered") continue;
      requests += result.requests;
      for (const statement of result.statements ?? []) statements.record(statement);
    }
  }
}

/** The orchestrator's handler. */
export const handler = withDurableExecution(
  createFleet({ env: process.env, clock: systemClock, listRunning: listRunningExecutions }),
);

/** The alert function's handler. */
export const alert = createAlertSender(process.env);
