import { describe, expect, it } from "vitest";
import { startWorld, type World } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const SCHEDULE = { trigger: "schedule" };
const THREE = ["a", "b", "c"].map((name) => ({ name, secret: "openai" }));

async function startThree(options = {}): Promise<World> {
  const world = await startWorld({ connections: THREE, ...options });
  world.aws.putSecret("openai", "new");
  return world;
}

describe("the time limit of a run", () => {
  it("row 16: leaves time for the other connections if one hangs, which is reported", async () => {
    const world = await startThree({
      config: { rollout: { canary: false } },
      confluent: { timeToReadyMs: 500 },
    });
    world.confluent.configure("b", { hang: true });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 3 failed (timeout)");
    expect([world.held("a")["API_KEY"], world.held("c")["API_KEY"]]).toEqual(["new", "new"]);
    expect(world.confluent.connection("c").readyAt).toBeLessThan(world.clock.now() - 10_000);
    expect(world.aws.published()).toHaveLength(1);
    expect(world.alertedAfterMs()).toBeLessThan(60_000);
  });

  it("row 16: leaves time for another canary if the first one hangs", async () => {
    const world = await startThree();
    world.confluent.configure("a", { hang: true });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 3 failed (timeout)");
    expect([world.held("b")["API_KEY"], world.held("c")["API_KEY"]]).toEqual(["new", "new"]);
  });

  it("row 17: leaves time for the alert if 30 s remain and a connection never becomes READY", async () => {
    const world = await startThree({ config: { rollout: { canary: false } } });
    world.confluent.configure("b", { timeToReadyMs: HOUR_MS });
    await expect(world.invoke(SCHEDULE, 30_000)).rejects.toThrow("1 of 3 failed (timeout)");
    expect(world.alertedAfterMs()).toBeLessThanOrEqual(21_000);
    const [alert] = world.aws.published();
    expect(alert?.attributes).toMatchObject({ errorClass: { value: "timeout" } });
    expect(alert?.message).toContain("its last phase was PENDING");
    expect(world.aws.published()).toHaveLength(1);
  });

  it("row 17: makes connections that were not reached keep their keys, and the alert names them", async () => {
    const world = await startThree({ confluent: { timeToReadyMs: 15_000 } });
    await expect(world.invoke(SCHEDULE, 30_000)).rejects.toThrow("(timeout)");
    expect(world.alertedAfterMs()).toBeLessThanOrEqual(21_000);
    const report = JSON.parse(JSON.parse(world.aws.published()[0]?.message ?? "{}").https);
    expect(report.connections.map(({ name }: { name: string }) => name)).toEqual(["a", "b", "c"]);
    expect(report.counts).toMatchObject({ ready: 1 });
  });

  it.each([
    ["LIST", "3 of 3 failed (timeout)"],
    ["PUT", "1 of 3 failed, 2 not attempted (timeout)"],
  ] as const)("row 17: leaves time for the alert if every %s hangs", async (method, text) => {
    const world = await startThree();
    world.confluent.fail({ method, times: 1_000, fault: { kind: "hang" } });
    await expect(world.invoke(SCHEDULE, 20_000)).rejects.toThrow(text);
    expect(world.alertedAfterMs()).toBeLessThanOrEqual(11_000);
  });

  it("row 17: leaves time for the alert if Secrets Manager never responds", async () => {
    const world = await startThree();
    world.aws.fail({ operation: "GetSecretValue", connection: "silence" });
    await expect(world.invoke(SCHEDULE, 30_000)).rejects.toThrow("3 of 3");
    expect(world.alertedAfterMs()).toBeLessThanOrEqual(21_000);
  });

  it("row 17: allows no PUT if less time remains than the alert needs", async () => {
    const world = await startThree();
    await expect(world.invoke(SCHEDULE, 5_000)).rejects.toThrow("3 of 3 not attempted (timeout)");
    expect(world.confluent.requests).toEqual([]);
    expect(world.aws.published()).toHaveLength(1);
  });

  it("row 24: leaves time for the grace period of a version with a creation date in the future", async () => {
    const world = await startThree({ confluent: { accepts: ["good"] } });
    world.aws.putSecret("openai", "from the future", { createdAt: world.clock.now() + 24 * HOUR_MS });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(rejected)");
    expect(world.alertedAfterMs()).toBeGreaterThan(100_000);
    expect(world.alertedAfterMs()).toBeLessThan(200_000);
  });

  it.each([-HOUR_MS, HOUR_MS])(
    "row 24: is not affected if Confluent's clock is %i ms ahead",
    async (confluentAheadMs) => {
      const world = await startThree({
        confluentAheadMs,
        confluent: { resourceVersion: "absent", staleMs: 3_000 },
      });
      const report = await world.invoke(SCHEDULE);
      expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 3 } });
      expect(report.durationMs).toBeLessThan(60_000);
      expect(Math.min(...report.connections.map(({ durationMs }) => durationMs))).toBeGreaterThanOrEqual(
        3_000,
      );
    },
  );
});
