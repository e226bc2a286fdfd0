export type RequestKind = "read" | "write";

export interface RateLimit {
  /** 0 limits how many requests are in flight at once. */
  readonly windowMs: number;
  /** The maximum number of requests in any window. */
  readonly count: number;
  /** The maximum number of writes among them. The rest is reserved for reads. */
  readonly writes: number;
}

/** Slightly below Confluent's limits per client address (50 a second, 1,000 a minute, 100 at once), to absorb jitter. */
export const CONFLUENT_LIMITS: readonly RateLimit[] = [
  { windowMs: 1_000, count: 49, writes: 45 },
  { windowMs: 60_000, count: 980, writes: 840 },
  { windowMs: 0, count: 90, writes: 86 },
];

/** Lowers a limit to the announced count, and the writes in proportion. */
export function lowered(limit: RateLimit, announced: number): RateLimit {
  const count = Math.min(announced, limit.count);
  return { ...limit, count, writes: Math.max(1, Math.floor((limit.writes * count) / limit.count)) };
}
