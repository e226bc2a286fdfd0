import { describe, expect, it } from "vitest";
import { startWorld, type World } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const SCHEDULE = { trigger: "schedule" };
const ONE = [{ name: "a", secret: "openai" }];
const FIFTY = Array.from({ length: 50 }, (_, index) => ({ name: `c${index + 1}`, secret: "openai" }));

function putHourOld(world: World, value: string): void {
  world.aws.putSecret("openai", value, { createdAt: world.clock.now() - HOUR_MS });
}

describe("the verdict on a key", () => {
  it.each([
    ["version and time change late", { staleMs: 5_000 }],
    ["version and time do not change", { staleMs: 5_000, resourceVersion: "still", updatedAt: "still" }],
    [
      "the service shows neither version nor time",
      { staleMs: 5_000, resourceVersion: "absent", updatedAt: "absent" },
    ],
  ] as const)("row 6: is not the READY of the old key if %s", async (_, settings) => {
    const world = await startWorld({ connections: ONE, confluent: { ...settings, accepts: ["good"] } });
    putHourOld(world, "bad");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 1 failed (rejected)");
    expect(world.aws.published()[0]?.message).toContain("INVALID_AUTH");
  });

  it("row 6: is READY only after version or time have changed", async () => {
    const world = await startWorld({ connections: ONE, confluent: { staleMs: 5_000 } });
    putHourOld(world, "good");
    const report = await world.invoke(SCHEDULE);
    expect(report.connections[0]).toMatchObject({ outcome: "ready", phase: "READY" });
    expect(report.connections[0]?.durationMs).toBeGreaterThanOrEqual(5_000);
  });

  it.each([
    ["always", 1],
    ["on-put", 2],
  ] as const)(
    "row 7: is awaited for a fresh key until it is accepted, judged %s",
    async (judged, leastPuts) => {
      const validAfterMs = judged === "on-put" ? 50_000 : 90_000;
      const world = await startWorld({ connections: ONE, confluent: { judged } });
      world.confluent.configure("a", {
        accepts: [{ value: "fresh", validFrom: world.clock.now() + validAfterMs }],
      });
      world.aws.putSecret("openai", "fresh");
      const report = await world.invoke(SCHEDULE);
      expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
      expect(report.durationMs).toBeGreaterThanOrEqual(validAfterMs);
      expect(world.keysPut("a").length).toBeGreaterThanOrEqual(leastPuts);
      expect(world.aws.published()).toEqual([]);
    },
  );

  it("row 7: is alerted for a fresh key that stays refused, after it was sent once more halfway", async () => {
    const world = await startWorld({ connections: ONE, confluent: { accepts: ["good"] } });
    world.aws.putSecret("openai", "bad");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(rejected)");
    const [first, second, ...more] = world.confluent.connection("a").puts.map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(more).toEqual([]);
    expect(world.alertedAfterMs()).toBeGreaterThanOrEqual(120_000);
    expect(world.alertedAfterMs()).toBeLessThan(140_000);
  });

  it("row 7: is final at once for an old key", async () => {
    const world = await startWorld({ connections: ONE, confluent: { accepts: ["good"] } });
    putHourOld(world, "bad");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(rejected)");
    expect(world.keysPut("a")).toEqual(["bad"]);
    expect(world.alertedAfterMs()).toBeLessThan(1_000);
  });

  it.each([
    ["INVALID_AUTH", { accepts: ["good"] }],
    ["a PUT rejected with 400", {}],
  ] as const)(
    "row 19: keeps a bad key from all but one of fifty connections: %s",
    async (kind, confluent) => {
      const world = await startWorld({ connections: FIFTY, confluent });
      if (kind !== "INVALID_AUTH") {
        world.confluent.fail({ method: "PUT", times: 50, fault: { kind: "status", status: 400 } });
      }
      putHourOld(world, "bad");
      await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 50 failed, 49 not attempted (rejected)");
      // Refused data is sent once more without metadata.
      const puts = world.confluent.requests.filter(({ method }) => method === "PUT");
      expect(new Set(puts.map(({ connection }) => connection))).toEqual(new Set(["c1"]));
      expect(puts).toHaveLength(kind === "INVALID_AUTH" ? 1 : 2);
      for (const { name } of FIFTY.slice(1)) expect(world.held(name)).toEqual({ API_KEY: "old-key" });
      expect(world.aws.published()).toHaveLength(1);
    },
  );

  it("row 19: leads to READY with the previous key again if rollback is configured", async () => {
    const world = await startWorld({
      connections: FIFTY,
      confluent: { accepts: ["previous"] },
      config: { rollout: { onRejected: "rollback" } },
    });
    putHourOld(world, "previous");
    putHourOld(world, "bad");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 50 rolled back, 49 not attempted (rejected)");
    expect(world.keysPut("c1")).toEqual(["bad", "previous"]);
    expect(world.confluent.connection("c1").phase).toBe("READY");
    expect(world.confluent.requests.filter(({ method }) => method === "PUT")).toHaveLength(2);
    expect(world.aws.published()).toHaveLength(1);
  });

  it("row 19: does not stop the connections of another secret if it is a refusal", async () => {
    const world = await startWorld({
      connections: [...ONE, { name: "b", secret: "other" }],
      confluent: { accepts: ["good"] },
    });
    putHourOld(world, "bad");
    world.aws.putSecret("other", "good");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 2 failed (rejected)");
    expect(world.held("b")["API_KEY"]).toBe("good");
  });
});
