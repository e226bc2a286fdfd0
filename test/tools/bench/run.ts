import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { BOUND_IN_WORDS } from "./bound.ts";
import { cases, estimates } from "./cases.ts";
import { buildProcesses, type Case, measure, type Row } from "./measure.ts";
import { plot } from "./plot.ts";
import { tableHead, tableLine } from "./table.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    json: { type: "string" },
    svg: { type: "string" },
  },
});

buildProcesses();
print(`${BOUND_IN_WORDS}\n`, tableHead());
const rows: Row[] = [];
for (const one of cases(values.quick)) {
  const measured = await measure(one).catch((error: unknown) => fail(one, error));
  if (measured === undefined) continue;
  const shown = [measured, ...estimates(measured, values.quick)];
  rows.push(...shown);
  print(...shown.map(tableLine));
}
if (values.json !== undefined) {
  const machine = { node: process.version, arch: process.arch, processors: cpus().length };
  save(values.json, `${JSON.stringify({ machine, bound: BOUND_IN_WORDS, rows }, null, 2)}\n`);
}
if (values.svg !== undefined) save(values.svg, plot(rows));

function fail({ way, connections, limit }: Case, error: unknown): undefined {
  process.stderr.write(`${way}, ${connections} connections, limit ${limit}: ${String(error)}\n`);
  process.exitCode = 1;
}

function print(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}

function save(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
