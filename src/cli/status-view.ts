import type { Config } from "../config/load.ts";
import { phaseStyle } from "../terminal/status-table.ts";
import { type Cell, type Column, tableLines } from "../terminal/table.ts";
import type { Style, Terminal } from "../terminal/terminal.ts";
import { CONNECTION_STATES, type ConnectionStatus } from "./connection-status.ts";
import { fold } from "./folding.ts";
import { factLines } from "./problem.ts";
import type { StatusReading } from "./read-status.ts";
import { remarkLines } from "./remarks.ts";
import { silenceRemark } from "./silence.ts";
import { unlistedRemark } from "./unlisted.ts";

const COLUMNS: readonly Column[] = [
  { title: "ENVIRONMENT", rank: 1 },
  { title: "CONNECTION" },
  { title: "TYPE", rank: 5 },
  { title: "STATE" },
  { title: "PHASE", rank: 2 },
  { title: "UPDATED" },
  { title: "SECRET" },
  { title: "VERSION", rank: 4 },
  { title: "CURRENT SINCE", rank: 3 },
];

const STYLES: Readonly<Record<ConnectionStatus["state"], Style>> = {
  unhealthy: "red",
  unknown: "red",
  stale: "yellow",
  pending: "yellow",
  healthy: "green",
};

interface StatusViewOptions {
  readonly config: Pick<Config, "propagationLabel" | "verification">;
  readonly now: number;
  /** Whether all healthy connections are shown. */
  readonly all: boolean;
}

/** Unhealthy connections first; many healthy ones are folded into a count. */
export function statusLines(
  terminal: Terminal,
  { connections, unlisted }: StatusReading,
  { config, now, all }: StatusViewOptions,
): string[] {
  const { propagationLabel: label, verification } = config;
  const ordered = CONNECTION_STATES.flatMap((state) => connections.filter((each) => each.state === state));
  const unwell = ordered.filter(({ state }) => state !== "healthy");
  const { shown } = fold(terminal, ordered.slice(unwell.length), all);
  const rows = [...unwell, ...shown].map((each) => [
    ...cells(each, now),
    ...(label === undefined ? [] : [labelCell(each)]),
  ]);
  const columns = label === undefined ? COLUMNS : [...COLUMNS, { title: label, rank: 6 }];
  return [
    ...(rows.length > 0 ? tableLines(terminal, columns, rows) : []),
    ...remarkLines(terminal, ordered, ({ state }) => STYLES[state]),
    ...silenceLines(terminal, connections, verification.require),
    ...unlistedLines(terminal, unlisted),
    ...(rows.length > 0 ? [""] : []),
    `${summary(connections)}${shown.length + unwell.length < ordered.length ? " (--all shows them)" : ""}`,
  ];
}

function cells(status: ConnectionStatus, now: number): Cell[] {
  const { state, phase, updatedAt, currentSince } = status;
  return [
    { text: status.environment },
    { text: status.name },
    { text: status.type },
    { text: state, style: STYLES[state] },
    { text: phase === "" ? "none" : (phase ?? "?"), style: phaseStyle(phase ?? "") },
    { text: ago(updatedAt, now) },
    { text: status.secret },
    { text: status.secretVersionId?.slice(0, 8) ?? "?" },
    { text: ago(currentSince, now) },
  ];
}

function labelCell({ propagated }: ConnectionStatus): Cell {
  if (propagated === undefined) return { text: "?" };
  return propagated ? { text: "yes", style: "green" } : { text: "no", style: "yellow" };
}

function silenceLines(
  terminal: Terminal,
  connections: readonly ConnectionStatus[],
  require: Config["verification"]["require"],
): string[] {
  return [...Map.groupBy(connections, ({ environment }) => environment)].flatMap(([name, inside]) => {
    const phases = inside.flatMap(({ phase }) => phase ?? []);
    const remark = silenceRemark(phases, require);
    return remark === undefined ? [] : ["", ...terminal.wrap(`${name}: ${remark}`)];
  });
}

function unlistedLines(terminal: Terminal, unlisted: StatusReading["unlisted"]): string[] {
  return [...Map.groupBy(unlisted, ({ environment }) => environment)].flatMap(([name, inside]) => {
    const { message = "", nextStep = "" } = unlistedRemark(name, inside) ?? {};
    return ["", ...terminal.wrap(message), ...factLines(terminal, { nextStep })];
  });
}

/** Such as "1 unhealthy, 2 stale, 9 healthy". */
function summary(connections: readonly ConnectionStatus[]): string {
  const counts = CONNECTION_STATES.map((state) => ({
    state,
    count: connections.filter((each) => each.state === state).length,
  }));
  return `${counts
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => `${count} ${state}`)
    .join(", ")}.`;
}

const UNITS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1_000, "s"],
] as const;

function ago(iso: string | undefined, now: number): string {
  if (iso === undefined) return "?";
  const elapsedMs = now - Date.parse(iso);
  const [unitMs, unit] = UNITS.find(([ms]) => elapsedMs >= ms) ?? [];
  return unitMs === undefined ? "now" : `${Math.floor(elapsedMs / unitMs)} ${unit} ago`;
}
