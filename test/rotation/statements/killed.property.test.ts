import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EnvironmentApi, RunContext } from "../../../src/rotation/dependencies.ts";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import { plan } from "../../../src/rotation/plan.ts";
import { rotate } from "../../../src/rotation/rotate.ts";
import { type StatementEntry, StatementRecorder } from "../../../src/rotation/statements/recorder.ts";
import { connection, HOUR_MS } from "../../support/builders.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { WORLDS } from "../../support/world-plan.ts";

const ORDERS = "orders";
const VERIFY = { name: "smoke", sql: "SELECT ML_PREDICT('openai', 'ping')", timeoutMs: 60_000 };
const POLICY = { report: true, restart: [ORDERS], resumeCommand: "resume" };

const scenario = fc.record({
  killedAfterMs: fc.integer({ min: 0, max: 40_000 }),
  latencyMs: fc.constantFrom(10, 200, 900),
  pendingMs: fc.constantFrom(0, 500, 3_000, 12_000),
  stopMs: fc.constantFrom(0, 500, 3_000, 12_000),
  world: fc.constantFrom("silent", "credulous", "prompt"),
} as const);

interface Run {
  readonly outcomes: readonly Outcome[];
  readonly statements: readonly StatementEntry[];
}

/** A run over a connection with a new key, killed at a moment, and two more after it. */
async function play(drawn: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
  const { killedAfterMs, latencyMs, pendingMs, stopMs, world: reporting } = drawn;
  const world = fakeWorld({ confluent: { latencyMs: () => latencyMs, settings: { world: reporting } } });
  const { clock, confluent, secrets } = world;
  confluent.add("openai");
  confluent.statements.add(
    { name: ORDERS, sql: "INSERT INTO a SELECT ML_PREDICT('openai', b) FROM c" },
    clock.now(),
  );
  await clock.sleep(HOUR_MS);
  confluent.statements.configure({ pendingMs, stopMs, runMs: 500 });
  secrets.add("openai", { versionId: "v1", value: "sk-1", at: clock.now() - 2 * HOUR_MS });
  secrets.add("openai", { versionId: "v2", value: "sk-2" });
  const listed = [connection({ name: "openai", secret: "openai", verify: VERIFY })];
  const run = async (change: (context: RunContext) => RunContext = (context) => context): Promise<Run> => {
    const trigger = { kind: "secret-change", secret: "openai" } as const;
    const opened = world.openAgain();
    const settings = { ...opened.settings, statements: new Map([["prod", POLICY]]) };
    const recorder = new StatementRecorder();
    const outcomes = await rotate(change({ ...opened, trigger, settings }), plan(trigger, listed), recorder);
    return { outcomes, statements: recorder.entries() };
  };
  const killedAt = clock.now() + killedAfterMs;
  await run((context) => killed(context, killedAt));
  const second = await run();
  await clock.sleep(HOUR_MS);
  const third = await run();
  const orders = confluent.statements.get(ORDERS).inspect(clock.now());
  return { second, third, orders, left: confluent.statements.names, bugs: world.bugs };
}

/** A run that is killed at a moment: after it, nothing is sent and no response arrives. */
function killed(context: RunContext, killedAt: number): RunContext {
  const isDead = (): boolean => context.clock.now() >= killedAt;
  const never = new Promise<never>(() => undefined);
  const alive =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (isDead()) return never;
      const result = await call(...args);
      return isDead() ? never : result;
    };
  const connect: RunContext["connect"] = (...args): EnvironmentApi => {
    const { list, get, put, statements } = context.connect(...args);
    return {
      list: alive(list),
      get: alive(get),
      put: alive(put),
      statements: {
        list: alive(statements.list),
        get: alive(statements.get),
        create: alive(statements.create),
        delete: alive(statements.delete),
        setStopped: alive(statements.setStopped),
      },
    };
  };
  return { ...context, connect };
}

describe("a run that is killed at any moment", () => {
  it("leaves no statement stopped or with the old key, and no statement of its own, once later runs have ended", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const { second, third, orders, left, bugs } = await play(drawn);
        expect(orders.phase).toBe("RUNNING");
        expect(orders.uses).toMatchObject([{ data: { API_KEY: "sk-2" } }]);
        expect(left).toEqual([ORDERS]);
        expect(second.outcomes).toMatchObject([{ outcome: "ready", evidence: { statement: "completed" } }]);
        expect(third.outcomes).toMatchObject([{ outcome: "ready" }]);
        expect([...second.statements, ...third.statements].map(({ action }) => action)).not.toContain(
          "not-resumed",
        );
        expect(bugs).toEqual([]);
      }),
      { numRuns: Math.min(300, WORLDS) },
    );
  });
});

describe("runs that are not killed", () => {
  it("restart a statement once for a new key", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (drawn) => {
        const { orders } = await play({ ...drawn, killedAfterMs: 1e9 });
        expect(orders.phases.filter((phase) => phase === "STOPPED")).toHaveLength(1);
        expect(orders.uses).toMatchObject([{ data: { API_KEY: "sk-2" } }]);
      }),
      { numRuns: Math.min(50, WORLDS) },
    );
  });
});
