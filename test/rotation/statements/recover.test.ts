import { describe, expect, it } from "vitest";
import type { EnvironmentSession } from "../../../src/rotation/environment.ts";
import { RotationError, UnauthorizedError } from "../../../src/rotation/errors.ts";
import type { Trigger } from "../../../src/rotation/plan.ts";
import { StatementRecorder } from "../../../src/rotation/statements/recorder.ts";
import { recoverStatements } from "../../../src/rotation/statements/recover.ts";
import { connection } from "../../support/builders.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { type ReplacedStatements, statementSession } from "../../support/statement-session.ts";

const ORDERS = "orders";
const LONG_NAME = "a".repeat(80);
const HASH_OF_LONG_NAME = "0f45e858fbc4176cdf4e411f88281ede";
const VERIFY = { name: "smoke", sql: "SELECT ML_PREDICT('openai', 'ping')", timeoutMs: 60_000 };
const refused = () => Promise.reject(new RotationError("service", "Confluent answered 500."));

interface Options {
  /** What earlier runs have left behind: the start and the end of each name, and how long ago its run began. */
  readonly own?: readonly (readonly [start: string, minutesAgo: number, end: string])[];
  readonly stopped?: readonly string[];
  readonly phase?: string;
  readonly replaced?: ReplacedStatements;
  readonly restart?: readonly string[];
  readonly verifies?: boolean;
  readonly trigger?: Trigger;
  readonly others?: readonly (readonly [string, EnvironmentSession | RotationError])[];
}

/** A run that recovers what earlier ones have left in an environment with two statements of the user. */
async function recover(options: Options) {
  const { own = [], stopped = [], restart = [ORDERS], verifies = false, others = [] } = options;
  const { trigger = { kind: "schedule" } } = options;
  const world = fakeWorld();
  const { clock, context, confluent, notes } = world;
  const stored = confluent.statements;
  const users = [ORDERS, LONG_NAME].map((name) =>
    stored.add({ name, sql: "INSERT INTO a SELECT b FROM c" }, clock.now()),
  );
  for (const each of users) if (stopped.includes(each.spec.name)) each.setStopped(true, clock.now());
  for (const [start, minutesAgo, end] of own) {
    const runAt = (clock.now() - minutesAgo * 60_000).toString(36);
    stored.add({ name: `${start}-${runAt}-${end}`, sql: "SHOW CATALOGS" }, clock.now());
  }
  const policy = { report: false, restart, resumeCommand: "resume" };
  const settings = {
    ...context.settings,
    statements: new Map([...others.map(([name]) => [name, policy] as const), ["prod", policy]]),
  };
  const session = statementSession(world, options.replaced);
  const sessions = new Map(
    [...others, ["prod", session] as const].map(([name, each]) => [name, Promise.resolve(each)]),
  );
  const connections = [connection(verifies ? { verify: VERIFY } : {})];
  const recorder = new StatementRecorder();
  await recoverStatements({ ...context, settings, trigger }, { sessions, connections }, recorder);
  const [orders, longName] = users.map((each) => each.inspect(clock.now()).phase);
  const left = stored.names
    .filter((name) => name.startsWith("rotator-"))
    .map((name) => name.replace(/^rotator-(.*)-\w+-abc-/, "$1 "));
  return { orders, longName, left, notes, entries: recorder.entries(), requests: confluent.requests.length };
}

describe("a statement that an earlier run has created to verify a key", () => {
  it("is deleted 20 minutes after its run began, when no run can still need it", async () => {
    const own = [
      ["rotator-verify", 21, "abc-1"],
      ["rotator-verify", 19, "abc-2"],
    ] as const;
    expect(await recover({ own })).toMatchObject({ left: ["verify 2"], entries: [], notes: [] });
  });

  it("is deleted if the environment only verifies keys by statements", async () => {
    const own = [["rotator-verify", 60, "abc-1"]] as const;
    expect(await recover({ own, restart: [], verifies: true })).toMatchObject({ left: [] });
  });
});

