import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { lowerBoundMs, pageCount, type RateLimits } from "./bound.ts";
import { lambdaEnvironment } from "./lambda.ts";
import { messageOf, startWorker, type Worker } from "./processes.ts";
import * as bench from "./scenario.ts";
import { type Usage, usage } from "./usage.ts";

const DIST = join(import.meta.dirname, "../../../dist");
const SERVER = join(import.meta.dirname, "server.ts");
export const OURS = "the function";
/** More than any way needs that is not stuck. */
const TIME_LIMIT_MS = 240_000;
/** How Lambda starts Node in a function with 512 MB. */
const ENDINGS = new Set(["succeeded", "done"]);
const LAMBDA_FLAGS = ["--expose-gc", "--max-semi-space-size=25", "--max-old-space-size=460"];

/** One row to measure. */
export interface Case extends bench.Layout {
  readonly way: string;
  readonly limit: string;
  readonly limits: RateLimits;
  readonly latencyMs: number;
  readonly timeToReadyMs: number;
  /** Whether the process has made a dry run before, as a function has that was invoked a moment ago. */
  readonly isWarm: boolean;
}

export interface Row extends Omit<Case, "limits"> {
  readonly wallMs: number;
  readonly boundMs: number;
  readonly ratio: number;
  readonly requestsPerConnection: number;
  readonly throttled: number;
  /** Connections that were never seen to be ready with the new key. */
  readonly lost: number;
  readonly latenessMs?: { readonly median: number; readonly p95: number; readonly worst: number };
  readonly peakRssBytes?: number;
  readonly cpuMs?: number;
  /** Computed from a smaller number of connections, since it would take too long. */
  readonly isEstimate: boolean;
}

/** Makes the processes plain JavaScript, so that Node's reading of types counts as nobody's memory. */
export function buildProcesses(): void {
  buildSync({
    entryPoints: ["invoke", "rivals"].map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: `${DIST}/bench`,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
  });
}

/** Runs one way against a sandbox of its own. @throws Error when it does not end in time, or not well. */
export async function measure(one: Case): Promise<Row> {
  const { limits, ...row } = one;
  const secrets = bench.secretCount(one.connections);
  await using server = startWorker(SERVER, one);
  const addresses = await messageOf(server, bench.addresses, TIME_LIMIT_MS);
  const used = await (one.way === OURS ? invoke(one, addresses) : runRival(one, addresses));
  server.child.send("report");
  const seen = await messageOf(server, bench.sightings, TIME_LIMIT_MS);
  const boundMs = lowerBoundMs({ ...one, secrets, limits });
  return {
    ...row,
    wallMs: used.wallMs,
    boundMs,
    ratio: used.wallMs / boundMs,
    requestsPerConnection: (seen.requests - (one.isWarm ? pageCount(one.connections) : 0)) / one.connections,
    throttled: seen.throttled,
    lost: one.connections - seen.latenessMs.length,
    ...(seen.latenessMs.length > 0 && { latenessMs: spread(seen.latenessMs) }),
    ...(!one.way.startsWith("curl") && { peakRssBytes: used.peakRssBytes, cpuMs: used.cpuMs }),
    isEstimate: false,
  };
}

async function invoke(one: Case, addresses: bench.Addresses): Promise<Usage> {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const file = join(folder, "connections.json");
  writeFileSync(file, JSON.stringify(bench.connectionsFile(one, addresses)));
  const env = { ...lambdaEnvironment(file, addresses), BUNDLE: `${DIST}/lambda/index.mjs` };
  await using worker = startWorker(
    `${DIST}/bench/invoke.mjs`,
    { event: { trigger: "schedule" }, isWarm: one.isWarm },
    { env, execArgv: LAMBDA_FLAGS },
  );
  try {
    return await finished(worker);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runRival({ way, connections }: Case, { confluentUrl }: bench.Addresses): Promise<Usage> {
  await using worker = startWorker(`${DIST}/bench/rivals.mjs`, [confluentUrl, way, connections]);
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
