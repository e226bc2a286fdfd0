import { RateLimiter } from "../../src/adapters/rate-limit/limiter.ts";
import type { RateLimit, RequestKind } from "../../src/adapters/rate-limit/limits.ts";
import { NOW } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";

const WIDE: readonly RateLimit[] = [{ windowMs: 1_000, count: 1_000, writes: 990 }];

interface RequestOptions {
  readonly kind?: RequestKind;
  readonly priority?: number;
  /** How long the response takes. */
  readonly takesMs?: number;
}

/** A rate limiter on a virtual clock. `timesOf` returns milliseconds since the start. */
export function openLimiter({ leftMs = 890_000, limits = WIDE, responseMs = 0 } = {}) {
  const clock = new FakeClock(NOW);
  const limiter = new RateLimiter(clock, NOW + leftMs, limits);
  const sent: (readonly [string, number])[] = [];
  const send = (name: string, { kind = "write", priority = 0, takesMs = responseMs }: RequestOptions = {}) =>
    limiter.schedule(
      kind,
      async () => {
        sent.push([name, clock.now() - NOW]);
        if (takesMs > 0) await clock.sleep(takesMs);
        return name;
      },
      priority,
    );
  const sendMany = (count: number, options: RequestOptions = {}, prefix = options.kind ?? "write") =>
    Promise.all(Array.from({ length: count }, (_, index) => send(`${prefix} ${index}`, options)));
  const timesOf = (prefix = "") => sent.filter(([name]) => name.startsWith(prefix)).map(([, at]) => at);
  return { clock, limiter, sent, send, sendMany, names: () => sent.map(([name]) => name), timesOf };
}

/** The maximum number of requests in any window of this length. */
export function mostWithin(windowMs: number, times: readonly number[]): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + windowMs).length));
}
