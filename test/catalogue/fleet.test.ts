import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { startWorld, type World } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };

/** The maximum number of requests in any window of that length. */
function most({ confluent }: World, windowMs: number): number {
  const times = confluent.requests.map(({ at }) => at);
  let start = 0;
  return times.reduce((max, at, index) => {
    while ((times[start] ?? at) <= at - windowMs) start += 1;
    return Math.max(max, index - start + 1);
  }, 0);
}

function socketsOfServers(): Socket[] {
  const sockets: Socket[] = [];
  const listen = (message: unknown) => sockets.push((message as { socket: Socket }).socket);
  subscribe("net.server.socket", listen);
  onTestFinished(() => {
    unsubscribe("net.server.socket", listen);
  });
  return sockets;
}

describe("large and successive runs", () => {
  it("row 25: a thousand connections are rotated in one run within the limits", async () => {
    const connections = Array.from({ length: 1_000 }, (_, index) => ({
      name: `c${index}`,
      secret: `secret-${index % 20}`,
    }));
    const world = await startWorld({
      connections,
      confluent: {
        latencyMs: 50,
        limits: { perSecond: 50, perMinute: 1_000, concurrent: 100, rateLimitHeaders: false },
      },
    });
    for (let index = 0; index < 20; index += 1) world.aws.putSecret(`secret-${index}`, `new-${index}`);
    const report = await world.invoke(SCHEDULE);
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 1_000 } });
    expect(connections.every(({ name }, index) => world.held(name)["API_KEY"] === `new-${index % 20}`)).toBe(
      true,
    );
    expect(world.confluent.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(most(world, 1_000)).toBeLessThanOrEqual(50);
    expect(most(world, 60_000)).toBeLessThanOrEqual(1_000);
    expect(world.confluent.requests.filter(({ method }) => method === "PUT")).toHaveLength(1_000);
    expect(report.durationMs).toBeLessThan(300_000);
  });

  it("row 25: an alert about a thousand connections fits SNS's limit and keeps its counts", async () => {
    const connections = Array.from({ length: 1_000 }, (_, index) => ({
      name: `c${index}`,
      secret: "openai",
    }));
    const world = await startWorld({ connections, missing: connections.map(({ name }) => name) });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1000 of 1000 failed (not-found)");
    const [alert] = world.aws.published();
    expect(Buffer.byteLength(alert?.message ?? "")).toBeLessThan(262_144);
    expect(JSON.parse(JSON.parse(alert?.message ?? "{}").sqs).counts).toMatchObject({ failed: 1_000 });
  });

  it("row 26: no socket stays open after a run, even a failed one", async () => {
    const sockets = socketsOfServers();
    const world = await startWorld({
      connections: [{ name: "a", secret: "openai" }],
      confluent: { accepts: ["good"] },
    });
    world.aws.putSecret("openai", "bad", { createdAt: 0 });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(rejected)");
    for (let turn = 0; turn < 20; turn += 1) await nextTurn();
    expect(sockets.length).toBeGreaterThanOrEqual(3);
    expect(sockets.filter(({ destroyed }) => !destroyed)).toEqual([]);
  });
});
