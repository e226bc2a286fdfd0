import { describe, expect, it } from "vitest";
import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { BAD_KEY, connectionsOf, GOOD_KEY, judge, startVerdicts } from "../support/verdicts.ts";
import type { World } from "../support/world.ts";

const SQL = "SELECT r.* FROM (SELECT 'ping' AS q) t, LATERAL TABLE(ML_PREDICT('openai-3', q)) r";
const SILENT = { world: "silent" } as const;
const CREDULOUS = { world: "credulous" } as const;

interface Options {
  readonly settings?: typeof SILENT | typeof CREDULOUS;
  readonly key?: string;
  readonly keyAgeMs?: number;
  readonly onRejected?: "keep" | "rollback";
  readonly statements?: Partial<StatementSettings>;
}

/** Four connections of one secret, of which the third names a statement; the new key comes after one that works. */
async function start(options: Options = {}): Promise<World> {
  const { settings = SILENT, key = GOOD_KEY, keyAgeMs = 3_600_000, onRejected = "keep" } = options;
  const connections = connectionsOf("openai", 4).map((each) =>
    each.name === "openai-3" ? { ...each, verify: "smoke" } : each,
  );
  const statements = { smoke: { sql: SQL, timeoutSeconds: 60 } };
  const config = { rollout: { onRejected }, verification: { provider: false, statements } };
  const world = await startVerdicts({ settings, key: GOOD_KEY, connections, config });
  const accepts = [GOOD_KEY, "old-key", { value: "young-key", validFrom: world.clock.now() + 40_000 }];
  for (const { name } of connections) world.confluent.configure(name, { accepts });
  world.aws.putSecret("openai", key, { createdAt: world.clock.now() - keyAgeMs });
  world.confluent.configureStatements({ pendingMs: 2_000, runMs: 1_000, ...options.statements });
  return world;
}

/** The statements that were submitted, and those that are still there. */
function statementsOf({ confluent }: World): {
  readonly submitted: number;
  readonly left: readonly string[];
} {
  const submitted = confluent.requests.filter(({ method }) => method === "POST").length;
  return { submitted, left: confluent.statementNames() };
}

describe("a statement that uses the connection", () => {
  it.each([SILENT, CREDULOUS])(
    "row 55: finds a bad key that the phase does not show, with one connection harmed: %o",
    async (settings) => {
      const world = await start({ settings, key: BAD_KEY });
      const { counts, connections, holders, alerts } = await judge(world, BAD_KEY);
      expect(counts).toMatchObject({ failed: 1, "not-attempted": 3 });
      expect(connections.find(({ name }) => name === "openai-3")).toMatchObject({
        errorClass: "rejected",
        message:
          "The key is refused or not allowed: the statement smoke, which uses the connection, has failed.",
        detail: expect.stringContaining("bad response code 403"),
        evidence: { statement: "refused", provider: "not-asked" },
      });
      expect({ holders, alerts }).toEqual({ holders: 1, alerts: 1 });
      expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
    },
  );

  it.each([SILENT, CREDULOUS])(
    "row 55: brings the previous key back if that is configured, and shows that it works: %o",
    async (settings) => {
      const world = await start({ settings, key: BAD_KEY, onRejected: "rollback" });
      const { counts, connections, holders } = await judge(world, BAD_KEY);
      expect(counts).toMatchObject({ "rolled-back": 1, "not-attempted": 3 });
      expect(connections.find(({ name }) => name === "openai-3")).toMatchObject({
        message: expect.stringContaining("The previous one was put back and a statement has used it."),
        evidence: { statement: "completed" },
      });
      expect(holders).toBe(0);
      expect(world.keysPut("openai-3")).toEqual([BAD_KEY, GOOD_KEY]);
      expect(statementsOf(world)).toEqual({ submitted: 2, left: [] });
    },
  );

  it.each([SILENT, CREDULOUS])("row 55: proves a good key, and the others follow: %o", async (settings) => {
    const world = await start({ settings });
    const { connections, holders, alerts } = await judge(world, GOOD_KEY);
    expect(connections.find(({ name }) => name === "openai-3")).toMatchObject({
      outcome: "ready",
      message: "The statement smoke has used the connection with this key and completed.",
      evidence: { statement: "completed" },
    });
    expect({ holders, alerts }).toEqual({ holders: 4, alerts: 0 });
    const firstOther = world.confluent.requests.findIndex(
      ({ method, connection }) => method === "PUT" && connection !== "openai-3",
    );
    const deletion = world.confluent.requests.findIndex(({ method }) => method === "DELETE");
    expect(deletion).toBeLessThan(firstOther);
    expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
  });

  it("row 55: is run again while a young key is refused, until that counts", async () => {
    const world = await start({ key: "young-key", keyAgeMs: 0, onRejected: "rollback" });
    const { counts, holders, alerts } = await judge(world, "young-key");
    expect(counts).toMatchObject({ ready: 1, applied: 3 });
    expect({ holders, alerts }).toEqual({ holders: 4, alerts: 0 });
    const { submitted, left } = statementsOf(world);
    expect(submitted).toBeGreaterThan(1);
    expect(left).toEqual([]);
  });
});

