import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RateLimiter } from "../../../src/adapters/rate-limit/limiter.ts";
import {
  CONFLUENT_LIMITS,
  type RateLimit,
  type RequestKind,
} from "../../../src/adapters/rate-limit/limits.ts";
import type { RotationError } from "../../../src/rotation/errors.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { mostWithin } from "../../support/rate-limiter.ts";
import { WORLDS } from "../../support/world-plan.ts";

/** Like Confluent's, but so small that a few dozen requests reach all of them. */
const SMALL_LIMITS: readonly RateLimit[] = [
  { windowMs: 1_000, count: 5, writes: 4 },
  { windowMs: 10_000, count: 20, writes: 16 },
  { windowMs: 0, count: 4, writes: 3 },
];

const MIN_LATENCY_MS = 20;

interface Planned {
  readonly afterMs: number;
  readonly kind: RequestKind;
  /** To the server, inside it, and back. */
  readonly delaysMs: readonly [number, number, number];
  readonly isThrottled: boolean;
}

/** When a request was sent, and when the server received and answered it. */
interface Seen {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly answeredAt: number;
}

/** In addition to the minimum. */
const delayMs = fc.oneof(fc.constant(0), fc.nat({ max: 40 }), fc.nat({ max: 4_000 }));

const planned = fc.record<Planned>({
  afterMs: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat({ max: 3_000 }) },
  ),
  kind: fc.constantFrom<RequestKind>("read", "write"),
  delaysMs: fc.tuple(delayMs, delayMs, delayMs),
  isThrottled: fc.nat({ max: 19 }).map((number) => number === 0),
});

async function send(limits: readonly RateLimit[], requests: readonly Planned[], leftMs: number) {
  const clock = new FakeClock();
  const deadlineAt = clock.now() + leftMs;
  const limiter = new RateLimiter(clock, deadlineAt, limits);
  limiter.recordRoundTrip(2 * MIN_LATENCY_MS);
  const seen: Seen[] = [];
  const pauses: { from: number; until: number }[] = [];
  const refusals: string[] = [];
  const sendOne = async ({ kind, delaysMs: [there, inside, back], isThrottled }: Planned) => {
    await limiter.schedule(kind, async () => {
      const sentAt = clock.now();
      await clock.sleep(MIN_LATENCY_MS + there);
      const receivedAt = clock.now();
      await clock.sleep(inside);
      seen.push({ sentAt, receivedAt, answeredAt: clock.now() });
      await clock.sleep(MIN_LATENCY_MS + back);
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

function receivedAts(seen: readonly Seen[]): readonly number[] {
  return seen.map(({ receivedAt }) => receivedAt);
}

function mostAtOnce(seen: readonly Seen[]): number {
  return Math.max(
    0,
    ...seen.map(
      ({ receivedAt: at }) =>
        seen.filter(({ receivedAt, answeredAt }) => receivedAt <= at && at < answeredAt).length,
    ),
  );
}

describe("the rate limiter, for any network delay of requests and responses,", () => {
  it("never lets the server receive more requests than the limits allow", async () => {
    const some = fc.array(planned, { minLength: 1, maxLength: 40, size: "max" });
    const property = fc.asyncProperty(some, fc.constantFrom(3_000, 60_000), async (requests, leftMs) => {
      const { seen, pauses, refusals, deadlineAt } = await send(SMALL_LIMITS, requests, leftMs);
      expect(mostWithin(1_000, receivedAts(seen))).toBeLessThanOrEqual(5);
      expect(mostWithin(10_000, receivedAts(seen))).toBeLessThanOrEqual(20);
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

  it("keeps to Confluent's limits with a thousand connections", async () => {
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
      expect(mostWithin(1_000, receivedAts(seen))).toBeLessThanOrEqual(50);
      expect(mostWithin(60_000, receivedAts(seen))).toBeLessThanOrEqual(1_000);
      expect(mostAtOnce(seen)).toBeLessThanOrEqual(100);
    });
    await fc.assert(property, { numRuns: Math.ceil(WORLDS / 1_000) });
  });
});
