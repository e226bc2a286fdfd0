import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import type { FleetDependencies } from "../../src/fleet/context.ts";
import { parseTrigger } from "../../src/lambda/trigger.ts";
import type { Alert } from "../../src/rotation/alert/alert.ts";
import { qualifiedName } from "../../src/rotation/connection.ts";
import { toOutcome } from "../../src/rotation/outcome.ts";
import { plan } from "../../src/rotation/plan.ts";
import { createReport } from "../../src/rotation/report/report.ts";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";
import type { EngineOptions } from "./engine.ts";

const ROTATOR = "rotator:batch";
const ALERT = "alert";
const NOW = 1_800_000_000_000;

export interface FleetOptions {
  /** Names of connections by secret. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  /** The key of the secret's JSON that holds a connection's key. */
  readonly fields?: Readonly<Record<string, string>>;
  /** The outcomes of connections. Default: ready. */
  readonly detailsByConnection?: Readonly<Record<string, Parameters<typeof toOutcome>[1]>>;
  /** Replaces the response for the batch that contains the connection. */
  readonly responses?: Readonly<Record<string, () => Promise<unknown>>>;
  readonly timeoutSeconds?: number;
  readonly concurrency?: number;
  readonly canary?: boolean;
  /** The response of the alert function. */
  readonly sendAlert?: () => Promise<string>;
  readonly env?: Readonly<Record<string, string>>;
  /** Default: no other execution. */
  readonly listRunning?: FleetDependencies["listRunning"];
}

export interface Fleet {
  readonly engine: EngineOptions;
  /** The connections of each call of the rotator function. */
  readonly batches: (readonly string[])[];
  readonly alerts: Alert[];
}

/** Six connections of two secrets in batches of two, and a stand-in for the rotator function. */
export function startFleet(options: FleetOptions = {}): Fleet {
  const { secrets = { "prod/a": ["a1", "a2", "a3"], "prod/b": ["b1", "b2", "b3"] } } = options;
  const config = configFile({
    environments: { prod: environmentEntry() },
    connections: Object.entries(secrets).flatMap(([secret, names]) =>
      names.map((name) => {
        const field = options.fields?.[name];
        return connectionEntry({ name, secret, ...(field && { fields: { "api-key": field } }) });
      }),
    ),
    rollout: { canary: options.canary ?? true },
  });
  const folder = mkdtempSync(join(tmpdir(), "fleet-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "connections.json");
  writeFileSync(file, JSON.stringify(config));
  const { connections } = parseConfig(JSON.stringify(config), file);

  const batches: string[][] = [];
  const alerts: Alert[] = [];
  const rotator = async (event: unknown) => {
    const trigger = parseTrigger(event);
    const batch = plan(trigger, connections).flatMap((group) => group.connections);
    batches.push(batch.map(qualifiedName));
    const [response] = batch.flatMap(({ name }) => options.responses?.[name] ?? []);
    if (response) return response();
    const outcomes = batch.map((each) =>
      toOutcome(each, options.detailsByConnection?.[each.name] ?? { outcome: "ready" }),
    );
    return createReport(outcomes, { trigger, startedAt: NOW, endedAt: NOW, requests: batch.length });
  };
  const sendAlert = async (event: unknown) => {
    alerts.push(event as Alert);
    return options.sendAlert?.() ?? "sent";
  };
  return {
    engine: {
      dependencies: {
        env: {
          CONNECTIONS_FILE: file,
          ROTATOR_FUNCTION: ROTATOR,
          ALERT_FUNCTION: ALERT,
          FLEET_CONCURRENCY: String(options.concurrency ?? 2),
          ...options.env,
        },
        clock: { now: () => NOW, sleep: async () => {} },
        batchSize: 2,
        timeoutSeconds: options.timeoutSeconds ?? 60,
        listRunning: options.listRunning ?? (async () => []),
      },
      functions: { [ROTATOR]: rotator, [ALERT]: sendAlert },
    },
    batches,
    alerts,
  };
}
