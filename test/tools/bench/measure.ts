import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { lowerBoundMs, pageCount, type RateLimits } from "./bound.ts";
import type { CpuShare } from "./cpu-share.ts";
import { lambdaEnvironment, lambdaFlags } from "./lambda.ts";
import { messageOf, startWorker, type Worker } from "./processes.ts";
import * as bench from "./scenario.ts";
import { type Usage, usage } from "./usage.ts";

const DIST = join(import.meta.dirname, "../../../dist");
const SERVER = join(import.meta.dirname, "server.ts");
export const OURS = "the function";
/** More than any variant needs unless it hangs. */
const TIME_LIMIT_MS = 240_000;
const ENDINGS = new Set(["succeeded", "done"]);

/** One row to measure. */
export interface Case extends bench.Layout {
  readonly way: string;
  readonly limit: string;
  readonly limits: RateLimits;
  readonly latencyMs: number;
  readonly timeToReadyMs: number;
  /** Whether the process has completed a dry run, like a recently invoked function. */
  readonly isWarm: boolean;
  /** Default: a whole CPU and the deployed memory. */
  readonly machine?: Machine;
}

export interface Machine {
  readonly memoryMb: number;
  readonly share: CpuShare;
}

export interface Row extends Omit<Case, "limits" | "machine"> {
  readonly wallMs: number;
  readonly boundMs: number;
  readonly ratio: number;
  readonly requestsPerConnection: number;
  readonly throttled: number;
  /** Connections that never became ready with the new key. */
  readonly lost: number;
  readonly latenessMs?: { readonly median: number; readonly p95: number; readonly worst: number };
  readonly peakRssBytes?: number;
  readonly cpuMs?: number;
  /** Extrapolated from fewer connections, because the measurement would take too long. */
  readonly isEstimate: boolean;
}

/** Compiles the processes to JavaScript, so that type stripping does not cost memory. */
export function buildProcesses(): void {
  buildSync({
    entryPoints: ["invoke", "alternatives"].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: `${DIST}/bench`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
  });
}

/** Runs one variant against its own sandbox. @throws Error if it fails or does not end in time. */
export async function measure(one: Case): Promise<Row> {
  const { limits, machine: _, ...row } = one;
  const secrets = bench.secretCount(one.connections);
  await using server = startWorker(SERVER, one);
  const addresses = await messageOf(server, bench.addresses, TIME_LIMIT_MS);
  const used = await (one.way === OURS ? invoke(one, addresses) : runAlternative(one, addresses));
  server.child.send("report");
  const observed = await messageOf(server, bench.observations, TIME_LIMIT_MS);
  const boundMs = lowerBoundMs({ ...one, secrets, limits });
  return {
    ...row,
    wallMs: used.wallMs,
    boundMs,
    ratio: used.wallMs / boundMs,
    requestsPerConnection:
      (observed.requests - (one.isWarm ? pageCount(one.connections) : 0)) / one.connections,
    throttled: observed.throttled,
    lost: one.connections - observed.latenessMs.length,
    ...(observed.latenessMs.length > 0 && { latenessMs: spread(observed.latenessMs) }),
    ...(!one.way.startsWith("curl") && { peakRssBytes: used.peakRssBytes, cpuMs: used.cpuMs }),
    isEstimate: false,
  };
}

async function invoke(one: Case, addresses: bench.Addresses): Promise<Usage> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = join(folder, "connections.json");
  writeFileSync(file, JSON.stringify(bench.connectionsFile(one, addresses)));
  const { memoryMb, share } = one.machine ?? {};
  const env = { ...lambdaEnvironment(file, addresses, memoryMb), BUNDLE: `${DIST}/lambda/index.mjs` };
  await using worker = startWorker(
    `${DIST}/bench/invoke.mjs`,
    { event: { trigger: "schedule" }, isWarm: one.isWarm },
    { ...share?.options, env, execArgv: lambdaFlags(memoryMb) },
  );
  share?.hold(worker.child.pid ?? 0);
  try {
    return await finished(worker);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runAlternative({ way, connections }: Case, { confluentUrl }: bench.Addresses): Promise<Usage> {
  await using worker = startWorker(`${DIST}/bench/alternatives.mjs`, [confluentUrl, way, connections]);
  return await finished(worker);
}

async function finished(worker: Worker): Promise<Usage> {
  const used = await messageOf(worker, usage, TIME_LIMIT_MS);
  if (!ENDINGS.has(used.outcome)) process.stderr.write(`${used.outcome}\n`);
  return used;
}

function spread(values: readonly number[]): { median: number; p95: number; worst: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { median: at(0.5), p95: at(0.95), worst: at(1) };
}
