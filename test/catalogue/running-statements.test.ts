import { describe, expect, it } from "vitest";
import type { Report } from "../../src/rotation/report/report.ts";
import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { GOOD_KEY } from "../support/verdicts.ts";
import { startWorld, type World } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const RESTART = "orders-enrichment";
const RESUME_LINE = `confluent flink statement resume --environment env-1 ${RESTART}`;

interface Options {
  readonly policy?: { readonly report?: boolean; readonly restart?: readonly string[] };
  readonly statements?: Partial<StatementSettings>;
  /** The text of the statement that is to be restarted. */
  readonly sql?: string;
}

const insert = (connection: string): string =>
  `INSERT INTO enriched SELECT * FROM orders, LATERAL TABLE(ML_PREDICT('${connection}', o))`;

/** Two secrets with a connection each, fifty statements, of which two use the first connection; then that gets a new key. */
async function start({ policy = { report: true }, statements, sql = insert("openai") }: Options = {}) {
  const world = await startWorld({
    connections: [
      { name: "openai", secret: "openai" },
      { name: "search", secret: "search" },
    ],
    confluent: { timeToReadyMs: 200 },
    environmentSettings: { statements: policy },
  });
  world.confluent.configureStatements({ pendingMs: 2_000, stopMs: 5_000, ...statements });
  for (const secret of ["openai", "search"])
    world.aws.putSecret(secret, `first-key-of-${secret}`, { createdAt: world.clock.now() - HOUR_MS });
  for (let index = 0; index < 48; index += 1)
    world.confluent.addStatement({ name: `other-${index}`, sql: insert("search") });
  world.confluent.addStatement({ name: RESTART, sql });
  world.confluent.addStatement({ name: "audit", sql: insert("openai") });
  await world.clock.sleep(HOUR_MS);
  world.aws.putSecret("openai", GOOD_KEY);
  return world;
}

/** The run that the event about the new key starts. */
function rotate(world: World, remainingMs?: number): Promise<Report> {
  const event = world.events.findLast(({ detail }) => detail.labelUpdated === "AWSCURRENT");
  return world.invoke(event, remainingMs);
}

function alerts({ aws }: World): string {
  return JSON.stringify(aws.published()).replaceAll("\\\\n", " ");
}

describe("statements that still run with the key from before", () => {
  it("row 58: are named, two of fifty, and are no reason for an alert", async () => {
    const world = await start();
    const { outcome, statements } = await rotate(world);
    expect(outcome).toBe("succeeded");
    expect(statements).toEqual([
      { environment: "prod", name: RESTART, phase: "RUNNING", connections: ["openai"], action: "reported" },
      { environment: "prod", name: "audit", phase: "RUNNING", connections: ["openai"], action: "reported" },
    ]);
    expect(world.aws.published()).toEqual([]);
    expect(world.confluent.requests.filter(({ path }) => path.includes("/statements"))).toHaveLength(1);
  });

  it("row 58: are named in an alert that is sent for another reason", async () => {
    const world = await start();
    world.confluent.configure("openai", { accepts: ["another-key", `first-key-of-openai`, "old-key"] });
    await rotate(world).catch(() => undefined);
    expect(alerts(world)).toContain(
      `At least these still run with the key from before: prod/${RESTART}, prod/audit.`,
    );
  });

  it("row 58: are not named again by a run that puts the same key", async () => {
    const world = await start();
    await rotate(world);
    await world.clock.sleep(HOUR_MS);
    world.confluent.addStatement({ name: "newer", sql: insert("openai") });
    const { statements = [] } = await world.invoke({ trigger: "schedule" });
    expect(statements.map(({ name }) => name)).not.toContain("newer");
  });

  it.each([403, 500])(
    "row 58: are no reason for a failure if the list is answered with %d",
    async (status) => {
      const world = await start();
      const fault = { kind: "status", status } as const;
      world.confluent.fail({ method: "GET", collection: "statements", times: 1_000, fault });
      const report = await rotate(world);
      expect(report.outcome).toBe("succeeded");
      expect(report).not.toHaveProperty("statements");
      expect(world.aws.published()).toEqual([]);
    },
  );
});

