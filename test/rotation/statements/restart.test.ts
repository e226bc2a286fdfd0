import { describe, expect, it } from "vitest";
import type { RunContext } from "../../../src/rotation/dependencies.ts";
import { RotationError, UnknownResultError } from "../../../src/rotation/errors.ts";
import type { StatementsApi } from "../../../src/rotation/statements/api.ts";
import { markedName } from "../../../src/rotation/statements/marker.ts";
import { StatementRecorder } from "../../../src/rotation/statements/recorder.ts";
import { Restart } from "../../../src/rotation/statements/restart.ts";
import type { StatementSettings } from "../../../src/sandbox/confluent/statement.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { type ReplacedStatements, statementSession } from "../../support/statement-session.ts";

const NAME = "orders";
const POLICY = { report: false, restart: [NAME], resumeCommand: "confluent flink statement resume" };

interface Options {
  readonly settings?: Partial<StatementSettings>;
  readonly remainingMs?: number;
  readonly api?: ReplacedStatements;
  readonly context?: Partial<RunContext>;
}

/** A running statement, and its restart. */
async function open({ settings, remainingMs = 600_000, api: replaced, context: changes }: Options = {}) {
  const world = fakeWorld({ remainingMs });
  world.confluent.add("openai");
  const stored = world.confluent.statements;
  stored.configure({ stopMs: 2_000, pendingMs: 0 });
  stored.add({ name: NAME, sql: "INSERT INTO a SELECT ML_PREDICT('openai', b) FROM c" }, world.clock.now());
  stored.configure({ pendingMs: 1_000, ...settings });
  const session = statementSession(world, replaced);
  const statements = new Map([["prod", POLICY]]);
  const context = { ...world.context, settings: { ...world.context.settings, statements }, ...changes };
  const statement = await statementSession(world).api.statements.get(NAME);
  if (statement === undefined) throw new Error("The statement is missing.");
  const recorder = new StatementRecorder();
  const entry = { environment: "prod", name: NAME, phase: statement.phase, connections: ["openai"] };
  const restart = new Restart(context, session, { entry, statement }, recorder);
  const inspect = () => stored.get(NAME).inspect(world.clock.now());
  return { ...world, stored, restart, inspect, entries: () => recorder.entries() };
}

const unknown = () => Promise.reject(new UnknownResultError("service", "No answer came."));
const refused = () => Promise.reject(new RotationError("service", "Confluent answered 500."));

describe("the restart of a statement", () => {
  it("stops it, resumes it, and leaves no marker", async () => {
    const { restart, entries, inspect, stored, notes } = await open();
    await restart.run();
    expect(entries()).toEqual([
      { environment: "prod", name: NAME, phase: "RUNNING", connections: ["openai"], action: "restarted" },
    ]);
    expect(inspect().phases).toEqual(["PENDING", "RUNNING", "STOPPING", "STOPPED", "PENDING", "RUNNING"]);
    expect(stored.names).toEqual([NAME]);
    expect(notes.map(([message]) => message)).toEqual([
      "A statement is stopped, to be resumed with the new key.",
      "A statement runs again.",
    ]);
  });

  it("does not begin once the run is being stopped", async () => {
    const { restart, entries, inspect } = await open({ context: { isStopping: () => true } });
    await restart.run();
    expect(entries()).toMatchObject([{ action: "not-restarted" }]);
    expect(inspect().phase).toBe("RUNNING");
  });

  it("goes on if the answers to both requests are lost", async () => {
    const lost = (real: StatementsApi): Partial<StatementsApi> => ({
      setStopped: async (...args) => {
        await real.setStopped(...args);
        return unknown();
      },
    });
    const { restart, entries } = await open({ api: lost });
    await restart.run();
    expect(entries()).toMatchObject([{ action: "restarted", phase: "RUNNING" }]);
  });

  it("goes on if the answer to the marker's creation is lost, and not if there is no marker", async () => {
    const created = await open({
      api: (real) => ({
        create: async (statement) => {
          await real.create(statement);
          return unknown();
        },
      }),
    });
    await created.restart.run();
    expect(created.entries()).toMatchObject([{ action: "restarted" }]);
    const lost = await open({ api: () => ({ create: unknown }) });
    await lost.restart.run();
    expect(lost.entries()).toMatchObject([{ action: "not-restarted" }]);
    expect(lost.inspect().phase).toBe("RUNNING");
  });

  it("leaves a statement that Confluent refuses to stop, without a marker", async () => {
    const { restart, entries, inspect, stored } = await open({ api: () => ({ setStopped: refused }) });
    await restart.run();
    expect(entries()).toMatchObject([{ action: "not-restarted", message: "Confluent did not stop it." }]);
    expect(inspect().phase).toBe("RUNNING");
    expect(stored.names).toEqual([NAME]);
  });

  it("takes a statement that never stops for one that still runs", async () => {
    const { restart, entries, stored } = await open({ api: () => ({ setStopped: () => Promise.resolve() }) });
    await restart.run();
    expect(entries()).toMatchObject([{ action: "not-restarted", message: "Confluent did not stop it." }]);
    expect(stored.names).toEqual([NAME]);
  });

  it("does not take the phase from before for a failure", async () => {
    let asked = 0;
    const { restart, entries } = await open({
      api: (real) => ({
        get: async (name) => {
          const state = await real.get(name);
          const isResumed = state?.phase === "RUNNING" && asked > 0 && name === NAME;
          asked += 1;
          return isResumed && asked < 12 ? { ...state, phase: "STOPPED" } : state;
        },
      }),
    });
    await restart.run();
    expect(entries()).toMatchObject([{ action: "restarted" }]);
  });

  it.each([
    ["five minutes", 890_000, 300],
    ["as long as there is time", 200_000, 190],
  ])(
    "asks for %s if the statement cannot be resumed, and keeps the marker",
    async (_, remainingMs, seconds) => {
      const { restart, entries, stored, clock } = await open({
        remainingMs,
        api: (real) => ({
          setStopped: (name, stopped) => (stopped ? real.setStopped(name, true) : refused()),
        }),
      });
      const startedAt = clock.now();
      await restart.run();
      expect(entries()).toMatchObject([
        {
          action: "not-resumed",
          phase: "STOPPED",
          nextStep: `confluent flink statement resume ${NAME}`,
        },
      ]);
      const lastedS = (clock.now() - startedAt) / 1_000;
      expect(lastedS).toBeGreaterThan(seconds - 15);
      expect(lastedS).toBeLessThan(seconds + 10);
      expect(stored.names).toHaveLength(2);
    },
  );

  it("reports a statement that fails as soon as it is resumed", async () => {
    const { restart, entries } = await open({ settings: { failure: "Table not found" } });
    await restart.run();
    expect(entries()).toMatchObject([{ action: "not-resumed", phase: "FAILED" }]);
  });

  it("says so in the log if the marker cannot be deleted", async () => {
    const { restart, entries, notes } = await open({ api: () => ({ delete: refused }) });
    await restart.run();
    expect(entries()).toMatchObject([{ action: "restarted" }]);
    expect(notes.map(([message]) => message)).toContain(
      "A statement of the rotator could not be deleted; a later run tries again.",
    );
  });
});

describe("the name of a marker", () => {
  it("ends with the name of the statement, or with a hash of a long one", () => {
    expect(markedName(NAME)).toBe(NAME);
    const long = "a".repeat(100);
    expect(markedName(long)).toMatch(/^[0-9a-f]{32}$/);
    expect(markedName(long)).not.toBe(markedName(`${long.slice(1)}b`));
  });
});
