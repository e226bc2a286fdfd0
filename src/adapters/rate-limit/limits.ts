export interface RateWindow {
  /** How many requests may be counted in any `windowMs` milliseconds; in any 0, how many may be under way at once. */
  readonly count: number;
  readonly windowMs: number;
  /** How many of them only urgent requests may have. */
  readonly reserved: number;
}

export type RateLimits = readonly RateWindow[];

/** Below Confluent's limits per client address: 50 a second, 1,000 a minute, 100 at once. */
export const CONFLUENT_LIMITS: RateLimits = [
  { count: 49, windowMs: 1_000, reserved: 3 },
  { count: 980, windowMs: 60_000, reserved: 80 },
  { count: 90, windowMs: 0, reserved: 4 },
];

/** A window in which the host allows no more than `count`; some of them stay reserved, be it the only one. */
export function lowered(window: RateWindow, count: number): RateWindow {
  if (count >= window.count) return window;
  return { ...window, count, reserved: Math.ceil((window.reserved * count) / window.count) };
}
