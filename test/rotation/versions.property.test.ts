import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numberOf, play } from "../support/generated-world.ts";
import { calmWorldPlan, runPlan, WORLDS, type WorldPlan } from "../support/world-plan.ts";

const MAX_SUPERSESSIONS = 3;

describe("the newest version", () => {
  it("is the one that a ready connection got in its last PUT", async () => {
    const property = fc.asyncProperty(calmWorldPlan, async (plan) => {
      const { world, puts, runs } = await play(plan);
      const ready = runs[0].outcomes.filter(({ outcome }) => outcome === "ready");
      for (const { name, secret, secretVersionId } of ready) {
        const lastPutAt = puts.findLast((put) => put.name === name)?.sentAt ?? 0;
        const current = numberOf(world.secrets.currentAt(secret, lastPutAt));
        expect(numberOf(secretVersionId)).toBeGreaterThanOrEqual(current);
      }
    });
    await fc.assert(property, { numRuns: WORLDS });
  });

  it("is the one that a connection ends with after any number of runs", async () => {
    const laterRun = fc.record({
      afterMs: fc.constantFrom(0, 10, 400, 3_000, 30_000),
      announced: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
    });
    const overlapping = fc
      .record({
        plan: calmWorldPlan,
        first: runPlan,
        later: fc.array(laterRun, { minLength: 1, maxLength: 2 }),
      })
      .map(({ plan, first, later }) => ({
        ...plan,
        runs: [first, ...later] as const,
        groups: plan.groups.map((group) => ({
          connections: group.connections,
          versions: group.versions
            .slice(0, MAX_SUPERSESSIONS)
            .map((version) => ({ ...version, validAfterMs: 0 })),
        })),
      }));
    const property = fc.asyncProperty(overlapping, async (plan) => {
      const { world, puts, runs } = await play(plan);
      const ready = runs.flatMap(({ outcomes }) => outcomes.filter(({ outcome }) => outcome === "ready"));
      for (const { name, secret } of ready) {
        const lastPutAt = puts.findLast((put) => put.name === name)?.sentAt ?? 0;
        const current = numberOf(world.secrets.currentAt(secret, lastPutAt));
        expect(numberOf(world.confluent.connection(name).data["API_KEY"])).toBeGreaterThanOrEqual(current);
      }
    });
    await fc.assert(property, { numRuns: WORLDS });
  });

  it("is never replaced by an older one, even if concurrent runs collide or are killed", async () => {
    const property = fc.asyncProperty(collidingPlan, async (plan) => {
      const { world, connections } = await play(plan);
      for (const { name } of connections.filter(({ type }) => type === "OPENAI")) {
        const applied = world.confluent.connection(name).puts.map(({ data }) => numberOf(data["API_KEY"]));
        expect([name, applied]).toEqual([name, applied.toSorted((a, b) => a - b)]);
      }
    });
    await fc.assert(property, { numRuns: WORLDS });
  });
});

/** Two or three concurrent runs, around the time at which newer versions appear. */
const collidingPlan: fc.Arbitrary<WorldPlan> = fc
  .record({
    plan: calmWorldPlan,
    delays: fc.array(fc.constantFrom(0, 5, 20, 80, 300, 1_000, 3_000), { minLength: 2, maxLength: 3 }),
    kills: fc.array(fc.option(fc.constantFrom(0, 30, 100, 400, 1_200, 5_000, 15_000), { nil: Infinity }), {
      minLength: 3,
      maxLength: 3,
    }),
    gaps: fc.array(fc.constantFrom(10, 100, 500, 2_000), { minLength: 2, maxLength: 2 }),
    latencyMs: fc.constantFrom(5, 50, 300, 1_000),
    faultRate: fc.constantFrom(0, 0.1),
  })
  .map(({ plan, delays, kills, gaps, latencyMs, faultRate }) => {
    const [first = 0, ...later] = delays;
    const runs = [first, ...later].map((afterMs, index) => ({
      afterMs,
      announced: undefined,
      killedAfterMs: kills[index] ?? Infinity,
    }));
    const [firstRun = { afterMs: 0, announced: undefined }, ...others] = runs;
    return {
      ...plan,
      latencyMs,
      faultRate,
      faults: ["service", "lost", "dropped"] as const,
      runs: [firstRun, ...others] as const,
      settings: { ...plan.settings, onRejected: "keep" as const },
      groups: plan.groups.map(({ versions: [oldest, ...newer], connections }) => ({
        versions: [oldest, ...newer.slice(0, 2)].flatMap((version, index) =>
          version
            ? [
                {
                  ...version,
                  validAfterMs: 0,
                  lagMs: 0,
                  afterMs: index === 0 ? 3_600_000 : (gaps[index - 1] ?? 0),
                },
              ]
            : [],
        ),
        connections: connections.map((each) => ({
          ...each,
          staleMs: 0,
          isMissing: false,
          versionFields: { resourceVersion: "moves", updatedAt: "moves" } as const,
        })),
      })),
    };
  });
