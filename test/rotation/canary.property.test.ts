import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { play } from "../support/generated-world.ts";
import { type ConnectionPlan, calmWorldPlan, WORLDS } from "../support/world-plan.ts";

/** The longest time after which a phase counts, slow answers included. */
const SETTLING_MS = 20_000;

/** Worlds with canaries in which the service always reports a phase. */
const canaryPlan = calmWorldPlan.map((plan) => ({
  ...plan,
  settings: { ...plan.settings, canary: true },
  groups: plan.groups.map(({ versions, connections }) => ({
    versions,
    connections: connections.map((connection): ConnectionPlan => ({ ...connection, world: "prompt" })),
  })),
}));

describe("a canary", () => {
  it("keeps a bad key from all other connections of its secret", async () => {
    const property = fc.asyncProperty(canaryPlan, async (plan) => {
      const { puts } = await play(plan);
      for (const [group, { versions, connections }] of plan.groups.entries()) {
        for (const [version, { validAfterMs }] of versions.entries()) {
          const holders = new Set(
            puts
              .filter((put) => put.secret === `secret${group}` && put.version === version)
              .map(({ name }) => name),
          );
          const ownTroubles = connections.filter(
            ({ unreachable, timeToReadyMs }) =>
              unreachable || timeToReadyMs > plan.settings.readyTimeoutMs - SETTLING_MS,
          );
          if (validAfterMs === null) expect(holders.size).toBeLessThanOrEqual(1 + ownTroubles.length);
        }
      }
    });
    await fc.assert(property, { numRuns: WORLDS });
  });
});
