import { describe, expect, it } from "vitest";
import type { AuthData } from "../../src/sandbox/confluent/settings.ts";
import { BAD_KEY, GOOD_KEY, judge, startVerdicts } from "../support/verdicts.ts";

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
