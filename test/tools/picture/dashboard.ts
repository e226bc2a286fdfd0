import * as z from "zod";
import { CONNECTIONS, synthesize } from "../../infra/synthesis.ts";
import { escaped, SANS, toSvg } from "./svg.ts";

const UNIT = 40;
const ROW = 34;
const PADDING = 12;
const POINTS = 28;

const metric = z.tuple([z.string(), z.string()]).rest(z.unknown());
const widget = z.object({
  type: z.string(),
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
  properties: z.object({
    title: z.string().optional(),
    markdown: z.string().optional(),
    stacked: z.boolean().optional(),
    alarms: z.array(z.string()).optional(),
    metrics: z.array(metric).optional(),
  }),
});
const body = z.object({ widgets: z.array(widget) });
const options = z.object({ label: z.string().optional(), color: z.string().optional() });

type Widget = z.output<typeof widget>;

interface Series {
  readonly name: string;
  readonly label: string;
  readonly color: string;
}

const COLORS = ["#1f77b4", "#ff7f0e", "#2ca02c", "#d62728"];

/** Sample values for each metric: a week with one refused key. */
const LEVELS: Readonly<Record<string, number>> = { ConnectionsReady: 0.8, Runs: 0.7, Requests: 0.75 };

/** The stack's dashboard with its widgets' titles, positions and metrics, and with sample values. */
export function dashboardPicture(): string {
  const { resources } = synthesize(CONNECTIONS, { alertEmail: "ops@example.com" });
  const dashboard = Object.values(resources).find(({ Type }) => Type === "AWS::CloudWatch::Dashboard");
  const { widgets } = body.parse(JSON.parse(String(dashboard?.Properties["DashboardBody"])));
  const height = Math.max(...widgets.map((each) => each.y + each.height)) * ROW + 2 * PADDING;
  return toSvg({
    title: "The dashboard, with sample values",
    width: 24 * UNIT + 2 * PADDING,
    height,
    font: SANS,
    body: widgets.map(draw),
  });
}

function draw(each: Widget): string {
  const [x, y] = [PADDING + each.x * UNIT, PADDING + each.y * ROW];
  const [width, height] = [each.width * UNIT - 8, each.height * ROW - 8];
  const { title, markdown, alarms } = each.properties;
  const content =
    markdown === undefined
      ? alarms
        ? drawAlarms(alarms, width)
        : drawGraph(each, width, height)
      : drawText(markdown);
  const heading =
    title === undefined
      ? ""
      : `<text x="10" y="20" class="bold" font-size="12">${escaped(shortened(title, width))}</text>`;
  return `<g transform="translate(${x} ${y})"><rect class="paper" width="${width}" height="${height}" rx="4"/>${heading}${content}</g>`;
}

function shortened(title: string, width: number): string {
  const length = Math.floor((width - 20) / 7);
  return title.length <= length ? title : `${title.slice(0, length - 1)}…`;
}

function drawText(markdown: string): string {
  const lines = markdown.split("\n").map((line) => line.replace(/^# /, ""));
  return lines
    .map(
      (line, index) =>
        `<text x="10" y="${22 + index * 20}"${index === 0 ? ' class="bold"' : ""}>${escaped(line)}</text>`,
    )
    .join("");
}

function drawAlarms(alarms: readonly string[], width: number): string {
  const step = (width - 20) / alarms.length;
  return alarms
    .map(
      (_, index) =>
        `<rect x="${10 + index * step}" y="34" width="${step - 8}" height="44" rx="3" fill="#2ca02c" opacity="0.75"/>`,
    )
    .join("");
}

function drawGraph({ properties }: Widget, width: number, height: number): string {
  const series = (properties.metrics ?? []).map(seriesOf);
  const labels = placed(series, width);
  const rows = Math.max(...labels.map(({ row }) => row)) + 1;
  const [left, top, right, bottom] = [14, 34, width - 14, height - 16 - rows * 14];
  const baseline = `<path class="line" d="M${left} ${bottom}H${right}"/>`;
  const lines = series.map((each, index) => {
    const values = valuesOf(each, index);
    if (properties.stacked) return bars(each, values, { left, top, right, bottom });
    const step = (right - left) / (POINTS - 1);
    const points = values.map(
      (value, at) => `${(left + at * step).toFixed(1)},${(bottom - value * (bottom - top)).toFixed(1)}`,
    );
    return `<polyline fill="none" stroke="${each.color}" stroke-width="1.8" points="${points.join(" ")}"/>`;
  });
  return [baseline, ...lines, legend(labels, bottom + 10)].join("");
}

function bars(
  { color }: Series,
  values: readonly number[],
  { left, top, right, bottom }: Record<"left" | "top" | "right" | "bottom", number>,
): string {
  const step = (right - left) / POINTS;
  return values
    .map((value, at) => {
      const size = value * (bottom - top);
      return size === 0
        ? ""
        : `<rect x="${(left + at * step).toFixed(1)}" y="${(bottom - size).toFixed(1)}" width="${(step - 2).toFixed(1)}" height="${size.toFixed(1)}" fill="${color}"/>`;
    })
    .join("");
}

interface Placed extends Series {
  readonly x: number;
  readonly row: number;
}

/** The labels below a graph, in as many rows as needed. */
function placed(series: readonly Series[], width: number): Placed[] {
  let [x, row] = [14, 0];
  return series.map((each) => {
    const size = 22 + each.label.length * 5.8;
    if (x + size > width - 8) [x, row] = [14, row + 1];
    const place = { ...each, x, row };
    x += size;
    return place;
  });
}

function legend(labels: readonly Placed[], top: number): string {
  return labels
    .map(({ label, color, x, row }) => {
      const y = top + row * 14;
      return `<rect x="${x}" y="${y}" width="8" height="8" fill="${color}"/><text x="${x + 12}" y="${y + 8}" font-size="10">${escaped(label)}</text>`;
    })
    .join("");
}

function seriesOf(entry: z.output<typeof metric>, index: number): Series {
  const { label, color } = options.catch({}).parse(entry.at(-1));
  const [, name] = entry;
  return { name, label: label ?? name, color: color ?? COLORS[index % COLORS.length] ?? "#1f77b4" };
}

/** Values for a week in which one key is refused on the middle day. */
function valuesOf({ name, label }: Series, index: number): number[] {
  const level = LEVELS[name] ?? (/Time|Duration|Age/.test(name) ? 0.25 + 0.22 * index : 0);
  return Array.from({ length: POINTS }, (_, at) => {
    const isIncident = at === 16;
    if (name === "ConnectionsFailed" || label === "ended with an error") return isIncident ? 0.15 : 0;
    const wave = 0.06 * Math.sin(at * 1.7 + index * 2);
    return level === 0
      ? 0
      : Math.max(0, level + wave - (isIncident && name === "ConnectionsReady" ? 0.3 : 0));
  });
}
