import { describe, expect, it } from "vitest";
import type { AuthData } from "../../src/sandbox/confluent/settings.ts";
import { BAD_KEY, GOOD_KEY, judge, startVerdicts } from "../support/verdicts.ts";

const SILENT = { world: "silent" } as const;
const CREDULOUS = { world: "credulous" } as const;
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

describe("with fifty connections and a stale phase,", () => {
  const DELAYS = [0.1, 0.25, 0.4, 1, 2, 4, 9];
  const ONE_OF_FIFTY = { counts: { failed: 1, "not-attempted": 49 }, holders: 1, alerts: 1 };

  describe.each([
    ["an old key", 3_600_000],
    ["a fresh key", 0],
  ])("%s that is refused", (_, keyAgeMs) => {
    it.each(DELAYS)("row 28: reaches one connection if the verdict takes %d s", async (delay) => {
      const settings = { world: "controller", verdictAfterMs: delay * 1_000 } as const;
      const world = await startVerdicts({ settings, key: BAD_KEY, count: 50, keyAgeMs });
      expect(await judge(world, BAD_KEY)).toMatchObject(ONE_OF_FIFTY);
    });

    it.each(DELAYS)(
      "row 29: reaches one connection if the verdict takes %d s and replicas lag, too",
      async (delay) => {
        const settings = { world: "controller", verdictAfterMs: delay * 1_000, replicaLagMs: 1_000 } as const;
        const world = await startVerdicts({ settings, key: BAD_KEY, count: 50, keyAgeMs });
        expect(await judge(world, BAD_KEY)).toMatchObject(ONE_OF_FIFTY);
      },
    );
  });

  it.each([
    ["keep", 0],
    ["rollback", 0],
    ["rollback", 1_000],
  ] as const)(
    "row 28: a good key makes connections at INVALID_AUTH ready, with %s and replicas %d ms behind",
    async (onRejected, replicaLagMs) => {
      const world = await startVerdicts({
        settings: { world: "controller", verdictAfterMs: 1_000, replicaLagMs },
        key: "revoked-key",
        count: 50,
        live: { initially: "invalidAuth" },
        config: { rollout: { onRejected } },
      });
      world.aws.putSecret("openai", GOOD_KEY, { createdAt: world.clock.now() - 3_600_000 });
      const { counts, holders, alerts, seconds } = await judge(world, GOOD_KEY);
      expect({ counts, holders, alerts }).toMatchObject({ counts: { ready: 50 }, holders: 50, alerts: 0 });
      expect(world.confluent.requests.filter(({ method }) => method === "PUT")).toHaveLength(50);
      expect(seconds).toBeLessThan(15);
    },
  );

  it.each([
    [3_700, 3_000],
    [700, 1_000],
    [9_700, 3_000],
  ])(
    "row 29: a replica's READY after INVALID_AUTH is ignored, with a verdict after %d ms and replicas %d ms behind",
    async (verdictAfterMs, replicaLagMs) => {
      const settings = { world: "controller", verdictAfterMs, replicaLagMs } as const;
      const world = await startVerdicts({ settings, key: BAD_KEY, count: 50, keyAgeMs: 0 });
      expect(await judge(world, BAD_KEY)).toMatchObject(ONE_OF_FIFTY);
    },
  );

  it("row 7: a fresh key gets a grace period of two minutes with few requests", async () => {
    const world = await startVerdicts({ settings: {}, key: BAD_KEY, count: 50, keyAgeMs: 0 });
    const { counts, reads, seconds } = await judge(world, BAD_KEY);
    expect(counts).toMatchObject({ failed: 1, "not-attempted": 49 });
    expect(seconds).toBeGreaterThan(120);
    expect(reads).toBeLessThan(250);
  });

  it("row 28: a good key is not refused because the old one was revoked during the run", async () => {
    const world = await startVerdicts({
      settings: { world: "controller", verdictAfterMs: 1_000 },
      key: "old-key",
      count: 20,
      config: { rollout: { onRejected: "rollback" } },
    });
    await judge(world, "old-key");
    const revokedAt = world.clock.now() + 5_000;
    for (let index = 1; index <= 20; index += 1) {
      const accepts = (data: AuthData, at: number) => data["API_KEY"] === GOOD_KEY || at < revokedAt;
      world.confluent.configure(`openai-${index}`, { accepts });
    }
    world.aws.putSecret("openai", GOOD_KEY, { createdAt: world.clock.now() - 3_600_000 });
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { ready: 20 }, holders: 20, alerts: 0 });
  });

  it("row 29: a replica that returns the state before the PUT is read again", async () => {
    const settings = { world: "prompt", timeToReadyMs: 400, replicaLagMs: 5_000 } as const;
    const world = await startVerdicts({ settings, key: GOOD_KEY });
    const { counts, seconds } = await judge(world, GOOD_KEY);
    expect(counts).toMatchObject({ ready: 3 });
    expect(seconds).toBeLessThan(20);
  });
});
