import { describe, expect, it } from "vitest";
import { connectionsOf, GOOD_KEY, judge, startVerdicts } from "../support/verdicts.ts";
import { SILENT, SQL, startVerification } from "../support/verification-world.ts";

describe("the verification statement of a killed run", () => {
  it("row 57: is found by its name and deleted by a later run", async () => {
    const world = await startVerification({ statements: { pendingMs: 1e9 } });
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

  it("row 57: is not deleted as long as its run may still be running", async () => {
    const world = await startVerification({ statements: { pendingMs: 30_000 } });
    const run = judge(world, GOOD_KEY);
    while (world.confluent.statementNames().length === 0) await world.clock.sleep(500);
    const [other] = await Promise.all([judge(world, GOOD_KEY), run]);
    expect(other).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(await run).toMatchObject({ counts: { ready: 1, applied: 3 } });
    expect(world.confluent.statementNames()).toEqual([]);
  });
});

describe("connections that each name a verification statement", () => {
  it("row 56: run five statements at a time to leave room in a small compute pool", async () => {
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
