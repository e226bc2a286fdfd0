import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { qualifiedName } from "../../src/rotation/connection.ts";
import { numberOf, type Played, play } from "../support/generated-world.ts";
import {
  type ConnectionPlan,
  connectionPlan,
  WORLDS,
  type WorldPlan,
  worldPlan,
} from "../support/world-plan.ts";

/** How long a phase of an unchanged connection must last at most. */
const SETTLE_MS = 10_000;
/** The time that queues, latency and retries add to a read. */
const SLACK_MS = 3_000;

const reporting = fc.record({
  world: fc.constantFrom("silent", "credulous", "controller", "controller", "prompt"),
  verdictAfterMs: fc.constantFrom(0, 100, 250, 400, 1_000, 2_000, 3_700, 4_000, 9_000, 15_000, 40_000),
  replicaLagMs: fc.constantFrom(0, 0, 500, 1_000, 3_000),
  rejectedPhase: fc.constantFrom("INVALID_AUTH", "INVALID_AUTH", "INVALID_AUTH", "UNREACHABLE", "DEGRADED"),
  initially: fc.constantFrom("ready", "ready", "invalidAuth"),
} as const);

const connectionInAnyWorld: fc.Arbitrary<ConnectionPlan> = fc
  .tuple(connectionPlan, reporting)
  .map(([plan, more]) => ({ ...plan, ...more, phases: {} }));

/** Worlds of all four kinds, with lagging replicas and faults. */
const anyWorldPlan: fc.Arbitrary<WorldPlan> = fc
  .tuple(
    worldPlan,
    fc.array(fc.array(connectionInAnyWorld, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 2 }),
    fc.boolean(),
  )
  .map(([plan, connections, isCalm]) => ({
    ...plan,
    groups: plan.groups.map((group, index) => ({ ...group, connections: connections[index] ?? [] })),
    ...(isCalm && { faultRate: 0, remainingMs: 890_000, secrets: { staleMs: 0, faultRate: 0 } }),
  }));

describe("a run with any of the four ways in which the service may report on keys", () => {
  it("sends a bad key to two connections of its secret at most, unless its READY lasts or the service is silent", async () => {
    await inAnyWorld(({ puts }, plan) => {
      if (!plan.settings.canary) return;
      for (const [group, { versions, connections }] of plan.groups.entries()) {
        if (connections.some((connection) => isBelieved(connection, plan))) continue;
        for (const [version, { validAfterMs }] of versions.entries()) {
          const sent = puts.filter((put) => put.secret === `secret${group}` && put.version === version);
          const holders = new Set(sent.map(({ name }) => name));
          if (validAfterMs === null) expect(holders.size).toBeLessThanOrEqual(2);
        }
      }
    });
  });

  it("reports no good key as refused, unless the phase from before the PUT outlasts the confirmation", async () => {
    await inAnyWorld(({ runs: [{ outcomes }] }, plan) => {
      const { groups, settings, faultRate, faults } = plan;
      if (settings.onRejected === "rollback" || (faultRate > 0 && faults.includes("refused"))) return;
      for (const { name, secret, outcome, errorClass, secretVersionId } of outcomes) {
        const group = groups[Number(secret.slice("secret".length))];
        const connection = group?.connections[Number(name.slice(name.indexOf("connection") + 10))];
        const isGood = group?.versions[numberOf(secretVersionId)]?.validAfterMs === 0;
        if (!isGood || connection === undefined || outlasts(connection, plan)) continue;
        expect([name, outcome, errorClass]).not.toEqual([name, "failed", "rejected"]);
      }
    });
  });

  it("does not move the propagation label to a version that a connection's last read showed as refused", async () => {
    await inAnyWorld(({ world, runs: [{ outcomes }] }) => {
      for (const { secretId, to } of world.secrets.moves) {
        const ofSecret = outcomes.filter(({ secret }) => secret === secretId);
        expect(ofSecret.map(({ secretVersionId }) => secretVersionId)).toEqual(ofSecret.map(() => to));
        for (const { name } of ofSecret)
          expect([name, lastSeen(world, name)]).not.toEqual([name, "INVALID_AUTH"]);
      }
    });
  });

  it("has exactly one outcome for each connection, and no bug", async () => {
    await inAnyWorld(({ runs: [run], world }) => {
      expect(run.outcomes.map(qualifiedName)).toEqual(run.connections.map(qualifiedName));
      expect(world.bugs).toEqual([]);
    });
  });

  it("reports as ready only connections that hold the version it names", async () => {
    await inAnyWorld(({ world, runs: [{ outcomes }] }) => {
      const ready = outcomes.filter(({ outcome }) => outcome === "ready");
      const held = ready.map(({ name }) => world.confluent.connection(name).data["API_KEY"]);
      expect(held).toEqual(ready.map(({ secretVersionId }) => secretVersionId));
    });
  });
});

const played = new Map<string, Played>();

async function inAnyWorld(judge: (played: Played, plan: WorldPlan) => void): Promise<void> {
  const property = fc.asyncProperty(anyWorldPlan, async (plan) => {
    const key = JSON.stringify(plan);
    const world = played.get(key) ?? (await play(plan));
    played.set(key, world);
    judge(world, plan);
  });
  await fc.assert(property, { numRuns: WORLDS });
}

function lastSeen({ progress }: Played["world"], name: string): string | undefined {
  const seen = progress.flatMap((each) =>
    each.step === "seen" && each.connection.name === name ? [each.phase] : [],
  );
  return seen.at(-1);
}

/** True if a bad key may count as READY: it looks like a good one for as long as READY must last. */
function isBelieved(connection: ConnectionPlan, plan: WorldPlan): boolean {
  const { world } = connection;
  return world === "silent" || world === "credulous" || outlasts(connection, plan);
}

/** True if the phase from before the PUT may be read for as long as a phase must last. */
function outlasts(
  { world, verdictAfterMs = 0, replicaLagMs = 0, staleMs }: ConnectionPlan,
  { settings }: WorldPlan,
): boolean {
  const confirmMs = Math.min(settings.confirmMs, SETTLE_MS, settings.readyTimeoutMs / 3);
  const lingersMs = (world === "controller" ? verdictAfterMs : 0) + replicaLagMs + staleMs + SLACK_MS;
  return lingersMs >= confirmMs;
}
