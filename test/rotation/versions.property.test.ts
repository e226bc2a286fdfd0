import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calmWorldPlan, numberOf, play, runPlan, WORLDS } from "../support/generated-world.ts";

const MAX_SUPERSESSIONS = 3;

describe("the newest version", () => {
  it("is the version of a ready connection, at the time of its last PUT", async () => {
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

  it("is the version that a connection ends with after any number of runs", async () => {
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
});
