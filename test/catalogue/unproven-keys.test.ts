import { describe, expect, it } from "vitest";
import type { FaultRule } from "../../src/sandbox/confluent/faults.ts";
import type { Settings } from "../../src/sandbox/confluent/settings.ts";
import { BAD_KEY, GOOD_KEY, judge, putByAnotherClient, startVerdicts } from "../support/verdicts.ts";
import { startWorld } from "../support/world.ts";

const HOUR_MS = 3_600_000;

interface Trouble {
  readonly settings: Partial<Settings>;
  readonly fault?: FaultRule;
}

const APPLIED_504: FaultRule = {
  method: "PUT",
  times: 1e6,
  fault: { kind: "status", status: 504, applied: true },
};
const UNREADABLE: FaultRule = {
  method: "GET",
  afterTimes: 1,
  times: 1e6,
  fault: { kind: "status", status: 503 },
};
const NO_ANSWER: FaultRule = { method: "PUT", times: 1e6, fault: { kind: "reset", applied: true } };

/** Situations in which the service does not report a bad key as refused. */
const TROUBLES: readonly (readonly [string, Trouble])[] = [
  ["is reported as UNREACHABLE", { settings: { timeToReadyMs: 500, rejectedPhase: "UNREACHABLE" } }],
  [
    "is reported as UNREACHABLE after a stale READY",
    { settings: { world: "controller", verdictAfterMs: 2_000, rejectedPhase: "UNREACHABLE" } },
  ],
  ["is reported as an unknown phase", { settings: { timeToReadyMs: 500, rejectedPhase: "DEGRADED" } }],
  [
    "is applied although its PUT is answered with 504",
    { settings: { timeToReadyMs: 500 }, fault: APPLIED_504 },
  ],
  [
    "is applied although its first PUT is answered with 504, and has no phase while it is tried",
    {
      settings: { timeToReadyMs: 1e9, phases: { pending: "" } },
      fault: { ...APPLIED_504, times: 1 },
    },
  ],
  ["is applied although its PUT gets no response", { settings: { timeToReadyMs: 500 }, fault: NO_ANSWER }],
  ["is sent before all reads fail", { settings: { timeToReadyMs: 500 }, fault: UNREADABLE }],
];

describe("a bad key that the service does not report as refused", () => {
  describe.each(TROUBLES)("row 30: %s", (_, { settings, fault }) => {
    it.each([890, 120, 30])(
      "reaches at most two of fifty connections, with %d s for the run",
      async (seconds) => {
        const world = await startVerdicts({ settings, key: BAD_KEY, count: 50 });
        if (fault !== undefined) world.confluent.fail(fault);
        const judged = await judge(world, BAD_KEY, seconds * 1_000);
        const puts = world.confluent.requests.filter(({ method }) => method === "PUT");
        expect(new Set(puts.map(({ connection }) => connection)).size).toBeLessThanOrEqual(2);
        expect(judged.holders).toBeLessThanOrEqual(2);
        expect(judged.counts.ready + judged.counts.applied).toBe(0);
        expect(judged.counts["not-attempted"]).toBeGreaterThanOrEqual(48);
        expect(judged.alerts).toBe(1);
      },
    );
  });

  it("row 30: does not reach a canary that cannot be updated, so that others become canaries", async () => {
    const world = await startVerdicts({
      settings: { timeToReadyMs: 500 },
      key: GOOD_KEY,
      count: 6,
      missing: ["openai-1", "openai-2", "openai-3"],
    });
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { failed: 3, ready: 3 }, holders: 3 });
  });

  it("row 30: is not spread from an environment without phases to one that reports them", async () => {
    const connections = Array.from({ length: 20 }, (_, index) => ({
      name: `c${index}`,
      secret: "openai",
      environment: index < 2 ? "prod" : "test",
    }));
    const world = await startWorld({
      connections,
      environments: ["prod", "test"],
      confluent: { accepts: [GOOD_KEY] },
    });
    world.confluent.configureEnvironment("env-1", { world: "silent" });
    world.aws.putSecret("openai", BAD_KEY, { createdAt: world.clock.now() - HOUR_MS });
    await expect(world.invoke({ trigger: "schedule" })).rejects.toThrow("(rejected)");
    const puts = world.confluent.requests.filter(({ method }) => method === "PUT");
    expect(puts.map(({ connection }) => connection)).toEqual(["c0", "c2"]);
  });

  it("row 30: reaches one connection if the time runs out before READY is confirmed", async () => {
    const world = await startVerdicts({ settings: { world: "credulous" }, key: BAD_KEY, count: 50 });
    const { connections, counts, holders, alerts } = await judge(world, BAD_KEY, 15_000);
    expect(connections[0]).toMatchObject({ outcome: "unverified", evidence: { phase: "unsettled" } });
    expect(counts).toMatchObject({ unverified: 1, "not-attempted": 49 });
    expect([holders, alerts]).toEqual([1, 1]);
  });
});

describe("a fresh key that is refused", () => {
  it("row 7: is replaced at once by a good one that is stored during its grace period", async () => {
    const world = await startVerdicts({
      settings: { timeToReadyMs: 500 },
      key: BAD_KEY,
      count: 20,
      keyAgeMs: 0,
    });
    const run = judge(world, GOOD_KEY);
    await world.clock.sleep(20_000);
    world.aws.putSecret("openai", GOOD_KEY);
    const { counts, holders, alerts, seconds } = await run;
    expect({ counts, holders, alerts }).toMatchObject({ counts: { ready: 20 }, holders: 20, alerts: 0 });
    expect(seconds).toBeLessThan(30);
  });

  it("row 38: is not sent again halfway after a newer run has sent a newer one", async () => {
    const world = await startVerdicts({
      settings: { timeToReadyMs: 500 },
      key: BAD_KEY,
      count: 5,
      keyAgeMs: 0,
    });
    const first = world.invoke({ trigger: "schedule" });
    await world.clock.sleep(59_000);
    world.aws.putSecret("openai", GOOD_KEY);
    await Promise.all([first, world.invoke({ trigger: "schedule" })]);
    for (const name of ["openai-1", "openai-2", "openai-5"]) {
      expect(world.held(name)["API_KEY"]).toBe(GOOD_KEY);
      expect(world.keysPut(name).lastIndexOf(BAD_KEY)).toBeLessThanOrEqual(0);
    }
  });
});

describe("an old key that comes back", () => {
  it.each(["silent", "credulous", "controller", "prompt"] as const)(
    "row 42: is replaced by the next scheduled run, with a service that is %s",
    async (kind) => {
      const world = await startVerdicts({ settings: { world: kind, accepts: () => true }, key: GOOD_KEY });
      await judge(world, GOOD_KEY);
      expect(world.held("openai-2")["API_KEY"]).toBe(GOOD_KEY);
      await putByAnotherClient(world, "openai-2", "old-key");
      expect(world.held("openai-2")["API_KEY"]).toBe("old-key");
      await world.clock.sleep(HOUR_MS);
      expect(await judge(world, GOOD_KEY)).toMatchObject({ holders: 3, alerts: 0 });
    },
  );
});
