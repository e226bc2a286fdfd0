import { describe, expect, it } from "vitest";
import { startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };

describe("the pace of a run", () => {
  it("starts the next burst of PUTs one second after the last one, however long responses take", async () => {
    const connections = Array.from({ length: 60 }, (_, index) => ({ name: `c${index}`, secret: "openai" }));
    const config = { rollout: { canary: false } };
    const world = await startWorld({ connections, config, confluent: { latencyMs: 300 } });
    world.aws.putSecret("openai", "new");
    await world.invoke(SCHEDULE);
    const puts = world.confluent.requests.filter(({ method }) => method === "PUT").map(({ at }) => at);
    const [first = 0, last = 0] = [puts[0], puts.at(-1)];
    expect(puts).toHaveLength(60);
    expect(last - first).toBeGreaterThanOrEqual(1_000);
    expect(last - first).toBeLessThan(1_200);
  });

  it("leaves room for the remaining PUTs while the canary is polled", async () => {
    const connections = ["a", "b"].map((name) => ({ name, secret: "openai" }));
    const world = await startWorld({ connections, confluent: { timeToReadyMs: 2_000 } });
    world.aws.putSecret("openai", "new");
    await world.invoke(SCHEDULE);
    const { requests } = world.confluent;
    const [canaryPut, otherPut] = requests.flatMap(({ method }, at) => (method === "PUT" ? [at] : []));
    const reads = requests.slice((canaryPut ?? 0) + 1, otherPut).map(({ at }) => at);
    const pauses = reads.slice(1).map((at, index) => at - (reads[index] ?? 0));
    expect(reads.length).toBeGreaterThan(5);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(200);
  });
});
