import { setTimeout as delay } from "node:timers/promises";
import { phaseStyle, type StatusRow, StatusTable } from "../../terminal/status-table.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { Invocation } from "../function-process.ts";
import { type DemoConnection, ENVIRONMENTS } from "./connections.ts";
import type { DemoWorld } from "./environment.ts";

const FRAME_MS = 100;

export interface Stage extends DemoWorld {
  readonly terminal: Terminal;
}

/** Shows what the sandbox sees of the connections until the run is over. */
export async function watchRun(
  { confluent, terminal }: Stage,
  connections: readonly DemoConnection[],
  run: Promise<Invocation>,
): Promise<Invocation> {
  const board = new StatusTable(terminal);
  const since = Date.now();
  const rows = (idle: string) => connections.map((each) => toRow(confluent, each, { since, idle }));
  const over = new AbortController();
  const ended = run.finally(() => over.abort());
  while (!over.signal.aborted) {
    board.show(rows("waiting"));
    await delay(FRAME_MS, undefined, { signal: over.signal }).catch(() => undefined);
  }
  board.end(rows("not touched"));
  return ended;
}

/** The phase as a reader sees it, and the time since the first PUT after `since`. */
function toRow(
  confluent: DemoWorld["confluent"],
  { environment, name, type }: DemoConnection,
  { since, idle }: { since: number; idle: string },
): StatusRow {
  const { puts, phase = "", readyAt } = confluent.connection(name, ENVIRONMENTS[environment]);
  const put = puts.find(({ at }) => at >= since);
  if (put === undefined) return { environment, name, type, phase: idle, style: "dim" };
  const timeMs = Math.max(0, (readyAt ?? Date.now()) - put.at);
  return { environment, name, type, phase, style: phaseStyle(phase), timeMs };
}
