import { describe, expect, it } from "vitest";
import { RateLimiter } from "../../../src/adapters/rate-limit/limiter.ts";
import type { RequestKind } from "../../../src/adapters/rate-limit/limits.ts";
import type { ConnectionsApi } from "../../../src/rotation/dependencies.ts";
import { type PollCheck, Poller } from "../../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../../src/rotation/polling/schedule.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import { flinkApiKey } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeConfluent } from "../../support/fake-confluent.ts";
import { mostWithin } from "../../support/rate-limiter.ts";
import { lowerBoundMs } from "../../tools/bench/bound.ts";

const LATENCY_MS = 50;
const DATA = new Secret(JSON.stringify({ API_KEY: "new" }));

/** Writes connections and waits until each is READY: the real limiter, reader and poller, on a virtual clock. */
async function simulate(connections: number, timeToReadyMs: number, perSecond = 50) {
  const clock = new FakeClock();
  const startedAt = clock.now();
  const confluent = new FakeConfluent({ clock, latencyMs: () => LATENCY_MS / 2 });
  const names = Array.from({ length: connections }, (_, index) => `c${index}`);
  for (const name of names) confluent.add(name, { timeToReadyMs });
  const limiter = new RateLimiter(clock, clock.now() + 900_000);
  limiter.applyHeaders({ limit: perSecond, remaining: perSecond, resetMs: 1_000 }, clock.now());
  const api = limited(confluent.api(flinkApiKey()), limiter, { clock, names });
  const reader = new ConnectionReader(api);
  await reader.read(names, () => undefined);
  const poller = new Poller(reader, clock, new PollSchedule(connections));
  const noticedAfterMs = await Promise.all(
    names.map(async (name) => {
      await api.put({ name, connectionType: "OPENAI", endpoint: "", data: DATA });
      const verdictOn: PollCheck["verdictOn"] = ({ phase }) => (phase === "READY" ? "ready" : undefined);
      const check = { hasJudged: true, nextReadAt: () => undefined, verdictOn };
      const putAt = clock.now();
      const onPhase = () => undefined;
      await poller.waitUntilSettled({ name, check, startedAt: putAt, untilAt: putAt + 600_000, onPhase });
      const readyAt = (confluent.connection(name).puts[0]?.at ?? 0) + timeToReadyMs;
      return clock.now() - LATENCY_MS / 2 - readyAt;
    }),
  );
  const sentAt = confluent.requests.map((request) => request.sentAt);
  const limits = { perSecond, perMinute: 1_000 };
  const boundMs = lowerBoundMs({
    connections,
    timeToReadyMs,
    latencyMs: LATENCY_MS,
    secrets: 0,
    canary: false,
    limits,
  });
  return {
    sentAt,
    ratio: (clock.now() - startedAt) / boundMs,
    latestMs: Math.max(...noticedAfterMs),
  };
}

function limited(
  api: ConnectionsApi,
  limiter: RateLimiter,
  { clock, names }: { clock: FakeClock; names: readonly string[] },
): ConnectionsApi {
  const schedule = <T>(kind: RequestKind, send: () => Promise<T>, priority = 0): Promise<T> =>
    limiter.schedule(
      kind,
      () => {
        const sentAt = clock.now();
        return send().finally(() => limiter.recordRoundTrip(clock.now() - sentAt));
      },
      priority,
    );
  return {
    list: (token) => schedule("read", () => api.list(token)),
    get: (name) => schedule("read", () => api.get(name)),
    put: (update) => schedule("write", () => api.put(update), names.indexOf(update.name)),
  };
}

describe("a run", () => {
  const sizes = [
    { connections: 1, maxRatio: 1.05 },
    { connections: 10, maxRatio: 1.05 },
    { connections: 30, maxRatio: 1.05 },
    { connections: 100, maxRatio: 1.08 },
    { connections: 300, maxRatio: 1.08 },
    { connections: 500, maxRatio: 1.12 },
    { connections: 1_000, maxRatio: 1.12 },
  ];
  const times = [2_000, 2_900, 5_000, 8_000, 20_000, 45_000];
  const cases = sizes.flatMap((size) => times.map((timeToReadyMs) => ({ ...size, timeToReadyMs })));

  it.each(cases)(
    "over $connections connections that take $timeToReadyMs ms lasts at most $maxRatio of the lower bound",
    async ({ connections, timeToReadyMs, maxRatio }) => {
      const { sentAt, ratio, latestMs } = await simulate(connections, timeToReadyMs);
      expect(ratio).toBeLessThanOrEqual(maxRatio);
      expect(latestMs).toBeLessThanOrEqual(Math.max(700, timeToReadyMs / 10));
      expect(mostWithin(1_000, sentAt)).toBeLessThanOrEqual(50);
      expect(mostWithin(60_000, sentAt)).toBeLessThanOrEqual(1_000);
    },
  );

  it("over a thousand connections at a lower limit neither exceeds it nor leaves too little of the minute's limit for polling", async () => {
    const { sentAt, ratio, latestMs } = await simulate(1_000, 2_000, 20);
    expect(ratio).toBeLessThanOrEqual(1.16);
    expect(latestMs).toBeLessThanOrEqual(1_000);
    expect(mostWithin(1_000, sentAt)).toBeLessThanOrEqual(20);
    expect(mostWithin(60_000, sentAt)).toBeLessThanOrEqual(1_000);
  });

  it("over one connection that takes two seconds costs at most 25 requests", async () => {
    const { sentAt } = await simulate(1, 2_000);
    expect(sentAt.length).toBeLessThanOrEqual(25);
  });

  it("over a thousand connections costs few more requests than PUTs", async () => {
    const { sentAt } = await simulate(1_000, 2_000);
    expect(sentAt.length).toBeLessThanOrEqual(1_150);
  });
});
