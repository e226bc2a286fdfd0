/** The work and the limits of a run. */
export interface Load {
  readonly connections: number;
  readonly secrets: number;
  readonly canary: boolean;
  readonly latencyMs: number;
  readonly timeToReadyMs: number;
  readonly limits: RateLimits;
}

export interface RateLimits {
  readonly perSecond?: number;
  readonly perMinute?: number;
}

const PAGE_SIZE = 100;
/** The documented limits of the API, which the function always respects. */
const DOCUMENTED = { perSecond: 50, perMinute: 1_000 };

export const BOUND_IN_WORDS =
  "Lower bound: one read (a LIST page of 100 per latency), one PUT per connection, each no sooner than the sliding " +
  "windows allow it (the stricter of the server's limit and the documented 50/s and 1000/min), latency, time to ready. " +
  "With canary, the first PUT of each secret becomes ready before the others are sent. Polling and reading the secrets " +
  "are not counted.";

/** The shortest time for any client that reads before it writes and waits until the last key is in use. */
export function lowerBoundMs(load: Load): number {
  const { connections, latencyMs, timeToReadyMs } = load;
  const send = paced(load.limits);
  const pages = pageCount(connections);
  send(0);
  for (let page = 1; page < pages; page += 1) send(latencyMs);
  const canaries = load.canary ? Math.min(load.secrets, connections) : 0;
  const firstWave = Array.from({ length: canaries }, () => send(latencyMs));
  const readyAt = firstWave.length > 0 ? Math.max(...firstWave) + latencyMs + timeToReadyMs : latencyMs;
  const rest = Array.from({ length: connections - canaries }, () => send(readyAt));
  const lastPutAt = Math.max(latencyMs * pages, ...firstWave, ...rest);
  return lastPutAt + latencyMs + timeToReadyMs;
}

/** The number of pages of the whole list. */
export function pageCount(connections: number): number {
  return Math.ceil(connections / PAGE_SIZE);
}

/** The earliest time for each request, from `notBefore` on, at which no window is full. */
function paced({ perSecond = Infinity, perMinute = Infinity }: RateLimits): (notBefore: number) => number {
  const sent: number[] = [];
  const second = Math.min(perSecond, DOCUMENTED.perSecond);
  const minute = Math.min(perMinute, DOCUMENTED.perMinute);
  return (notBefore) => {
    const at = Math.max(
      notBefore,
      (sent.at(-second) ?? -1_000) + 1_000,
      (sent.at(-minute) ?? -60_000) + 60_000,
    );
    sent.push(at);
    return at;
  };
}
