import { setTimeout as delay } from "node:timers/promises";
import { phaseStyle, type StatusRow, StatusTable } from "../../terminal/status-table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { RotatorResult } from "../function-process.ts";
import { type DemoConnection, ENVIRONMENTS } from "./connections.ts";
import type { DemoSandbox } from "./environment.ts";

const FRAME_MS = 100;

/** Shows the state of the connections in the sandbox until the run ends. */
export async function watchRun(
  { confluent, terminal }: { readonly confluent: DemoSandbox["confluent"]; readonly terminal: Terminal },
  connections: readonly DemoConnection[],
  run: Promise<RotatorResult>,
): Promise<RotatorResult> {
  const table = new StatusTable(terminal);
  const startedAt = Date.now();
  const rows = (untouched: string) =>
    connections.map((each) => toRow(confluent, each, { startedAt, untouched }));
  const over = new AbortController();
  const ended = run.finally(() => over.abort());
  while (!over.signal.aborted) {
    table.show(rows("waiting"));
    await delay(FRAME_MS, undefined, { signal: over.signal }).catch(() => undefined);
  }
  table.end(rows("not touched"));
  return ended;
}

/** The current phase, and the time since the first PUT after `startedAt`. */
function toRow(
  confluent: DemoSandbox["confluent"],
  { environment, name, type }: DemoConnection,
  { startedAt, untouched }: { startedAt: number; untouched: string },
): StatusRow {
  const { puts, phase = "", readyAt } = confluent.connection(name, ENVIRONMENTS[environment]);
  const put = puts.find(({ at }) => at >= startedAt);
  if (put === undefined) return { environment, name, type, phase: untouched, style: "dim" };
  const timeMs = Math.max(0, (readyAt ?? Date.now()) - put.at);
  return { environment, name, type, phase: phase || "no phase", style: phaseStyle(phase), timeMs };
}
