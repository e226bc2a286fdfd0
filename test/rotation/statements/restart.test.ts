import { describe, expect, it } from "vitest";
import { markedName } from "../../../src/rotation/statements/marker.ts";
import { NAME, refused, restartStatement, unknownResult } from "../../support/statement-restart.ts";

const FACTS = { environment: "prod", statement: NAME };
const STOPPED_BY_RUN = {
  action: "not-resumed",
  message: "The rotator has stopped it to restart it, and it does not run again.",
  nextStep: `confluent flink statement resume ${NAME}`,
};

describe("the restart of a statement", () => {
  it("stops it, resumes it and leaves no marker", async () => {
    const { entry, phases, left, notes } = await restartStatement();
    expect(entry).toEqual({
      environment: "prod",
      name: NAME,
      phase: "RUNNING",
      connections: ["openai"],
      action: "restarted",
    });
    expect(phases).toEqual(["PENDING", "RUNNING", "STOPPING", "STOPPED", "PENDING", "RUNNING"]);
    expect(left).toEqual([NAME]);
    expect(notes).toEqual([
      ["A statement is being stopped, and will be resumed with the new key.", FACTS],
      ["A statement runs again.", FACTS],
    ]);
  });

  it("counts as interrupted until the statement runs again", async () => {
    const { asked } = await restartStatement();
    expect(asked).toEqual([
      ["stop", "not-resumed"],
      ["resume", "not-resumed"],
    ]);
  });

  it.each([
    [
      "the run is being stopped",
      { context: { isStopping: () => true } },
      "The run was stopped before its turn.",
    ],
    ["a minute is left", { remainingMs: 60_000 }, "There was not enough time left in this run."],
  ])("does not begin if %s", async (_, options, message) => {
    const { entry, asked } = await restartStatement(options);
    expect(entry).toMatchObject({ phase: "RUNNING", action: "not-restarted", message });
    expect(asked).toEqual([]);
  });

  it("begins if two minutes are left", async () => {
    expect((await restartStatement({ remainingMs: 120_000 })).entry).toMatchObject({ action: "restarted" });
  });

  it("succeeds although the responses to both requests are lost", async () => {
    const { entry } = await restartStatement({
      api: (real) => ({
        setStopped: async (...args) => {
          await real.setStopped(...args);
          return unknownResult();
        },
      }),
    });
    expect(entry).toMatchObject({ action: "restarted", phase: "RUNNING" });
  });

  it("leaves a statement that Confluent refuses to stop, at once and without a marker", async () => {
    const { entry, phases, left, asked, seconds } = await restartStatement({
      api: () => ({ setStopped: refused }),
    });
    expect(entry).toMatchObject({ action: "not-restarted", message: "Confluent did not stop it." });
    expect(phases.at(-1)).toBe("RUNNING");
    expect(left).toEqual([NAME]);
    expect(asked).toHaveLength(1);
    expect(seconds).toBeLessThan(5);
  });

  it("mentions in the log a marker that cannot be deleted", async () => {
    const { entry, notes, left } = await restartStatement({ api: () => ({ delete: refused }) });
    expect(entry).toMatchObject({ action: "restarted" });
    expect(notes.at(-1)).toEqual([
      "A statement of the rotator could not be deleted; a later run tries again.",
      { statement: left[1], reason: "Confluent answered 500." },
    ]);
  });
});

describe("the marker of a statement that is stopped", () => {
  it("is a statement in the same compute pool that reads nothing", async () => {
    const created: object[] = [];
    const api = () => ({ create: async (statement: object) => void created.push(statement) });
    await restartStatement({ computePool: "lfcp-1", api });
    await restartStatement({ api });
    const name = expect.stringMatching(/^rotator-stopped-.*-orders$/);
    expect(created).toEqual([
      { name, sql: "SHOW CATALOGS", computePool: "lfcp-1" },
      { name, sql: "SHOW CATALOGS" },
    ]);
    expect(created[1]).not.toHaveProperty("computePool");
  });

  it("is used if the response to its creation is lost", async () => {
    const { entry, left } = await restartStatement({
      api: (real) => ({
        create: async (statement) => {
          await real.create(statement);
          return unknownResult();
        },
      }),
    });
    expect(entry).toMatchObject({ action: "restarted" });
    expect(left).toEqual([NAME]);
  });

  it.each([
    ["it is refused", refused, "Confluent answered 500."],
    ["its creation has no response and no effect", unknownResult, "No answer came."],
  ])("is required before the statement is stopped: %s", async (_, create, reason) => {
    const { entry, asked } = await restartStatement({ api: () => ({ create }) });
    expect(entry).toMatchObject({
      action: "not-restarted",
      message: `The marker that lets a later run resume it could not be created: ${reason}`,
    });
    expect(asked).toEqual([]);
  });

  it("ends with the name of the statement, or with a hash of a long one", () => {
    expect(markedName("a".repeat(60))).toBe("a".repeat(60));
    const long = "a".repeat(61);
    expect(markedName(long)).toMatch(/^[0-9a-f]{32}$/);
    expect(markedName(long)).not.toBe(markedName(`${"a".repeat(60)}b`));
  });
});

describe("a statement that cannot be resumed", () => {
  it.each([
    ["five minutes", 890_000, 300],
    ["as long as there is time", 200_000, 190],
  ])("is asked to resume for %s and keeps its marker", async (_, remainingMs, seconds) => {
    const restarted = await restartStatement({
      remainingMs,
      api: (real) => ({
        setStopped: (name, stopped) => (stopped ? real.setStopped(name, true) : refused()),
      }),
    });
    expect(restarted.entry).toMatchObject({ phase: "STOPPED", ...STOPPED_BY_RUN });
    expect(restarted.seconds).toBeGreaterThan(seconds - 15);
    expect(restarted.seconds).toBeLessThan(seconds + 10);
    expect(restarted.left).toHaveLength(2);
    expect(restarted.notes).toContainEqual([
      "A statement could not be resumed yet.",
      { statement: NAME, reason: "Confluent answered 500." },
    ]);
    expect(restarted.notes.at(-1)).toEqual(["A statement does not run again.", FACTS]);
  });
});

describe("a statement that has failed before the run", () => {
  it("is only resumed", async () => {
    const { entry, asked, left } = await restartStatement({ hasFailed: true });
    expect(entry).toMatchObject({ phase: "RUNNING", action: "restarted" });
    expect(asked.map(([request]) => request)).toEqual(["resume"]);
    expect(left).toEqual([NAME]);
  });

  it("is not counted as interrupted if it fails again", async () => {
    const { entry } = await restartStatement({ hasFailed: true, settings: { failure: "Table not found" } });
    expect(entry).toMatchObject({
      action: "not-restarted",
      message: "It had failed before, and is FAILED again.",
    });
  });
});
