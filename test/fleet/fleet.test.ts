import { describe, expect, it } from "vitest";
import { startEngine } from "./engine.ts";
import { MISSING, outcomesOf, REFUSED, run } from "./run.ts";

const NEVER = () => new Promise<never>(() => {});

startEngine();

describe("a fleet", () => {
  it("sends the canaries of all secrets first, then the rest, and reports each connection once", async () => {
    const { execution, batches, alerts } = await run();
    expect(batches).toEqual([
      ["prod/a1", "prod/b1"],
      ["prod/a2", "prod/a3"],
      ["prod/b2", "prod/b3"],
    ]);
    expect(execution.report).toMatchObject({ outcome: "succeeded", requests: 6, counts: { ready: 6 } });
    expect(execution.report && outcomesOf(execution.report)).toEqual([
      "a1 ready",
      "a2 ready",
      "a3 ready",
      "b1 ready",
      "b2 ready",
      "b3 ready",
    ]);
    expect(alerts).toEqual([]);
  });

  it("does not attempt the other connections of a secret whose canary is refused, and sends one alert", async () => {
    const { execution, batches, alerts } = await run({ detailsByConnection: { a1: REFUSED } });
    expect(batches).toEqual([
      ["prod/a1", "prod/b1"],
      ["prod/b2", "prod/b3"],
    ]);
    expect(execution).toMatchObject({
      status: "FAILED",
      error: "[FAILED] Flink connections prod: 1 of 6 failed, 2 not attempted (rejected)",
    });
    expect(alerts).toHaveLength(1);
    expect(alerts[0]?.subject).toBe(
      "[DOWN 1] prod/a: new key refused; 2 of 3 connections keep the previous one",
    );
  });

  it("continues with the next batch if a canary fails for a reason other than its key", async () => {
    const detailsByConnection = { a1: MISSING };
    const { batches } = await run({
      detailsByConnection,
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5", "a6"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2", "prod/a3"], ["prod/a4", "prod/a5"], ["prod/a6"]]);
  });

  it("starts all batches in one wave without canaries", async () => {
    const { batches } = await run({ canary: false });
    expect(batches.map((batch) => batch.length)).toEqual([2, 2, 2]);
  });

  it("runs at most FLEET_CONCURRENCY batches at once", async () => {
    const secrets = { "prod/a": ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a8"] };
    expect((await run({ secrets, canary: false, concurrency: 1 })).execution.maxConcurrency).toBe(1);
    expect((await run({ secrets, canary: false, concurrency: 3 })).execution.maxConcurrency).toBe(3);
  });

  it.each([
    ["ends with an error", () => Promise.reject(new Error("out of memory")), "failed internal"],
    ["returns something else", async () => ({ unexpected: true }), "failed internal"],
    ["reports none of its connections", async () => ({ requests: 0, connections: [] }), "failed internal"],
    [
      "reaches the function's timeout",
      () => Promise.reject(new Error("Task timed out after 900.00 seconds")),
      "unverified timeout",
    ],
    ["never answers", NEVER, "unverified timeout"],
  ])("reports the connections of a batch that %s and sends one alert", async (_, response, expected) => {
    const { execution, batches, alerts } = await run(
      { responses: { a2: response }, timeoutSeconds: response === NEVER ? 1 : 60 },
      { connections: ["a1", "a2", "a3", "b1"] },
    );
    expect(batches).toEqual([
      ["prod/a1", "prod/b1"],
      ["prod/a2", "prod/a3"],
    ]);
    expect(execution.report && outcomesOf(execution.report)).toEqual([
      "a1 ready",
      `a2 ${expected}`,
      `a3 ${expected}`,
      "b1 ready",
    ]);
    expect(alerts).toHaveLength(1);
  });

  it("does not treat a canary batch without a response as accepted", async () => {
    const { batches } = await run({
      timeoutSeconds: 1,
      responses: { a1: NEVER },
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2"], ["prod/a3", "prod/a4"], ["prod/a5"]]);
  });

  it("sends a key to no other connection if the canary was last INVALID_AUTH, even if that was not confirmed", async () => {
    const unsettled = { outcome: "unverified", errorClass: "timeout", phase: "INVALID_AUTH" } as const;
    const { batches, execution } = await run({
      detailsByConnection: { a1: unsettled },
      secrets: { "prod/a": ["a1", "a2"] },
    });
    expect(batches).toEqual([["prod/a1"]]);
    expect(execution.error).toContain("1 of 2 not attempted, 1 unverified (timeout)");
  });

  it("sends a key to at most two connections until one of them has accepted it", async () => {
    const unreachable = { outcome: "failed", errorClass: "unreachable" } as const;
    const { execution, batches, alerts } = await run({
      detailsByConnection: { a1: unreachable, a2: MISSING, a3: unreachable },
      secrets: { "prod/a": ["a1", "a2", "a3", "a4", "a5"] },
    });
    expect(batches).toEqual([["prod/a1"], ["prod/a2"], ["prod/a3"]]);
    expect(execution.error).toContain("3 of 5 failed, 2 not attempted");
    expect(alerts[0]?.text).toContain("a1 and a3 went first, and it is not known whether this key works");
  });
});

describe("a fleet's secret that holds several keys", () => {
  const secrets = { "prod/a": ["a1", "a2", "a3", "a4", "a5", "a6"] };
  const fields = { a1: "ONE", a2: "ONE", a3: "ONE", a4: "TWO", a5: "TWO", a6: "TWO" };

  it("has a canary for each of them, so that a refused key reaches one connection", async () => {
    const { batches, execution } = await run({ secrets, fields, detailsByConnection: { a4: REFUSED } });
    expect(batches).toEqual([
      ["prod/a1", "prod/a4"],
      ["prod/a2", "prod/a3"],
    ]);
    expect(execution.error).toContain("1 of 6 failed, 2 not attempted (rejected)");
  });
});

describe("a fleet's secret that is listed under two names", () => {
  const secrets = {
    "prod/a": ["a1"],
    "arn:aws:secretsmanager:us-east-2:123456789012:secret:prod/a-AbCdEf": ["a2", "a3"],
  };

  it("has one canary, so that a refused key reaches one connection", async () => {
    const { batches, execution } = await run({ secrets, detailsByConnection: { a1: REFUSED } });
    expect(batches).toEqual([["prod/a1"]]);
    expect(execution.error).toContain("1 of 3 failed, 2 not attempted (rejected)");
  });

  it("counts as two secrets if the ARN is of another account", async () => {
    const elsewhere = {
      "prod/a": ["a1"],
      [Object.keys(secrets)[1]?.replace("123456789012", "444455556666") ?? ""]: ["a2"],
    };
    const { batches } = await run({ secrets: elsewhere, detailsByConnection: { a1: REFUSED } });
    expect(batches).toEqual([["prod/a1", "prod/a2"]]);
  });
});