describe("a statement that says nothing about the key", () => {
  const REASONS: readonly [string, Partial<StatementSettings>, object][] = [
    [
      "fails for another reason",
      { failure: "Table 'orders' was not found" },
      { errorClass: "service", evidence: { statement: "failed" } },
    ],
    ["hangs", { pendingMs: 1e9 }, { errorClass: "timeout", evidence: { statement: "failed" } }],
    [
      "may not be run",
      { forbidden: true },
      { errorClass: "unauthorized", evidence: { statement: "not-run" } },
    ],
  ];

  describe.each(REASONS)("since it %s", (_, statements, expected) => {
    it.each([
      [SILENT, GOOD_KEY],
      [SILENT, BAD_KEY],
      [CREDULOUS, GOOD_KEY],
      [CREDULOUS, BAD_KEY],
    ])(
      "row 56: leaves the connection unverified, without a roll-back and without a trace: %o, %s",
      async (settings, key) => {
        const world = await start({ settings, key, statements, onRejected: "rollback" });
        const { connections, alerts } = await judge(world, key);
        const verified = connections.find(({ name }) => name === "openai-3");
        expect(verified).toMatchObject({ outcome: "unverified", ...expected });
        expect(verified?.nextStep).toEqual(expect.any(String));
        expect(world.keysPut("openai-3")).toEqual([key]);
        expect(alerts).toBe(1);
        expect(statementsOf(world).left).toEqual([]);
      },
    );
  });

  it("row 56: is deleted before the function's time is up", async () => {
    const world = await start({ statements: { pendingMs: 1e9 } });
    await judge(world, GOOD_KEY, 45_000);
    expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
  });

  it("row 56: is deleted although the first attempts fail", async () => {
    const world = await start();
    const fault = { kind: "status", status: 503 } as const;
    world.confluent.fail({ method: "DELETE", collection: "statements", times: 3, fault });
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(statementsOf(world).left).toEqual([]);
  });

  it("row 56: is found again if the answer to its submission is lost", async () => {
    const world = await start();
    const fault = { kind: "reset", applied: true } as const;
    world.confluent.fail({ method: "POST", collection: "statements", fault });
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(statementsOf(world)).toEqual({ submitted: 1, left: [] });
  });

  it("row 56: shows nothing of what it has read or of its own text", async () => {
    const world = await start({ key: BAD_KEY });
    const report = await world.invoke({}).catch(() => undefined);
    expect(JSON.stringify([report, world.aws.published()])).not.toContain("LATERAL TABLE");
    const paths = world.confluent.requests.map(({ path }) => path);
    expect(paths.filter((path) => /results|exceptions/.test(path))).toEqual([]);
  });
});

describe("a run that is killed while its statement runs", () => {
  it("row 57: leaves it to a later run, which finds it by its name and deletes it", async () => {
    const world = await start({ statements: { pendingMs: 1e9 } });
    const run = judge(world, GOOD_KEY, 200_000).catch(() => undefined);
    while (world.confluent.statementNames().length === 0) await world.clock.sleep(500);
    world.confluent.addStatement({ name: "rotator-verify", sql: SQL });
    world.confluent.configureEnvironment("env-1", { hang: true });
    await run;
    world.confluent.configureEnvironment("env-1", { hang: false });
    world.confluent.configureStatements({ pendingMs: 2_000 });
    expect(world.confluent.statementNames()).toHaveLength(2);
    await world.clock.sleep(3_600_000);
    expect(await judge(world, GOOD_KEY)).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(world.confluent.statementNames()).toEqual(["rotator-verify"]);
  });

  it("row 57: does not touch the statement of a run that is still under way", async () => {
    const world = await start({ statements: { pendingMs: 30_000 } });
    const run = judge(world, GOOD_KEY);
    while (world.confluent.statementNames().length === 0) await world.clock.sleep(500);
    const [other] = await Promise.all([judge(world, GOOD_KEY), run]);
    expect(other).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(await run).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(world.confluent.statementNames()).toEqual([]);
  });
});

describe("many connections that each name a statement", () => {
  it("row 56: run five statements at a time, so that they do not fill a small compute pool", async () => {
    const connections = connectionsOf("openai", 17).map((each) => ({ ...each, verify: "smoke" }));
    const statements = { smoke: { sql: SQL, timeoutSeconds: 60 } };
    const config = { rollout: { canary: false }, verification: { provider: false, statements } };
    const world = await startVerdicts({ settings: SILENT, key: GOOD_KEY, connections, config });
    world.confluent.configureStatements({ pendingMs: 10_000 });
    let most = 0;
    const run = judge(world, GOOD_KEY);
    const isOver = run.then(() => true);
    while (!(await Promise.race([isOver, world.clock.sleep(1_000).then(() => false)])))
      most = Math.max(most, world.confluent.statementNames().length);
    expect(await run).toMatchObject({ counts: { ready: 17 } });
    expect(most).toBe(5);
  });
});
