import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Config, readConfig } from "../../../src/config/load.ts";
import { createFleet } from "../../../src/fleet/handler.ts";
import { qualifiedName } from "../../../src/rotation/connection.ts";
import { toOutcome } from "../../../src/rotation/outcome.ts";
import { abridge, createReport } from "../../../src/rotation/report/report.ts";
import { Address, PER_MINUTE, PER_SECOND } from "../../fleet/address.ts";
import { configFile, connectionEntry, environmentEntry } from "../../support/builders.ts";
import { VirtualEngine } from "./virtual-engine.ts";

const CONNECTIONS = 100_000;
const ENVIRONMENTS = 100;
const SECRETS = 1_000;

/** GETs and LISTs for each connection, as measured by the benchmark of the rotator function. */
const OTHER_REQUESTS_PER_CONNECTION = 0.15;
const TIME_TO_READY_MS = 2_000;
/** Both functions read the whole list of connections. */
const FUNCTION_GB = 1;
const ORCHESTRATOR_GB = 1;
const RETENTION_DAYS = 14;

/** US dollars, us-east-1, arm64, without the free tier. */
const PRICE = {
  gbSecond: 0.0000133334,
  invocation: 0.2e-6,
  operation: 8e-6,
  writtenGb: 0.25,
  retainedGbMonth: 0.15,
};

async function simulate(file: string, { connections }: Config, addresses: number, startSeconds: number) {
  const listed = new Map(connections.map((each) => [qualifiedName(each), each]));
  const byAddress = Array.from({ length: addresses }, () => new Address());
  const totals = { batches: 0, functionMs: 0, longestMs: 0, requests: 0, largestBytes: 0 };
  const engine = new VirtualEngine((payload, at, slot) => {
    const event: { connections: string[] } = JSON.parse(payload);
    const trigger = { kind: "direct", ...event } as const;
    const batch = event.connections.flatMap((name) => listed.get(name) ?? []);
    const secrets = new Set(batch.map(({ secret }) => secret)).size;
    const address = byAddress[slot] ?? new Address();
    const others = Math.ceil(batch.length * OTHER_REQUESTS_PER_CONNECTION);
    const canariesSent = address.send(others + secrets, at + startSeconds * 1_000);
    const rest = batch.length - secrets;
    const restSent = rest === 0 ? canariesSent : address.send(rest, canariesSent + TIME_TO_READY_MS);
    const endsAt = restSent + TIME_TO_READY_MS;
    const requests = others + batch.length;
    const outcomes = batch.map((each) =>
      toOutcome(each, { outcome: "ready", durationMs: TIME_TO_READY_MS, secretVersionId: "v" }),
    );
    const report = createReport(outcomes, { trigger, startedAt: at, endedAt: endsAt, requests });
    const response = JSON.stringify(abridge(report, 25));
    totals.batches += 1;
    totals.functionMs += endsAt - at;
    totals.longestMs = Math.max(totals.longestMs, endsAt - at);
    totals.requests += requests;
    totals.largestBytes = Math.max(totals.largestBytes, response.length);
    return { response, endsAt };
  });
  const env = {
    CONNECTIONS_FILE: file,
    ROTATOR_FUNCTION: "rotator:batch",
    ALERT_FUNCTION: "alert",
    FLEET_CONCURRENCY: String(addresses),
  };
  const clock = { now: () => engine.now, sleep: async () => {} };
  const report = await createFleet({ env, clock, listRunning: async () => [] })(
    { trigger: "schedule" },
    engine.context(),
  );
  if (report.counts.ready !== CONNECTIONS) throw new Error(`${report.counts.ready} are ready.`);
  return { ...totals, ...engine.meter, durationMs: engine.now, addresses };
}

type Result = Awaited<ReturnType<typeof simulate>>;

