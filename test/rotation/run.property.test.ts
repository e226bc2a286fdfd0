import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { qualifiedName } from "../../src/rotation/connection.ts";
import type { VersionSelector } from "../../src/rotation/dependencies.ts";
import type { Outcome } from "../../src/rotation/outcome.ts";
import { numberOf, type Played, type Put, play } from "../support/generated-world.ts";
import { type GroupPlan, WORLDS, type WorldPlan, worldPlan } from "../support/world-plan.ts";

const OVERTIME_MS = 500;

describe("a run in any generated world", () => {
  it("has exactly one outcome for each connection, and no bug", async () => {
    await inAnyWorld(({ runs: [run], world }) => {
      const last = new Map(
        world.progress.flatMap((each) =>
          each.step === "done" ? [[each.connection, each.outcome] as const] : [],
        ),
      );
      expect(run.outcomes.map(qualifiedName)).toEqual(run.connections.map(qualifiedName));
      expect(run.connections.map((connection) => last.get(connection))).toEqual(run.outcomes);
      expect(world.bugs).toEqual([]);
    });
  });

  it("sends nothing after the deadline, and ends soon after it", async () => {
    await inAnyWorld(({ runs: [{ deadlineAt, endedAt }], world }) => {
      const sent = [...world.confluent.requests, ...world.secrets.reads];
      expect(sent.filter(({ sentAt }) => sentAt >= deadlineAt)).toEqual([]);
      expect(endedAt).toBeLessThanOrEqual(deadlineAt + OVERTIME_MS);
    });
  });

  it("has at most one PUT of a connection in flight", async () => {
    await inAnyWorld(({ world }) => {
      expect(world.confluent.mostPutsAtOnce).toBeLessThanOrEqual(1);
    });
  });

  it("writes to no connection that is missing or is not the one that is listed", async () => {
    await inAnyWorld(({ puts, connections }) => {
      const wrong = new Set(connections.filter(({ type }) => type !== "OPENAI").map(({ name }) => name));
      expect(puts.filter(({ name }) => wrong.has(name))).toEqual([]);
    });
  });

  it("never puts an older version after a newer one, unless it rolls back", async () => {
    await inAnyWorld(({ puts }, { settings: { onRejected }, groups }) => {
      const isBad = (secret: string, version: number) => validAfterMs(groups, secret, version) !== 0;
      const backward = consecutive(puts).filter(
        ([before, after]) =>
          after.version < before.version &&
          !(onRejected === "rollback" && isBad(before.secret, before.version)),
      );
      expect(backward).toEqual([]);
    });
  });

  it("puts no version older than the one that started it, unless it rolls back", async () => {
    await inAnyWorld(({ puts, runs: [run] }, { settings: { onRejected }, runs: [{ announced = 0 }] }) => {
      const older = puts.filter(({ secret, version }) => secret === "secret0" && version < announced);
      expect(run.connections.length === 0 || onRejected === "rollback" ? [] : older).toEqual([]);
    });
  });

  it("reports as ready only connections that hold the version it names", async () => {
    await inAnyWorld(({ world, runs: [{ outcomes }] }) => {
      const ready = outcomes.filter(({ outcome }) => outcome === "ready");
      const held = ready.map(({ name }) => world.confluent.connection(name).data["API_KEY"]);
      expect(held).toEqual(ready.map(({ secretVersionId }) => secretVersionId));
    });
  });

  it("reports as ready only the newest version that it has read", async () => {
    await inAnyWorld(({ world, runs: [{ outcomes, endedAt }] }) => {
      // AWSPREVIOUS is read after the outcome, to redact its texts.
      const isOutcome = (selector: VersionSelector) =>
        !("stage" in selector && selector.stage === "AWSPREVIOUS");
      const seen = world.secrets.reads.filter(
        ({ answeredAt, selector }) => answeredAt <= endedAt && isOutcome(selector),
      );
      const ready = outcomes.filter(({ outcome }) => outcome === "ready");
      const newest = ready.map(({ secret }) =>
        Math.max(
          ...seen.filter(({ secretId }) => secretId === secret).map(({ versionId }) => numberOf(versionId)),
        ),
      );
      expect(ready.map(({ secretVersionId }) => numberOf(secretVersionId))).toEqual(newest);
    });
  });

  it("reports only good keys as ready, and only bad keys as rejected", async () => {
    await inAnyWorld(({ runs: [{ outcomes }] }, { groups, faultRate, faults, settings }) => {
      const validity = (outcome: Outcome) =>
        validAfterMs(groups, outcome.secret, numberOf(outcome.secretVersionId));
      const ready = outcomes.filter(({ outcome }) => outcome === "ready");
      expect(ready.filter((outcome) => validity(outcome) === null)).toEqual([]);
      const rejected = outcomes.filter(
        ({ outcome, errorClass }) => outcome === "failed" && errorClass === "rejected",
      );
      const isDataRefused = faultRate > 0 && faults.includes("refused");
      // After a rollback the outcome names the version that is held, not the one that was rejected.
      const isOther = isDataRefused || settings.onRejected === "rollback";
      expect(isOther ? [] : rejected.filter((outcome) => validity(outcome) === 0)).toEqual([]);
    });
  });

  it("is the same each time for the same seed", async () => {
    await inAnyWorld(async (first, plan) => {
      const second = await play(plan);
      expect(second.world.confluent.requests).toEqual(first.world.confluent.requests);
      expect(second.runs).toEqual(first.runs);
    });
  });
});

const played = new Map<string, Played>();

/** All properties check the same worlds, each of which is played once. */
async function inAnyWorld(judge: (played: Played, plan: WorldPlan) => void | Promise<void>): Promise<void> {
  const judged = fc.asyncProperty(worldPlan, async (plan) => {
    const key = JSON.stringify(plan);
    const world = played.get(key) ?? (await play(plan));
    played.set(key, world);
    await judge(world, plan);
  });
  await fc.assert(judged, { numRuns: WORLDS });
}

/** How long after it became current the version's key becomes valid; `null` for never. */
function validAfterMs(
  groups: readonly GroupPlan[],
  secret: string,
  version: number,
): number | null | undefined {
  return groups[Number(secret.slice("secret".length))]?.versions[version]?.validAfterMs;
}

/** Each PUT with the next one of the same connection. */
function consecutive(puts: readonly Put[]): readonly (readonly [Put, Put])[] {
  return [...Map.groupBy(puts, ({ name }) => name).values()].flatMap((ofOne) =>
    ofOne.slice(1).map((put, index) => [ofOne[index] ?? put, put] as const),
  );
}
