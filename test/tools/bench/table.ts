import type { Row } from "./measure.ts";

interface Column {
  readonly title: string;
  readonly width: number;
  readonly text: (row: Row) => string;
}

const COLUMNS: readonly Column[] = [
  { title: "way", width: -26, text: wayOf },
  { title: "N", width: 5, text: ({ connections }) => String(connections) },
  { title: "limit", width: -15, text: ({ limit }) => limit },
  { title: "ready in", width: 8, text: ({ timeToReadyMs }) => seconds(timeToReadyMs, 0) },
  { title: "wall", width: 9, text: ({ wallMs, isEstimate }) => `${isEstimate ? "~" : ""}${seconds(wallMs)}` },
  { title: "bound", width: 8, text: ({ boundMs }) => seconds(boundMs) },
  { title: "ratio", width: 6, text: ({ ratio, lost }) => (lost > 0 ? "" : ratio.toFixed(2)) },
  { title: "requests/N", width: 10, text: ({ requestsPerConnection }) => requestsPerConnection.toFixed(2) },
  { title: "429", width: 5, text: ({ throttled }) => String(throttled) },
  { title: "lost", width: 5, text: ({ lost }) => String(lost) },
  { title: "noticed after (median/95%/worst)", width: 32, text: lateness },
  { title: "peak MB", width: 7, text: ({ peakRssBytes }) => megabytes(peakRssBytes) },
  { title: "CPU ms/N", width: 8, text: ({ cpuMs, connections }) => perConnection(cpuMs, connections) },
];

export function tableHead(): string {
  return COLUMNS.map(({ title, width }) => pad(title, width)).join("  ");
}

export function tableLine(row: Row): string {
  return COLUMNS.map(({ text, width }) => pad(text(row), width)).join("  ");
}

function wayOf({ way, isWarm, canary, isScattered }: Row): string {
  return [way, isWarm && "warm", canary && "canary", isScattered && "scattered"].filter(Boolean).join(", ");
}

function lateness({ latenessMs }: Row): string {
  return latenessMs ? `${latenessMs.median} / ${latenessMs.p95} / ${latenessMs.worst} ms` : "";
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? "" : (bytes / 1_048_576).toFixed(0);
}

function perConnection(cpuMs: number | undefined, connections: number): string {
  return cpuMs === undefined ? "" : (cpuMs / connections).toFixed(1);
}

function seconds(ms: number, digits = 2): string {
  return `${(ms / 1_000).toFixed(digits)} s`;
}

function pad(text: string, width: number): string {
  return width < 0 ? text.padEnd(-width) : text.padStart(width);
}
