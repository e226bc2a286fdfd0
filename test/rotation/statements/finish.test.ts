import { describe, expect, it } from "vitest";
import type { EnvironmentSession } from "../../../src/rotation/environment.ts";
import { RotationError, UnauthorizedError } from "../../../src/rotation/errors.ts";
import type { OutcomeKind } from "../../../src/rotation/outcome.ts";
import { OutcomeRecorder } from "../../../src/rotation/outcome-recorder.ts";
import type { StatementState } from "../../../src/rotation/statements/api.ts";
import { finishStatements } from "../../../src/rotation/statements/finish.ts";
import type { StatementPolicy } from "../../../src/rotation/statements/policy.ts";
import { StatementRecorder } from "../../../src/rotation/statements/recorder.ts";
import { connection, HOUR_MS, NOW, observation, secretVersion } from "../../support/builders.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { statementSession } from "../../support/statement-session.ts";

const VERSION = secretVersion({ createdAt: NOW - HOUR_MS });
const BEFORE = observation({ name: "openai", resourceVersion: "1", updatedAt: NOW - 24 * HOUR_MS });
const AFTER = observation({ name: "openai", resourceVersion: "2", updatedAt: NOW });
const REPORT = { report: true, restart: [] };

interface Environment {
  readonly policy?: Pick<StatementPolicy, "report" | "restart">;
  /** The outcome of its connection openai, which one running statement uses. */
  readonly outcome?: OutcomeKind;
  /** The outcome of its connection mongodb; there is no such connection by default. */
  readonly mongodb?: OutcomeKind;
  /** What the statement shows instead of running and using openai. */
  readonly statement?: StatementState;
  readonly isPut?: boolean;
  readonly error?: "session" | "list";
}

/** The end of a run over some environments. */
async function finish(environments: Readonly<Record<string, Environment>>) {
  const world = fakeWorld();
  const { context, notes, bugs } = world;
  const listed: string[] = [];
  const recorder = new OutcomeRecorder(context);
  const sessions = new Map<string, Promise<EnvironmentSession | RotationError>>();
  const policies = new Map<string, StatementPolicy>();
  const connections = Object.entries(environments).flatMap(([environment, each]) => {
    const { policy, outcome = "ready", mongodb, statement, isPut = true, error } = each;
    const openai = connection({ name: "openai", environment });
    const orders = statement ?? runningSince(NOW - HOUR_MS);
    const list = async () => {
      listed.push(environment);
      if (error === "list") throw new RotationError("service", "Confluent answered 500.");
      return { statements: [orders] };
    };
    const session = statementSession(world, () => ({ list }), [BEFORE]);
    session.history(openai).add(AFTER);
    if (isPut) session.recordPut(openai, NOW);
    const opened = error === "session" ? new UnauthorizedError("Refused.", {}) : session;
    sessions.set(environment, Promise.resolve(opened));
    if (policy !== undefined) policies.set(environment, { ...policy, resumeCommand: "resume" });
    recorder.record(openai, { outcome }, VERSION);
    if (mongodb === undefined) return [openai];
    const other = connection({ name: "mongodb", environment });
    recorder.record(other, { outcome: mongodb }, VERSION);
    return [openai, other];
  });
  const statements = new StatementRecorder();
  const settings = { ...context.settings, statements: policies };
  await finishStatements({ ...context, settings }, { sessions, connections, recorder }, statements);
  const entries = statements.entries();
  return { entries, reported: entries.map(({ environment }) => environment), listed, notes, bugs };
}

const runningSince = (createdAt: number): StatementState => ({
  name: "orders",
  phase: "RUNNING",
  isKeyRefused: false,
  isResumable: true,
  connections: ["openai"],
  createdAt,
});

describe("the statements of an environment", () => {
  it.each<[string, Pick<StatementPolicy, "report" | "restart">]>([
    ["are to be reported", REPORT],
    ["are to be reported and restarted", { report: true, restart: ["other"] }],
  ])("are listed after the run if they %s", async (_, policy) => {
    expect(await finish({ prod: { policy } })).toMatchObject({ listed: ["prod"], reported: ["prod"] });
  });

  it("are listed after the run if some are only to be restarted", async () => {
    const policy = { report: false, restart: ["other"] };
    expect(await finish({ prod: { policy } })).toMatchObject({ listed: ["prod"], reported: [] });
  });

  it.each<[string, Environment]>([
    ["nothing is configured for them", {}],
    ["they are neither to be reported nor to be restarted", { policy: { report: false, restart: [] } }],
    ["the run has put no connection", { policy: REPORT, isPut: false }],
    ["the environment could not be reached", { policy: REPORT, error: "session" }],
  ])("are not listed if %s", async (_, prod) => {
    expect(await finish({ prod })).toMatchObject({ listed: [], reported: [], notes: [], bugs: [] });
  });

  it.each<[OutcomeKind, string]>([
    ["rolled-back", "This run has not shown that the keys of all its connections work: mongodb."],
    ["failed", "It had failed before, and is FAILED again."],
  ])("are resumed after a failure unless a connection was rolled back: %s", async (mongodb, message) => {
    const { connections: _, ...statement } = { ...runningSince(NOW - HOUR_MS), phase: "FAILED" };
    const prod = { policy: { report: false, restart: ["orders"] }, mongodb, statement };
    expect((await finish({ prod })).entries).toMatchObject([{ action: "not-restarted", message }]);
  });

  it("are judged by the connections of that environment only", async () => {
    const prod = { policy: REPORT, outcome: "rolled-back" } as const;
    const found = await finish({ prod, test: { policy: REPORT } });
    expect(found).toMatchObject({ listed: ["test"], reported: ["test"] });
  });

  it("are mentioned in the log if they cannot be listed, without an effect on other environments", async () => {
    const found = await finish({ prod: { policy: REPORT, error: "list" }, test: { policy: REPORT } });
    expect(found.reported).toEqual(["test"]);
    expect(found.notes).toEqual([
      [
        "It is not known which statements still run with the previous key.",
        { environment: "prod", reason: "Confluent answered 500." },
      ],
    ]);
  });
});

describe("the end of a run", () => {
  it("waits for the deletion of each statement that has verified a key", async () => {
    const world = fakeWorld();
    const { context, clock } = world;
    const deleted: string[] = [];
    const open = async (name: string): Promise<EnvironmentSession> => {
      const session = statementSession(world);
      session.trackDeletion(clock.sleep(2_000).then(() => void deleted.push(name)));
      return session;
    };
    const failed = Promise.resolve(new UnauthorizedError("Refused.", {}));
    const sessions = new Map<string, Promise<EnvironmentSession | RotationError>>([
      ["dev", failed],
      ["test", open("test")],
      ["prod", open("prod")],
    ]);
    const run = { sessions, connections: [], recorder: new OutcomeRecorder(context) };
    await finishStatements(context, run, new StatementRecorder());
    expect(deleted).toEqual(["test", "prod"]);
  });
});