describe("a statement that an earlier run has stopped", () => {
  it.each([0, 5, 24 * 60])(
    "is resumed %d minutes after that run, and its marker is deleted",
    async (minutesAgo) => {
      const own = [["rotator-stopped", minutesAgo, "abc-1-orders"]] as const;
      expect(await recover({ own, stopped: [ORDERS] })).toMatchObject({
        orders: "RUNNING",
        left: [],
        entries: [
          { environment: "prod", name: ORDERS, phase: "RUNNING", connections: [], action: "resumed" },
        ],
      });
    },
  );

  it("is found by a hash if its name is long", async () => {
    const own = [["rotator-stopped", 60, `abc-1-${HASH_OF_LONG_NAME}`]] as const;
    const found = await recover({ own, stopped: [ORDERS, LONG_NAME] });
    expect(found).toMatchObject({ orders: "STOPPED", longName: "RUNNING", left: [] });
    expect(found.entries).toMatchObject([{ name: LONG_NAME, action: "resumed" }]);
  });

  it("keeps its marker for the next run if it cannot be resumed", async () => {
    const own = [["rotator-stopped", 60, "abc-1-orders"]] as const;
    const found = await recover({ own, stopped: [ORDERS], replaced: () => ({ setStopped: refused }) });
    expect(found).toMatchObject({
      left: ["stopped 1-orders"],
      entries: [{ name: ORDERS, phase: "STOPPED", action: "not-resumed", nextStep: "resume orders" }],
    });
  });

  it.each(["STOPPING", "FAILED", "PENDING"])("is resumed if it is %s", async (phase) => {
    const own = [["rotator-stopped", 60, "abc-1-orders"]] as const;
    const replaced: ReplacedStatements = (real) => ({
      list: async (token) => {
        const page = await real.list(token);
        return {
          ...page,
          statements: page.statements.map((each) => (each.name === ORDERS ? { ...each, phase } : each)),
        };
      },
    });
    expect(await recover({ own, stopped: [ORDERS], replaced })).toMatchObject({
      left: [],
      entries: [{ name: ORDERS, phase: "RUNNING", action: "resumed" }],
    });
  });

  it("is not touched if it runs again, and only its old marker is deleted", async () => {
    const own = [
      ["rotator-stopped", 60, "abc-1-orders"],
      ["rotator-stopped", 5, "abc-2-orders"],
      ["rotator-stopped", 60, "abc-3-deleted"],
      ["rotator-stopped", 5, "abc-4-deleted"],
    ] as const;
    expect(await recover({ own, stopped: [LONG_NAME] })).toMatchObject({
      longName: "STOPPED",
      left: ["stopped 2-orders", "stopped 4-deleted"],
      entries: [],
    });
  });
});

describe("what earlier runs have left behind", () => {
  const own = [["rotator-verify", 60, "abc-1"]] as const;

  it.each<[string, Options]>([
    ["a dry run", { trigger: { kind: "direct", dryRun: true } }],
    ["a run whose environment neither restarts statements nor verifies by them", { restart: [] }],
  ])("is not looked for by %s", async (_, options) => {
    expect(await recover({ own, ...options })).toMatchObject({ left: ["verify 1"], requests: 0 });
  });

  it("is mentioned in the log if it cannot be looked for", async () => {
    expect(await recover({ own, replaced: () => ({ list: refused }) })).toMatchObject({
      left: ["verify 1"],
      notes: [
        [
          "Statements that earlier runs left behind could not be looked for.",
          { environment: "prod", reason: "Confluent answered 500." },
        ],
      ],
    });
  });

  it("is deleted although another environment cannot be reached", async () => {
    const others = [["test", new UnauthorizedError("Confluent refused the API key.", {})]] as const;
    expect(await recover({ own, others })).toMatchObject({ left: [], notes: [] });
  });
});
