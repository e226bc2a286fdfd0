import { DOCUMENTED } from "./cases.ts";
import type { Row } from "./measure.ts";

const [WIDTH, HEIGHT] = [720, 420];
const [LEFT, TOP, RIGHT, BOTTOM] = [56, 44, 190, 48];
const NAMES = [1, 10, 100, 500, 1_000];
const SECONDS = [1, 10, 100, 1_000];
const LARGEST_SECONDS = 4_000;
const COLOURS = ["#0969da", "#cf222e", "#9a6700", "#8250df"];

interface Point {
  readonly connections: number;
  readonly ms: number;
  readonly isWhole: boolean;
}

/** Wall time by number of connections under the documented limits, both logarithmic, as an SVG. */
export function plot(rows: readonly Row[]): string {
  const shown = rows.filter(
    ({ limit, isWarm, canary, isScattered, timeToReadyMs }) =>
      limit === DOCUMENTED && !isWarm && !canary && !isScattered && timeToReadyMs === 2_000,
  );
  const ways = [...Map.groupBy(shown, ({ way }) => way)];
  const lines = ways.map(([way, points], index) =>
    series(
      way,
      COLOURS[index] ?? "#57606a",
      points.map(({ connections, wallMs, lost }) => ({ connections, ms: wallMs, isWhole: lost === 0 })),
    ),
  );
  const bounds = shown.filter(({ way }) => way === ways[0]?.[0]);
  const bound = bounds.map(({ connections, boundMs }) => `${x(connections)},${y(boundMs)}`).join(" ");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${LEFT}" y="20" font-size="14" fill="#1f2328">Seconds to rotate N connections (limit ${DOCUMENTED}, ready after 2 s)</text>
<text x="${LEFT}" y="36" fill="#57606a">Hollow: some connections were never rotated. Dashed: the lower bound.</text>
${grid()}
<polyline points="${bound}" fill="none" stroke="#1f2328" stroke-dasharray="4 4"/>
${lines.join("\n")}
</svg>
`;
}

function grid(): string {
  const columns = NAMES.map(
    (value) =>
      `<text x="${x(value)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle" fill="#57606a">${value}</text>`,
  );
  const levels = SECONDS.map(
    (value) =>
      `<path d="M${LEFT} ${y(value * 1_000)}H${WIDTH - RIGHT}" stroke="#d0d7de"/><text x="${LEFT - 8}" y="${y(value * 1_000) + 4}" text-anchor="end" fill="#57606a">${value} s</text>`,
  );
  return [...columns, ...levels].join("\n");
}

function series(way: string, colour: string, points: readonly Point[]): string {
  const path = points.map(({ connections, ms }) => `${x(connections)},${y(ms)}`).join(" ");
  const dots = points.map(
    ({ connections, ms, isWhole }) =>
      `<circle cx="${x(connections)}" cy="${y(ms)}" r="4" stroke="${colour}" fill="${isWhole ? colour : "#ffffff"}"/>`,
  );
  const last = points.at(-1);
  const label = last
    ? `<text x="${x(last.connections) + 10}" y="${y(last.ms) + 4}" fill="${colour}">${way}</text>`
    : "";
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}${label}`;
}

function x(connections: number): number {
  return Math.round(LEFT + (Math.log10(connections) / 3) * (WIDTH - LEFT - RIGHT));
}

function y(ms: number): number {
  const share = Math.log(Math.max(1, ms / 1_000)) / Math.log(LARGEST_SECONDS);
  return Math.round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM));
}
