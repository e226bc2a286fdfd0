import { lowerBoundMs, type RateLimits } from "./bound.ts";
import { type Case, OURS, type Row } from "./measure.ts";
import { secretCount } from "./scenario.ts";

const SIZES = [1, 10, 100, 500, 1_000];
/** The sizes for the sequential loop. Larger ones take more than half an hour. */
const LOOP_SIZES = [1, 10];
const LARGEST_LOOP = 10;
/** The largest size with a warm process. Above, the start of the process does not affect the ratio. */
const LARGEST_WARM = 100;

export const DOCUMENTED = "50/s, 1000/min";

const LIMITS: Readonly<Record<string, RateLimits>> = {
  none: {},
  "50/s": { perSecond: 50 },
  [DOCUMENTED]: { perSecond: 50, perMinute: 1_000 },
  "20/s, not announced": { perSecond: 20 },
};

const BASE = { latencyMs: 50, timeToReadyMs: 2_000, canary: false, isScattered: false, isWarm: false };

/** The rows to measure, in the order of the table. */
export function cases(isQuick: boolean): readonly Case[] {
  return isQuick ? quickCases() : [...ours(), ...alternatives()];
}

/** Estimates for the sizes without a measurement of the curl loop. */
export function estimates(row: Row, isQuick: boolean): readonly Row[] {
  if (isQuick || row.way !== "curl loop" || row.connections !== LARGEST_LOOP) return [];
  return SIZES.filter((connections) => connections > LARGEST_LOOP).map((connections) => {
    const wallMs = (row.wallMs / row.connections) * connections;
    const secrets = secretCount(connections);
    const boundMs = lowerBoundMs({ ...row, connections, secrets, limits: LIMITS[row.limit] ?? {} });
    return { ...row, connections, wallMs, boundMs, ratio: wallMs / boundMs, isEstimate: true };
  });
}

function quickCases(): readonly Case[] {
  return [
    { ...BASE, way: OURS, connections: 10, ...limit("none") },
    { ...BASE, way: OURS, connections: 100, ...limit(DOCUMENTED) },
    { ...BASE, way: OURS, connections: 10, ...limit(DOCUMENTED), canary: true },
    { ...BASE, way: "curl loop", connections: 1, ...limit(DOCUMENTED) },
    { ...BASE, way: "Promise.all, 5 s poll", connections: 100, ...limit(DOCUMENTED) },
  ];
}

function ours(): readonly Case[] {
  const rows = Object.keys(LIMITS).flatMap((name) =>
    SIZES.map((connections) => ({ ...BASE, way: OURS, connections, ...limit(name) })),
  );
  const canary = { ...BASE, way: OURS, connections: 100, ...limit(DOCUMENTED), canary: true };
  const slow = SIZES.filter((connections) => connections >= 100).map((connections) => ({
    ...BASE,
    way: OURS,
    connections,
    ...limit(DOCUMENTED),
    timeToReadyMs: 20_000,
  }));
  const scattered = { ...BASE, way: OURS, connections: 500, ...limit(DOCUMENTED), isScattered: true };
  const warm = SIZES.filter((connections) => connections <= LARGEST_WARM).map((connections) => ({
    ...BASE,
    way: OURS,
    connections,
    ...limit(DOCUMENTED),
    isWarm: true,
  }));
  return [
    ...rows,
    canary,
    { ...canary, connections: 500 },
    ...slow,
    scattered,
    ...warm,
    { ...canary, isWarm: true },
  ];
}

function alternatives(): readonly Case[] {
  const sizes = { "curl loop": LOOP_SIZES, "curl, 100 at once": SIZES, "Promise.all, 5 s poll": SIZES };
  return ["none", DOCUMENTED].flatMap((name) =>
    Object.entries(sizes).flatMap(([way, counts]) =>
      counts.map((connections) => ({ ...BASE, way, connections, ...limit(name) })),
    ),
  );
}

function limit(name: string): { limit: string; limits: RateLimits } {
  return { limit: name, limits: LIMITS[name] ?? {} };
}
