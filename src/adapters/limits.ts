export interface Window {
  /** How many requests may be counted in any `windowMs` milliseconds. */
  readonly count: number;
  readonly windowMs: number;
  /** How many of them are kept for urgent requests. */
  readonly reserved: number;
}

export interface GateLimits {
  readonly windows: readonly Window[];
  readonly concurrent: number;
  /** How many requests that are not urgent may go at once after a quiet second; the rest follows evenly, so that an urgent one never waits long for a place. */
  readonly burst: number;
}

/** Below Confluent's limits per client address: 50 a second, 1,000 a minute, 100 at once. */
export const CONFLUENT_LIMITS: GateLimits = {
  windows: [
    { count: 49, windowMs: 1_000, reserved: 0 },
    { count: 980, windowMs: 60_000, reserved: 80 },
  ],
  concurrent: 90,
  burst: 40,
};
