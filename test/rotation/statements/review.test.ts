import { describe, expect, it } from "vitest";
import type { Trigger } from "../../../src/rotation/plan.ts";
import type { StatementState } from "../../../src/rotation/statements/api.ts";
import { StatementRecorder } from "../../../src/rotation/statements/recorder.ts";
import { reviewStatements } from "../../../src/rotation/statements/review.ts";
import type { UpdatedConnection } from "../../../src/rotation/statements/updated.ts";
import { HOUR_MS, NOW } from "../../support/builders.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { statementSession } from "../../support/statement-session.ts";

const NAME = "orders";
const RESTART = { restart: [NAME] };

/** A statement that has been running since an hour before the PUT. */
const statement = (changes: Partial<StatementState> = {}): StatementState => ({
  name: NAME,
  phase: "RUNNING",
  isKeyRefused: false,
  isResumable: true,
  connections: ["openai"],
  createdAt: NOW - HOUR_MS,
  ...changes,
});

/** A statement without connections: Confluent shows none for a statement that has failed. */
function withoutConnections(phase: string): StatementState {
  const { connections: _, ...rest } = statement({ phase });
  return rest;
}

/** A connection that got a new key. */
const updated = (name: string, changes: Partial<UpdatedConnection> = {}): UpdatedConnection => ({
  name,
  putAt: NOW,
  keyCreatedAt: NOW - HOUR_MS,
  isKeyNew: true,
  isProven: true,
  ...changes,
});

interface Options {
  readonly connections?: readonly UpdatedConnection[];
  readonly report?: boolean;
  readonly restart?: readonly string[];
  readonly trigger?: Trigger;
  /** The names of statements that the run has resumed before. */
  readonly resumed?: readonly string[];
  readonly rolledBack?: readonly string[];
}

async function review(statements: readonly StatementState[], options: Options = {}) {
  const { connections = [updated("openai")], report = true, restart = [], resumed = [] } = options;
  const { trigger = { kind: "schedule" }, rolledBack = [] } = options;
  const world = fakeWorld();
  const { context, confluent, notes } = world;
  for (const { name } of statements) confluent.statements.add({ name, sql: "INSERT INTO a SELECT b" }, NOW);
  const session = statementSession(world, () => ({ list: async () => ({ statements }) }));
  const policy = { report, restart, resumeCommand: "resume" };
  const settings = { ...context.settings, statements: new Map([["prod", policy]]) };
  const recorder = new StatementRecorder();
  for (const name of resumed)
    recorder.record({ environment: "prod", name, phase: "RUNNING", connections: [], action: "resumed" });
  const reviewed = { environment: "prod", session, updated: connections, rolledBack };
  await reviewStatements({ ...context, settings, trigger }, reviewed, recorder);
  return { entries: recorder.entries(), notes, requests: confluent.requests.length };
}

describe("a statement that started with the previous key", () => {
  it.each(["PENDING", "RUNNING", "DEGRADED"])("is reported if it is %s", async (phase) => {
    expect((await review([statement({ phase })])).entries).toEqual([
      { environment: "prod", name: NAME, phase, connections: ["openai"], action: "reported" },
    ]);
  });

  it("is reported with the connections whose previous key it uses", async () => {
    const uses = statement({ connections: ["openai", "search", "mail"] });
    const connections = ["openai", "mail", "maps"].map((name) => updated(name));
    expect((await review([uses], { connections })).entries).toMatchObject([
      { connections: ["openai", "mail"] },
    ]);
  });

  it.each<[string, StatementState, Options]>([
    ["has completed", statement({ phase: "COMPLETED" }), {}],
    ["is stopped", statement({ phase: "STOPPED" }), {}],
    ["has failed and is not to be restarted", withoutConnections("FAILED"), {}],
    ["uses another connection", statement({ connections: ["search"] }), RESTART],
    ["shows no connections", withoutConnections("RUNNING"), RESTART],
    ["started after the PUT", statement({ createdAt: NOW + 1 }), RESTART],
    ["was created by the rotator", statement({ name: "rotator-verify-abc123-xyz-1" }), {}],
    ["is neither to be reported nor to be restarted", statement(), { report: false, restart: ["other"] }],
  ])("is not in the report if it %s", async (_, listed, options) => {
    expect((await review([listed], options)).entries).toEqual([]);
  });
});

describe("a statement that is to be restarted", () => {
  it.each([statement(), statement({ phase: "DEGRADED" }), withoutConnections("FAILED")])(
    "is restarted if every key is known to work: $phase",
    async (listed) => {
      const { entries, notes } = await review([listed], { ...RESTART, report: false });
      expect(entries).toMatchObject([{ name: NAME, connections: ["openai"], action: "restarted" }]);
      expect(notes.map(([message]) => message)).not.toContain(
        "Confluent does not list a statement that is to be restarted.",
      );
    },
  );

  const only =
    "Only INSERT INTO, EXECUTE STATEMENT SET and CREATE TABLE AS continue where they were stopped.";
  const notShown = "This run has not shown that the keys of all its connections work:";

  it.each<[string, StatementState, readonly UpdatedConnection[], string]>([
    ["it cannot be resumed", statement({ isResumable: false }), [updated("openai")], only],
    [
      "it uses a connection that the run has not put",
      statement({ connections: ["openai", "search"] }),
      [updated("openai")],
      `${notShown} search.`,
    ],
    [
      "the new keys of its connections are not known to work",
      statement({ connections: ["openai", "search"] }),
      [updated("openai", { isProven: false }), updated("search", { isProven: false })],
      `${notShown} openai, search.`,
    ],
    [
      "it has failed and one of the environment's new keys is not known to work",
      withoutConnections("FAILED"),
      [updated("openai"), updated("search", { isProven: false })],
      `${notShown} search.`,
    ],
  ])("is left as it is if %s", async (_, listed, connections, message) => {
    const { entries, requests } = await review([listed], { ...RESTART, connections });
    expect(entries).toMatchObject([{ name: NAME, action: "not-restarted", message }]);
    expect(requests).toBe(0);
  });

  it("is left as it is if it has failed and the previous key of one connection was put back", async () => {
    const options = { ...RESTART, rolledBack: ["search"] };
    const { entries, requests } = await review([withoutConnections("FAILED")], options);
    expect(entries).toMatchObject([{ name: NAME, action: "not-restarted", message: `${notShown} search.` }]);
    expect(requests).toBe(0);
  });

  it("is only reported while it is PENDING", async () => {
    const { entries } = await review([statement({ phase: "PENDING" })], RESTART);
    expect(entries).toMatchObject([{ name: NAME, action: "reported" }]);
  });

  it("is only named by a dry run", async () => {
    const { entries, requests } = await review([statement(), statement({ name: "audit" })], {
      ...RESTART,
      trigger: { kind: "direct", dryRun: true },
    });
    expect(entries).toMatchObject([
      { name: NAME, connections: ["openai"], action: "would-restart" },
      { name: "audit", action: "reported" },
    ]);
    expect(requests).toBe(0);
  });

  it("is not restarted after the run has resumed it for an earlier one", async () => {
    const { entries, requests } = await review([statement()], { ...RESTART, resumed: [NAME] });
    expect(entries).toMatchObject([{ name: NAME, action: "resumed" }]);
    expect(requests).toBe(0);
  });

  it("is mentioned in the log if Confluent does not list it", async () => {
    const { entries, notes } = await review([statement({ phase: "STOPPED" })], { restart: [NAME, "gone"] });
    expect(entries).toEqual([]);
    expect(notes).toEqual([
      ["Confluent does not list a statement that is to be restarted.", { statement: "gone" }],
    ]);
  });
});
