import { describe, expect, it } from "vitest";
import { startWorld } from "../support/world.ts";
import { lowerBoundMs } from "../tools/bench/bound.ts";

const SCHEDULE = { trigger: "schedule" };
const LATENCY_MS = 50;

const connectionsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, secret: "openai" }));

describe("the pace of a run", () => {
  it.each([
    { connections: 1, canary: true, timeToReadyMs: 2_000, maxRatio: 1.1 },
    { connections: 10, canary: true, timeToReadyMs: 2_000, maxRatio: 1.1 },
    { connections: 10, canary: true, timeToReadyMs: 8_000, maxRatio: 1.1 },
    { connections: 10, canary: false, timeToReadyMs: 2_000, maxRatio: 1.1 },
    { connections: 100, canary: false, timeToReadyMs: 2_000, maxRatio: 1.08 },
  ])(
    "over $connections connections that take $timeToReadyMs ms, with canary: $canary, is near the lower bound",
    async ({ connections, canary, timeToReadyMs, maxRatio }) => {
      const limits = { perSecond: 50, perMinute: 1_000 };
      const world = await startWorld({
        connections: connectionsOf(connections),
        config: { rollout: { canary } },
        confluent: { latencyMs: LATENCY_MS, timeToReadyMs, limits },
      });
      world.aws.putSecret("openai", "new");
      const report = await world.invoke(SCHEDULE);
      const load = { connections, canary, timeToReadyMs, latencyMs: LATENCY_MS, secrets: 1, limits };
      expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: connections } });
      expect(report.durationMs / lowerBoundMs(load)).toBeLessThanOrEqual(maxRatio);
      expect(world.confluent.requests.filter(({ status }) => status === 429)).toEqual([]);
    },
  );

  it("sends its second burst of PUTs a second after the first, even if responses are slow", async () => {
    const world = await startWorld({
      connections: connectionsOf(60),
      config: { rollout: { canary: false } },
      confluent: { latencyMs: 300 },
    });
    world.aws.putSecret("openai", "new");
    await world.invoke(SCHEDULE);
    const puts = world.confluent.requests.filter(({ method }) => method === "PUT").map(({ at }) => at);
    const [first = 0, last = 0] = [puts[0], puts.at(-1)];
    expect(puts).toHaveLength(60);
    expect(last - first).toBeGreaterThanOrEqual(1_000);
    expect(last - first).toBeLessThan(1_200);
  });

  it("polls the canary so rarely that the PUTs that follow can use the rate limit", async () => {
    const world = await startWorld({ connections: connectionsOf(2), confluent: { timeToReadyMs: 2_000 } });
    world.aws.putSecret("openai", "new");
    await world.invoke(SCHEDULE);
    const { requests } = world.confluent;
    const [canaryPut, otherPut] = requests.flatMap(({ method }, at) => (method === "PUT" ? [at] : []));
    const polls = requests.slice((canaryPut ?? 0) + 1, otherPut).map(({ at }) => at);
    const delays = polls.slice(1).map((at, index) => at - (polls[index] ?? 0));
    expect(polls.length).toBeGreaterThan(5);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(200);
  });
});
