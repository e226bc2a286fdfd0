import { describe, expect, it } from "vitest";
import { startWorld, type World } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const BODIES = ["empty", "html", "truncated", "array", "null"] as const;

async function startOne(confluent = {}): Promise<World> {
  const world = await startWorld({ connections: [{ name: "a", secret: "openai" }], confluent });
  world.aws.putSecret("openai", "new");
  return world;
}

describe("response bodies and phases", () => {
  it.each(BODIES)("row 12: a 200 whose body is %s does not count as READY and is retried", async (body) => {
    const world = await startOne({ timeToReadyMs: 500 });
    world.confluent.fail({ method: "PUT", fault: { kind: "body", body } });
    for (const afterTimes of [0, 2, 3, 4])
      world.confluent.fail({ method: "GET", afterTimes, fault: { kind: "body", body } });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
    expect(world.keysPut("a")).toEqual(["new"]);
  });

  it.each(BODIES)("row 12: a body that stays %s causes an alert at the timeout", async (body) => {
    const world = await startOne();
    world.confluent.fail({ method: "GET", afterTimes: 1, times: 1_000, fault: { kind: "body", body } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow(
      "[UNVERIFIED] Flink connections prod: 1 of 1 unverified",
    );
    expect(world.alertedAfterMs()).toBeGreaterThanOrEqual(300_000);
    expect(world.alertedAfterMs()).toBeLessThan(320_000);
  });

  it.each(BODIES)("row 12: no key is sent if the body of the first read is %s", async (body) => {
    const world = await startOne();
    world.confluent.fail({ method: "GET", times: 1_000, fault: { kind: "body", body } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 1 failed (service)");
    expect(world.keysPut("a")).toEqual([]);
  });

  it.each(["ACTIVE", "ready", "Active", " READY "])("row 12: the phase %j counts as READY", async (word) => {
    const world = await startOne({ phases: { ready: word } });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
    expect(world.aws.published()).toEqual([]);
  });

  it("row 12: invalid_auth in lower case counts as refused", async () => {
    const world = await startOne({ accepts: ["good"], phases: { invalidAuth: "invalid_auth" } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(rejected)");
  });

  it.each([
    ["empty", ""],
    ["absent", null],
  ])(
    "row 27: a phase that is %s before and after the PUT ends soon as applied, without an alert",
    async (_, word) => {
      const world = await startOne({ phases: { ready: word, pending: word } });
      const report = await world.invoke(SCHEDULE);
      expect(report).toMatchObject({
        outcome: "succeeded",
        counts: { applied: 1 },
        connections: [{ outcome: "applied", evidence: { phase: "silent" } }],
      });
      expect(report.durationMs).toBeLessThan(5_000);
      expect(world.held("a")["API_KEY"]).toBe("new");
      expect(world.aws.published()).toEqual([]);
    },
  );

  it("row 12: an unknown phase is polled until the timeout and then reported", async () => {
    const world = await startOne({ phases: { ready: "Degraded" } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 1 failed (timeout)");
    expect(world.aws.published()[0]?.message).toContain("DEGRADED");
    expect(world.alertedAfterMs()).toBeGreaterThanOrEqual(300_000);
  });

  it("an UNREACHABLE endpoint is reported as unreachable, without a rollback of the key", async () => {
    const world = await startWorld({
      connections: [{ name: "a", secret: "openai" }],
      confluent: { unreachable: true, detail: "Lookup failed: api.example.com" },
      config: { rollout: { onRejected: "rollback" } },
    });
    world.aws.putSecret("openai", "previous");
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(unreachable)");
    expect(world.aws.published()[0]?.message).toContain("Lookup failed: api.example.com");
    expect(world.keysPut("a")).toEqual(["new"]);
  });

  it("a READY with a detail causes an alert, but the run succeeds", async () => {
    const world = await startOne({ detail: "Lookup failed: api.example.com" });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
    expect(world.aws.published()[0]?.subject).toBe("[NOTICE 1] openai: new key in use, with a remark");
  });
});
