import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { buildSync } from "esbuild";
import * as z from "zod/mini";
import { type CpuShare, cpuShare } from "./cpu-share.ts";
import { cpuShareOf, lambdaEnvironment, MEMORY_MB } from "./lambda.ts";
import { buildProcesses, measure, OURS } from "./measure.ts";
import { messageOf, startWorker } from "./processes.ts";
import { addresses, connectionsFile } from "./scenario.ts";

const TIME_LIMIT_MS = 60_000;
const DIST = join(import.meta.dirname, "../../../dist");

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    /** Additional bundles to compare. */
    also: { type: "string", multiple: true, default: [] },
    /** The function's memory in MB, which determines its share of a CPU. */
    memory: { type: "string", multiple: true, default: ["256", "512", "1024"] },
    /** The number of connections in the run for each memory. */
    connections: { type: "string", default: "500" },
  },
});

const started = z.object({
  readyMs: z.number(),
  callMs: z.number(),
  cpuMs: z.number(),
  outcome: z.literal("succeeded"),
});

type Started = z.infer<typeof started>;

buildSync({
  entryPoints: ["nothing", "clients", "plain", "start"].map(
    (name) => `${import.meta.dirname}/cold/${name}.ts`,
  ),
  outdir: `${DIST}/bench`,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  minify: true,
  platform: "node",
  target: "node24",
  format: "esm",
  banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
});
const bundles = new Map([
  ["nothing", `${DIST}/bench/nothing.mjs`],
  ["two SDK clients", `${DIST}/bench/clients.mjs`],
  ["plain", `${DIST}/bench/plain.mjs`],
  ["the function", `${DIST}/lambda/index.mjs`],
  ...values.also.map((file) => [basename(file), file] as const),
]);

await using server = startWorker(join(import.meta.dirname, "server.ts"), {
  connections: 1,
  latencyMs: 0,
  timeToReadyMs: 0,
  limits: {},
});
const sandbox = await messageOf(server, addresses, TIME_LIMIT_MS);
const folder = mkdtempSync(join(tmpdir(), "bench-"));
const config = join(folder, "connections.json");
writeFileSync(
  config,
  JSON.stringify(connectionsFile({ connections: 1, canary: false, isScattered: false }, sandbox)),
);
const full = { means: "full speed", options: {}, hold: () => undefined, [Symbol.dispose]: () => undefined };
await compare(full, MEMORY_MB, full.means);
for (const memoryMb of values.memory.map(Number)) {
  using share = cpuShare(cpuShareOf(memoryMb));
  await compare(
    share,
    memoryMb,
    `${memoryMb} MB, ${cpuShareOf(memoryMb).toFixed(2)} of a CPU, by ${share.means}`,
  );
}
rmSync(folder, { recursive: true });
await measureRuns(Number(values.connections));
reportContents();

/** Measures a run at each memory and one with a whole CPU. */
async function measureRuns(connections: number): Promise<void> {
  buildProcesses();
  const limits = { perSecond: 50, perMinute: 1_000 };
  const one = { way: OURS, limit: "", limits, connections, canary: false, isScattered: false, isWarm: false };
  print("", `${connections} connections, ready after 2 s`);
  print(row(["memory", "time, s", "of bound", "CPU, s", "peak, MB", "429s"]));
  const runs = [...values.memory.map(Number), undefined];
  for (const memoryMb of runs) {
    using share = memoryMb === undefined ? undefined : cpuShare(cpuShareOf(memoryMb));
    const machine = memoryMb !== undefined && share ? { machine: { memoryMb, share } } : {};
    const measured = await measure({ ...one, latencyMs: 50, timeToReadyMs: 2_000, ...machine });
    print(
      row([
        memoryMb === undefined ? "a whole CPU" : `${memoryMb} MB`,
        (measured.wallMs / 1_000).toFixed(1),
        measured.ratio.toFixed(2),
        ((measured.cpuMs ?? 0) / 1_000).toFixed(2),
        ((measured.peakRssBytes ?? 0) / 1e6).toFixed(0),
        String(measured.throttled),
      ]),
    );
  }
}

async function compare(speed: CpuShare, memoryMb: number, title: string): Promise<void> {
  const starts = new Map<string, Started[]>();
  const rounds = Number(values.rounds);
  for (const bundle of bundles.values()) await start(bundle, speed, memoryMb);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, bundle] of bundles)
      starts.set(name, [...(starts.get(name) ?? []), await start(bundle, speed, memoryMb)]);
  }
  const sum = (name: string) =>
    median((starts.get(name) ?? []).map(({ readyMs, callMs }) => readyMs + callMs));
  print("", `${title}: medians of ${rounds} fresh processes, in ms`);
  print(row(["bundle", "kB", "ready", "first call", "sum", "of plain", "CPU"]));
  for (const [name, all] of starts) {
    print(
      row([
        name,
        (statSync(bundles.get(name) ?? "").size / 1_000).toFixed(0),
        median(all.map(({ readyMs }) => readyMs)).toFixed(0),
        median(all.map(({ callMs }) => callMs)).toFixed(0),
        sum(name).toFixed(0),
        (sum(name) / sum("plain")).toFixed(2),
        median(all.map(({ cpuMs }) => cpuMs)).toFixed(0),
      ]),
    );
  }
}

async function start(bundle: string, { options, hold }: CpuShare, memoryMb: number): Promise<Started> {
  const env = { ...lambdaEnvironment(config, sandbox, memoryMb), BUNDLE: bundle };
  await using worker = startWorker(`${DIST}/bench/start.mjs`, {}, { ...options, env });
  hold(worker.child.pid ?? 0);
  return await messageOf(worker, started, TIME_LIMIT_MS);
}

function reportContents(): void {
  const output = z.object({ inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })) });
  const meta = z.object({ outputs: z.record(z.string(), output) });
  const { outputs } = meta.parse(JSON.parse(readFileSync(`${DIST}/lambda.meta.json`, "utf8")));
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const packages = Map.groupBy(inputs, ([file]) => packageOf(file));
  const sizes = [...packages].map(
    ([name, files]) => [name, files.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0)] as const,
  );
  print("", "What the bundle contains, in kB");
  for (const [name, bytes] of sizes.toSorted(([, a], [, b]) => b - a).filter(([, bytes]) => bytes >= 1_000))
    print(`${(bytes / 1_000).toFixed(1).padStart(8)}  ${name}`);
}

function packageOf(file: string): string {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? "this project";
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function row([name = "", ...cells]: readonly string[]): string {
  return [name.padEnd(24), ...cells.map((cell) => cell.padStart(10))].join("");
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
