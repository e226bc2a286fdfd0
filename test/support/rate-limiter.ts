import { RateLimiter } from "../../src/adapters/rate-limit/limiter.ts";
import type { RateLimits } from "../../src/adapters/rate-limit/limits.ts";
import { NOW } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";

/** How much later than allowed a gate lets a request in, in milliseconds. */
export const MARGIN_MS = 3;

const WIDE: RateLimits = [{ count: 1_000, windowMs: 1_000, reserved: 10 }];

/** A gate, and when each request was sent, in milliseconds from the start. */
export function openGate({ leftMs = 890_000, limits = WIDE, answerMs = 0 } = {}) {
  const clock = new FakeClock(NOW);
  const limiter = new RateLimiter(clock, NOW + leftMs, limits);
  const sent: (readonly [string, number])[] = [];
  const pass = (name: string, { urgent = false, rank = 0, takesMs = answerMs } = {}) =>
    limiter.schedule(
      urgent,
      async () => {
        sent.push([name, clock.now() - NOW]);
        if (takesMs > 0) await clock.sleep(takesMs);
        return name;
      },
      rank,
    );
  const passAll = (count: number, options: Parameters<typeof pass>[1] = {}) =>
    Promise.all(Array.from({ length: count }, (_, index) => pass(`${index}`, options)));
  const timesOf = (prefix = "") => sent.filter(([name]) => name.startsWith(prefix)).map(([, at]) => at);
  return { clock, limiter, sent, pass, passAll, names: () => sent.map(([name]) => name), timesOf };
}