describe("a statement that is restarted", () => {
  const policy = { report: true, restart: [RESTART] };

  it("row 59: is stopped, resumed and running, with the new key; no other is touched", async () => {
    const world = await start({ policy });
    const { outcome, statements } = await rotate(world);
    expect(outcome).toBe("succeeded");
    expect(statements).toMatchObject([
      { name: RESTART, phase: "RUNNING", action: "restarted" },
      { name: "audit", phase: "RUNNING", action: "reported" },
    ]);
    const restarted = world.confluent.statement(RESTART);
    expect(restarted.phases).toEqual(["PENDING", "RUNNING", "STOPPING", "STOPPED", "PENDING", "RUNNING"]);
    expect(restarted.uses).toMatchObject([{ name: "openai", data: { API_KEY: GOOD_KEY } }]);
    expect(world.confluent.statement("audit").phases).toEqual(["PENDING", "RUNNING"]);
    expect(world.confluent.statementNames()).toHaveLength(50);
    expect(world.aws.published()).toEqual([]);
  });

  it("row 59: is restarted once for a key, however often that is put", async () => {
    const world = await start({ policy });
    await rotate(world);
    await rotate(world);
    await world.invoke({ trigger: "schedule" });
    expect(world.confluent.statement(RESTART).phases.filter((phase) => phase === "STOPPED")).toHaveLength(1);
  });

  it("row 59: runs again if the new key is what it failed without", async () => {
    const world = await start({ policy });
    world.confluent.configure("openai", { accepts: [GOOD_KEY] });
    const { statements } = await rotate(world);
    expect(statements).toMatchObject([{ name: RESTART, phase: "RUNNING", action: "restarted" }]);
    expect(world.confluent.statement(RESTART).phases).toEqual([
      "PENDING",
      "RUNNING",
      "FAILED",
      "PENDING",
      "RUNNING",
    ]);
  });

  it.each([
    [
      "cannot be resumed",
      { sql: "SELECT ML_PREDICT('openai', o) FROM orders" },
      "continue where they were stopped",
    ],
    [
      "also uses a connection that this run has not put",
      { sql: `${insert("openai")}, LATERAL TABLE(ML_PREDICT('search', o))` },
      "has not shown that the keys of all its connections work: search.",
    ],
  ])("row 59: is left alone if it %s", async (_, options, message) => {
    const world = await start({ policy, ...options });
    const { outcome, statements } = await rotate(world);
    expect(outcome).toBe("succeeded");
    expect(statements?.[0]).toMatchObject({
      name: RESTART,
      action: "not-restarted",
      message: expect.stringContaining(message),
    });
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is left alone if the new key is refused", async () => {
    const world = await start({ policy });
    world.confluent.configure("openai", { accepts: ["first-key-of-openai", "old-key"] });
    await rotate(world).catch(() => undefined);
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is left alone if there is no time to resume it", async () => {
    const world = await start({ policy });
    const { statements } = await rotate(world, 60_000);
    expect(statements?.[0]).toMatchObject({ name: RESTART, action: "not-restarted" });
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is left alone if no trace of the restart can be left", async () => {
    const world = await start({ policy });
    const fault = { kind: "status", status: 403 } as const;
    world.confluent.fail({ method: "POST", collection: "statements", times: 10, fault });
    const { statements } = await rotate(world);
    expect(statements?.[0]).toMatchObject({ name: RESTART, action: "not-restarted" });
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is only announced by a dry run", async () => {
    const world = await start({ policy });
    const { statements } = await world.invoke({ dryRun: true });
    expect(statements).toMatchObject([
      { name: RESTART, action: "would-restart" },
      { name: "audit", action: "reported" },
    ]);
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
    expect(world.confluent.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

describe("a run that is killed between stop and resume", () => {
  const policy = { restart: [RESTART] };

  it.each([
    ["as soon as it starts", 0],
    ["a day later", 24 * HOUR_MS],
  ])("row 60: leaves a trace by which the next run resumes the statement, %s", async (_, laterMs) => {
    const world = await start({ policy });
    const run = rotate(world, 300_000).catch(() => undefined);
    while (world.confluent.statement(RESTART).phase !== "STOPPING") await world.clock.sleep(500);
    world.confluent.configureEnvironment("env-1", { hang: true });
    await run;
    expect(world.confluent.statement(RESTART).phase).toBe("STOPPED");
    expect(world.confluent.statementNames()).toHaveLength(51);
    world.confluent.configureEnvironment("env-1", { hang: false });
    await world.clock.sleep(laterMs);
    const next = await world.invoke({ trigger: "schedule" });
    expect(next.outcome).toBe("succeeded");
    expect(next.statements).toMatchObject([{ name: RESTART, phase: "RUNNING", action: "resumed" }]);
    expect(world.confluent.statementNames()).toHaveLength(50);
  });
});

describe("a statement that does not come back", () => {
  const policy = { restart: [RESTART] };

  it("row 61: is the one critical alert that names the line to resume it", async () => {
    const world = await start({ policy });
    const fault = { kind: "status", status: 500 } as const;
    world.confluent.fail({ method: "PATCH", collection: "statements", afterTimes: 1, times: 1_000, fault });
    await expect(rotate(world)).rejects.toThrow(`${RESTART} stopped and not running again`);
    const [alert, ...others] = world.aws.published();
    expect(others).toEqual([]);
    expect(alert?.subject).toBe(`[STOPPED 1] prod: statement ${RESTART} does not run again`);
    expect(alert?.attributes).toMatchObject({ severity: { value: "critical" } });
    expect(alert?.message).toContain(RESUME_LINE);
  });

  it("row 61: is alerted too if it fails as soon as it is resumed", async () => {
    const world = await start({ policy });
    world.confluent.configure("openai", {
      accepts: ["first-key-of-openai", "old-key"],
      rejectedPhase: "READY",
    });
    await expect(rotate(world)).rejects.toThrow("stopped and not running again");
    expect(alerts(world)).toContain(RESUME_LINE);
  });
});
