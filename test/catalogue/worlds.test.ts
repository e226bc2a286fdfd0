import { describe, expect, it } from "vitest";
import { BAD_KEY, GOOD_KEY, judge, startVerdicts } from "../support/verdicts.ts";
import { CREDULOUS, SILENT } from "../support/verification-world.ts";

const CONTROLLER = { world: "controller", verdictAfterMs: 2_000 } as const;
const PROMPT = { world: "prompt", timeToReadyMs: 400 } as const;

/** A title, the service's behaviour, the key, the outcomes of three connections, and the maximum cost. */
const TABLE = [
  [
    "silent service applies a good key to all",
    SILENT,
    GOOD_KEY,
    { applied: 3 },
    { holders: 3, reads: 6, seconds: 5, alerts: 0 },
  ],
  [
    "silent service applies a bad key to all",
    SILENT,
    BAD_KEY,
    { applied: 3 },
    { holders: 3, reads: 6, seconds: 5, alerts: 0 },
  ],
  [
    "credulous service shows READY for a good key",
    CREDULOUS,
    GOOD_KEY,
    { ready: 3 },
    { holders: 3, reads: 7, seconds: 11, alerts: 0 },
  ],
  [
    "credulous service shows READY for a bad key",
    CREDULOUS,
    BAD_KEY,
    { ready: 3 },
    { holders: 3, reads: 7, seconds: 11, alerts: 0 },
  ],
  [
    "controller shows READY for a good key",
    CONTROLLER,
    GOOD_KEY,
    { ready: 3 },
    { holders: 3, reads: 7, seconds: 11, alerts: 0 },
  ],
  [
    "controller refuses a bad key in one connection",
    CONTROLLER,
    BAD_KEY,
    { failed: 1, "not-attempted": 2 },
    { holders: 1, reads: 4, seconds: 5, alerts: 1 },
  ],
  [
    "prompt service shows READY for a good key",
    PROMPT,
    GOOD_KEY,
    { ready: 3 },
    { holders: 3, reads: 4, seconds: 2, alerts: 0 },
  ],
  [
    "prompt service refuses a bad key in one connection",
    PROMPT,
    BAD_KEY,
    { failed: 1, "not-attempted": 2 },
    { holders: 1, reads: 2, seconds: 1, alerts: 1 },
  ],
] as const;

describe("the four ways in which the service may report on keys", () => {
  it.each(TABLE)("row 28: a %s", async (_title, settings, key, counts, most) => {
    const world = await startVerdicts({ settings, key });
    const judged = await judge(world, key);
    expect(judged.counts).toMatchObject(counts);
    expect(judged).toMatchObject({ holders: most.holders, alerts: most.alerts });
    expect(judged.reads).toBeLessThanOrEqual(most.reads);
    expect(judged.seconds).toBeLessThan(most.seconds);
  });

  it("row 27: a service without phases is read three times at most, and the connection is applied within five seconds", async () => {
    const world = await startVerdicts({ settings: SILENT, key: GOOD_KEY, count: 1 });
    const { connections, reads, seconds } = await judge(world, GOOD_KEY);
    expect(connections[0]).toMatchObject({ outcome: "applied", evidence: { phase: "silent" } });
    expect(reads).toBeLessThanOrEqual(3);
    expect(seconds).toBeLessThan(5);
  });

  it("row 27: a phase that becomes empty after the PUT is unverified, with an alert", async () => {
    const world = await startVerdicts({ settings: PROMPT, key: GOOD_KEY, count: 1 });
    world.confluent.configure("openai-1", { phases: { ready: "READY", pending: "" }, timeToReadyMs: 1e9 });
    const { connections, alerts } = await judge(world, GOOD_KEY);
    expect(connections[0]).toMatchObject({ outcome: "unverified", evidence: { phase: "silent" } });
    expect(alerts).toBe(1);
  });

  it.each([
    ["ready", "unverified", 1],
    ["applied", "applied", 0],
  ] as const)(
    'row 27: a service without phases with verification.require "%s" is %s',
    async (require, outcome, alerts) => {
      const config = { verification: { require } };
      const world = await startVerdicts({ settings: SILENT, key: GOOD_KEY, count: 1, config });
      const judged = await judge(world, GOOD_KEY);
      expect(judged).toMatchObject({ connections: [{ outcome }], alerts });
    },
  );

  it('row 27: a phase that becomes empty with verification.require "applied" is applied', async () => {
    const config = { verification: { require: "applied" } };
    const world = await startVerdicts({ settings: PROMPT, key: GOOD_KEY, count: 1, config });
    world.confluent.configure("openai-1", { phases: { ready: "READY", pending: "" }, timeToReadyMs: 1e9 });
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { applied: 1 }, alerts: 0 });
  });

  it("row 28: a late verdict on the canary is seen by the last read", async () => {
    const settings = { world: "controller", verdictAfterMs: 15_000 } as const;
    const world = await startVerdicts({ settings, key: BAD_KEY, count: 4 });
    world.confluent.configure("openai-4", { world: "prompt", timeToReadyMs: 20_000, accepts: [BAD_KEY] });
    const { connections, alerts, seconds } = await judge(world, BAD_KEY);
    for (const { outcome, errorClass, evidence } of connections.slice(0, 3)) {
      expect([outcome, errorClass, evidence.phase]).toEqual(["failed", "rejected", "refused"]);
    }
    expect(connections[3]).toMatchObject({ outcome: "ready" });
    expect(alerts).toBe(1);
    expect(seconds).toBeLessThan(40);
  });

  it("row 28: a refusal found by the last read is rolled back, and the propagation label does not move", async () => {
    const world = await startVerdicts({
      settings: { world: "controller", verdictAfterMs: 15_000 },
      key: GOOD_KEY,
      count: 4,
      config: { rollout: { onRejected: "rollback" }, propagationLabel: "IN_USE" },
    });
    world.aws.putSecret("openai", BAD_KEY, { createdAt: world.clock.now() - 3_600_000 });
    world.confluent.configure("openai-4", { world: "prompt", timeToReadyMs: 20_000, accepts: [BAD_KEY] });
    const { counts, holders } = await judge(world, BAD_KEY);
    expect(counts).toMatchObject({ ready: 1, applied: 0 });
    expect(holders).toBe(1);
    expect(world.keysPut("openai-1")).toEqual([BAD_KEY, GOOD_KEY]);
    expect(world.aws.requests.map(({ operation }) => operation)).not.toContain("UpdateSecretVersionStage");
  });
});
