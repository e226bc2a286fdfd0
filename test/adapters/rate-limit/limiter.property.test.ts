import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimiter } from "../../../src/adapters/rate-limit/limiter.ts";
import { CONFLUENT_LIMITS, type RateLimits } from "../../../src/adapters/rate-limit/limits.ts";
import type { RotationError } from "../../../src/rotation/errors.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { WORLDS } from "../../support/generated-world.ts";

/** Like Confluent's, but so small that a few dozen requests meet them all. */
const SMALL_LIMITS: RateLimits = [
  { count: 5, windowMs: 1_000, reserved: 1 },
  { count: 20, windowMs: 10_000, reserved: 4 },
  { count: 4, windowMs: 0, reserved: 1 },
];

/** What no request falls below. */
const SHORTEST_WAY_MS = 20;

interface Planned {
  readonly afterMs: number;
  readonly urgent: boolean;
  /** On the way there, at the server, and on the way back. */
  readonly delaysMs: readonly [number, number, number];
  readonly isThrottled: boolean;
}

/** What the server sees of a request, and when it was sent. */
interface Seen {
  readonly sentAt: number;
  readonly cameAt: number;
  readonly leftAt: number;
}

/** Beyond the shortest way. */
const delayMs = fc.oneof(fc.constant(0), fc.nat({ max: 40 }), fc.nat({ max: 4_000 }));

const planned = fc.record<Planned>({
  afterMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat({ max: 3_000 }) },
  ),
  urgent: fc.boolean(),
  delaysMs: fc.tuple(delayMs, delayMs, delayMs),
  isThrottled: fc.nat({ max: 19 }).map((number) => number === 0),
});

async function send(limits: RateLimits, requests: readonly Planned[], leftMs: number) {
  const clock = new FakeClock();
  const deadlineAt = clock.now() + leftMs;
  const limiter = new RateLimiter(clock, deadlineAt, limits);
  limiter.recordRoundTrip(2 * SHORTEST_WAY_MS);
  const seen: Seen[] = [];
  const pauses: { from: number; until: number }[] = [];
  const refusals: string[] = [];
  const sendOne = async ({ urgent, delaysMs: [there, inside, back], isThrottled }: Planned) => {
    await limiter.schedule(urgent, async () => {
      const sentAt = clock.now();
      await clock.sleep(SHORTEST_WAY_MS + there);
      const cameAt = clock.now();
      await clock.sleep(inside);
      seen.push({ sentAt, cameAt, leftAt: clock.now() });
      await clock.sleep(SHORTEST_WAY_MS + back);
      limiter.recordRoundTrip(clock.now() - sentAt);
    });
    if (!isThrottled) return;
    pauses.push({ from: clock.now(), until: clock.now() + 700 });
    limiter.pause(700);
  };
  const all: Promise<unknown>[] = [];
  for (const request of requests) {
    if (request.afterMs > 0) await clock.sleep(request.afterMs);
    all.push(sendOne(request).catch((error: RotationError) => refusals.push(error.errorClass)));
  }
  await Promise.all(all);
  return { seen, pauses, refusals, deadlineAt };
}

/** The most requests that came in any such span of time. */
function mostWithin(windowMs: number, seen: readonly Seen[]): number {
  const came = seen.map(({ cameAt }) => cameAt);
  return Math.max(0, ...came.map((from) => came.filter((at) => at >= from && at < from + windowMs).length));
}

function mostAtOnce(seen: readonly Seen[]): number {
  return Math.max(
    0,
    ...seen.map(({ cameAt: at }) => seen.filter(({ cameAt, leftAt }) => cameAt <= at && at < leftAt).length),
  );
}

describe("the way to one host, whatever the network delays beyond the shortest way", () => {
  it("never lets more requests come than are allowed, in any window and at once", async () => {
    const some = fc.array(planned, { minLength: 1, maxLength: 40, size: "max" });
    const property = fc.asyncProperty(some, fc.constantFrom(3_000, 60_000), async (requests, leftMs) => {
      const { seen, pauses, refusals, deadlineAt } = await send(SMALL_LIMITS, requests, leftMs);
      expect(mostWithin(1_000, seen)).toBeLessThanOrEqual(5);
      expect(mostWithin(10_000, seen)).toBeLessThanOrEqual(20);
      expect(mostAtOnce(seen)).toBeLessThanOrEqual(4);
      const early = seen.filter(({ sentAt }) =>
        pauses.some(({ from, until }) => sentAt > from && sentAt < until),
      );
      expect(early).toEqual([]);
      expect(seen.filter(({ sentAt }) => sentAt >= deadlineAt)).toEqual([]);
      expect(seen.length + refusals.length).toBe(requests.length);
    });
    await fc.assert(property, { numRuns: WORLDS });
  });

  it("keeps to Confluent's own limits with a thousand connections", async () => {
    const burst = fc
      .array(planned, { minLength: 200, maxLength: 200 })
      .map((some) =>
        Array.from(
          { length: 1_300 },
          (_, index): Planned => ({ ...(some[index % 200] as Planned), isThrottled: false, afterMs: 0 }),
        ),
      );
    const property = fc.asyncProperty(burst, async (requests) => {
      const { seen, refusals } = await send(CONFLUENT_LIMITS, requests, 890_000);
      expect(refusals).toEqual([]);
      expect(seen).toHaveLength(requests.length);
      expect(mostWithin(1_000, seen)).toBeLessThanOrEqual(50);
      expect(mostWithin(60_000, seen)).toBeLessThanOrEqual(1_000);
      expect(mostAtOnce(seen)).toBeLessThanOrEqual(100);
    });
    await fc.assert(property, { numRuns: Math.ceil(WORLDS / 1_000) });
  });
});