function show(result: Result, startSeconds: number): string {
  const { batches, requests, functionMs, operations, bytesWritten, invocations, addresses } = result;
  const gb = bytesWritten / 1e9;
  const timers = result.durationMs > 1_800_000 ? batches : 0;
  const starts = invocations + timers;
  const rotating = (functionMs / 1_000) * FUNCTION_GB * PRICE.gbSecond;
  const orchestrating = starts * startSeconds * ORCHESTRATOR_GB * PRICE.gbSecond;
  const invoking = (batches + starts) * PRICE.invocation;
  const operating = operations * PRICE.operation;
  const writing = gb * PRICE.writtenGb;
  const retaining = gb * PRICE.retainedGbMonth * (RETENTION_DAYS / 30);
  const total = rotating + orchestrating + invoking + operating + writing + retaining;
  const bound = (requests / addresses - PER_MINUTE) / PER_MINUTE + PER_MINUTE / PER_SECOND / 60;
  const usd = (amount: number) => `$${amount.toFixed(4)}`;
  const minutes = (result.durationMs / 60_000).toFixed(1);
  return `
${CONNECTIONS.toLocaleString("en")} connections from ${addresses} ${addresses === 1 ? "address" : "addresses"}: ${minutes} min, ${usd(total)}
  duration
    requests         ${CONNECTIONS} PUTs + ${OTHER_REQUESTS_PER_CONNECTION} x ${CONNECTIONS} others = ${requests}
    lower bound      an address sends ${PER_MINUTE} at ${PER_SECOND} a second, then ${PER_MINUTE} a minute: ${PER_MINUTE / PER_SECOND} s + (${requests} / ${addresses} - ${PER_MINUTE}) / ${PER_MINUTE} min = ${bound.toFixed(1)} min
    above it         ${(result.durationMs / 60_000 - bound).toFixed(1)} min: each of ${batches} batches reads the list (${startSeconds.toFixed(1)} s) and waits twice for READY (${TIME_TO_READY_MS} ms)
    longest batch    ${(result.longestMs / 1_000).toFixed(0)} s of the function's 900 s; largest response ${(result.largestBytes / 1e3).toFixed(0)} kB of 6 MB
  cost
    the function     ${(functionMs / 1_000).toFixed(0)} s x ${FUNCTION_GB} GB x $${PRICE.gbSecond} = ${usd(rotating)}
    the orchestrator ${starts} starts x ${startSeconds.toFixed(1)} s x ${ORCHESTRATOR_GB} GB x $${PRICE.gbSecond} = ${usd(orchestrating)} (no charge while it waits)
    invocations      ${batches + starts} x $0.20 a million = ${usd(invoking)}
    operations       ${operations} of 3,000 x $8.00 a million = ${usd(operating)}
    data written     ${(gb * 1_000).toFixed(1)} MB of 100 MB x $${PRICE.writtenGb} a GB = ${usd(writing)}
    data retained    ${(gb * 1_000).toFixed(1)} MB x $${PRICE.retainedGbMonth} a GB-month x ${RETENTION_DAYS}/30 = ${usd(retaining)}`;
}

const folder = mkdtempSync(join(tmpdir(), "fleet-"));
const file = join(folder, "connections.json");
const names = Array.from({ length: ENVIRONMENTS }, (_, index) => `env-${index}`);
const entries = Array.from({ length: CONNECTIONS }, (_, index) =>
  connectionEntry({
    name: `connection-${index}`,
    environment: names[index % ENVIRONMENTS],
    secret: `prod/secret-${index % SECRETS}`,
  }),
);
const environments = Object.fromEntries(names.map((name) => [name, environmentEntry()]));
writeFileSync(file, JSON.stringify(configFile({ environments, connections: entries })));
const startedAt = performance.now();
const config = readConfig(file);
// Each start reads the configuration again, at 0.6 of a vCPU (1 GB).
const startSeconds = (performance.now() - startedAt) / 1_000 / 0.6;
for (const addresses of [1, 4, 10])
  process.stdout.write(`${show(await simulate(file, config, addresses, startSeconds), startSeconds)}\n`);
rmSync(folder, { recursive: true });
