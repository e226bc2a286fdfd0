import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { buildSync } from "esbuild";
import * as z from "zod/mini";
import { type CpuShare, cpuShare } from "./cpu-share.ts";
import { lambdaEnvironment } from "./lambda.ts";
import { messageOf, startWorker } from "./processes.ts";
import { addresses, connectionsFile } from "./scenario.ts";

/** For 512 MB: a function with 1,769 MB has a whole CPU. */
const SHARE = 512 / 1_769;
const TIME_LIMIT_MS = 60_000;
const DIST = join(import.meta.dirname, "../../../dist");

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    /** Further bundles to compare. */
    also: { type: "string", multiple: true, default: [] },
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
using share = cpuShare(SHARE);
const full = { means: "full speed", options: {}, hold: () => undefined, [Symbol.dispose]: () => undefined };
for (const speed of [full, share]) await compare(speed);
rmSync(folder, { recursive: true });
reportContents();

async function compare(speed: CpuShare): Promise<void> {
  const starts = new Map<string, Started[]>();
  const rounds = Number(values.rounds);
  for (const bundle of bundles.values()) await start(bundle, speed);
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, bundle] of bundles)
      starts.set(name, [...(starts.get(name) ?? []), await start(bundle, speed)]);
  }
  const sum = (name: string) =>
    median((starts.get(name) ?? []).map(({ readyMs, callMs }) => readyMs + callMs));
  const title = speed === full ? "full speed" : `${SHARE.toFixed(2)} of a CPU, by ${speed.means}`;
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

async function start(bundle: string, { options, hold }: CpuShare): Promise<Started> {
  const env = { ...lambdaEnvironment(config, sandbox), BUNDLE: bundle };
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
