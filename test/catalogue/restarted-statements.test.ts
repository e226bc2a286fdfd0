import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  alerts,
  HOUR_MS,
  insert,
  RESTART,
  RESUME_LINE,
  rotate,
  startStatements,
} from "../support/statement-world.ts";
import { GOOD_KEY } from "../support/verdicts.ts";

describe("a statement listed for restart", () => {
  const policy = { report: true, restart: [RESTART] };

  it("row 59: is stopped and resumed and runs with the new key, while others are not touched", async () => {
    const world = await startStatements({ policy });
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

  it("row 59: is restarted once per key, even if the key is sent again", async () => {
    const world = await startStatements({ policy });
    await rotate(world);
    await rotate(world);
    await world.invoke({ trigger: "schedule" });
    expect(world.confluent.statement(RESTART).phases.filter((phase) => phase === "STOPPED")).toHaveLength(1);
  });

  it("row 59: is resumed if it failed because of the previous key", async () => {
    const world = await startStatements({ policy });
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
      "also uses a connection that this run does not update",
      { sql: `${insert("openai")}, LATERAL TABLE(ML_PREDICT('search', o))` },
      "has not shown that the keys of all its connections work: search.",
    ],
  ])("row 59: is not restarted if it %s", async (_, options, message) => {
    const world = await startStatements({ policy, ...options });
    const { outcome, statements } = await rotate(world);
    expect(outcome).toBe("succeeded");
    expect(statements?.[0]).toMatchObject({
      name: RESTART,
      action: "not-restarted",
      message: expect.stringContaining(message),
    });
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is not restarted if the new key is refused", async () => {
    const world = await startStatements({ policy });
    world.confluent.configure("openai", { accepts: ["first-key-of-openai", "old-key"] });
    await rotate(world).catch(() => undefined);
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is not restarted if there is no time to resume it", async () => {
    const world = await startStatements({ policy });
    const { statements } = await rotate(world, 60_000);
    expect(statements?.[0]).toMatchObject({ name: RESTART, action: "not-restarted" });
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is not restarted if the restart cannot be recorded", async () => {
    const world = await startStatements({ policy });
    const fault = { kind: "status", status: 403 } as const;
    world.confluent.fail({ method: "POST", collection: "statements", times: 10, fault });
    const { statements } = await rotate(world);
    expect(statements?.[0]).toMatchObject({ name: RESTART, action: "not-restarted" });
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("row 59: is only named by a dry run", async () => {
    const world = await startStatements({ policy });
    const { statements } = await world.invoke({ dryRun: true });
    expect(statements).toMatchObject([
      { name: RESTART, action: "would-restart" },
      { name: "audit", action: "reported" },
    ]);
    expect(world.confluent.statement(RESTART).phases).toEqual(["PENDING", "RUNNING"]);
    expect(world.confluent.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  });
});

describe("a run killed between stopping and resuming a statement", () => {
  const policy = { restart: [RESTART] };

  it.each([
    ["as soon as it starts", 0],
    ["a day later", 24 * HOUR_MS],
  ])("row 60: leaves a record by which the next run resumes it, %s", async (_, laterMs) => {
    const world = await startStatements({ policy });
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

describe("a stopped statement of an environment that no longer restarts any", () => {
  it("row 61: causes an alert with the command that resumes it, after a run was killed", async () => {
    const world = await startStatements({ policy: { restart: [RESTART] } });
    const run = rotate(world, 300_000).catch(() => undefined);
    while (world.confluent.statement(RESTART).phase !== "STOPPING") await world.clock.sleep(500);
    world.confluent.configureEnvironment("env-1", { hang: true });
    await run;
    world.confluent.configureEnvironment("env-1", { hang: false });
    const config = JSON.parse(readFileSync(world.configFile, "utf8"));
    delete config.environments.prod.statements;
    config.verification = { statements: { smoke: { sql: "SELECT ML_PREDICT('search', 'ping')" } } };
    config.connections[1].verify = "smoke";
    writeFileSync(world.configFile, JSON.stringify(config));
    const fault = { kind: "status", status: 500 } as const;
    world.confluent.fail({ method: "PATCH", collection: "statements", times: 1_000, fault });
    await expect(world.invoke({ trigger: "schedule" })).rejects.toThrow("stopped and not running again");
    expect(alerts(world)).toContain(RESUME_LINE);
  });
});

describe("a stopped statement that does not run again", () => {
  const policy = { restart: [RESTART] };

  it("row 61: causes one critical alert with the command that resumes it", async () => {
    const world = await startStatements({ policy });
    const fault = { kind: "status", status: 500 } as const;
    world.confluent.fail({ method: "PATCH", collection: "statements", afterTimes: 1, times: 1_000, fault });
    await expect(rotate(world)).rejects.toThrow(`${RESTART} stopped and not running again`);
    const [alert, ...others] = world.aws.published();
    expect(others).toEqual([]);
    expect(alert?.subject).toBe(`[STOPPED 1] prod: statement ${RESTART} does not run again`);
    expect(alert?.attributes).toMatchObject({ severity: { value: "critical" } });
    expect(alert?.message).toContain(RESUME_LINE);
  });

  it("row 61: causes an alert, too, if it fails right after it is resumed", async () => {
    const world = await startStatements({ policy });
    world.confluent.configure("openai", {
      accepts: ["first-key-of-openai", "old-key"],
      rejectedPhase: "READY",
    });
    await expect(rotate(world)).rejects.toThrow("stopped and not running again");
    expect(alerts(world)).toContain(RESUME_LINE);
  });
});
