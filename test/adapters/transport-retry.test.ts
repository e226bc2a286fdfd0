import { describe, expect, it } from "vitest";
import { failureOf, startBench } from "./client.ts";
import { inTurn } from "./replies-in-turn.ts";

describe("a GET", () => {
  it.each([408, 425, 500, 502, 503, 504, 520])("that is answered with %i is retried", async (status) => {
    const { api, sentAt } = await inTurn([{ status }, { status }]);
    await expect(api.get("a")).resolves.toMatchObject({ name: "a" });
    expect(sentAt()).toEqual([0, 187.5, 562.5]);
  });

  it.each([302, 400, 401, 403])("that is answered with %i is not retried", async (status) => {
    const { api, sentAt } = await inTurn([{ status }]);
    await failureOf(api.get("a"));
    expect(sentAt()).toHaveLength(1);
  });

  it("whose connection breaks is retried", async () => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ fault: { kind: "reset" } });
    await expect(api.get("a")).resolves.toMatchObject({ name: "a" });
    expect(sandbox.requests).toHaveLength(2);
  });

  it("fails after the retry budget if the connection keeps breaking", async () => {
    const { api, sandbox, clock } = await startBench({}, { budgetMs: 5_000 });
    const startedAt = clock.now();
    sandbox.fail({ times: 100, fault: { kind: "reset" } });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "NetworkError", errorClass: "unreachable" });
    expect(clock.now() - startedAt).toBeGreaterThan(2_000);
    expect(clock.now() - startedAt).toBeLessThan(5_000);
  });

  it("fails after the retry budget if the service keeps failing", async () => {
    const { api, sandbox, clock } = await startBench({}, { budgetMs: 5_000 });
    const startedAt = clock.now();
    sandbox.fail({ times: 100, fault: { kind: "status", status: 503 } });
    expect(await failureOf(api.get("a"))).toMatchObject({
      errorClass: "service",
      response: { httpStatus: 503 },
    });
    expect(clock.now() - startedAt).toBeLessThan(5_000);
  });

  it("is not retried after a permanent error", async () => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ times: 100, fault: { kind: "huge" } });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "NetworkError", errorClass: "service" });
    expect(sandbox.requests).toHaveLength(1);
  });

  it("is not retried beyond the deadline", async () => {
    const { api, sandbox, clock } = await startBench({}, { remainingMs: 3_000 });
    const deadlineAt = clock.now() + 3_000;
    sandbox.fail({ times: 100, fault: { kind: "reset" } });
    await failureOf(api.get("a"));
    expect(clock.now()).toBeLessThan(deadlineAt);
  });

  it("is not sent after the deadline", async () => {
    const { api, sandbox } = await startBench({}, { remainingMs: 0 });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "OutOfTimeError", errorClass: "timeout" });
    expect(sandbox.requests).toEqual([]);
  });

  it("times out at the deadline", async () => {
    const { api, sandbox } = await startBench({}, { remainingMs: 100 });
    sandbox.fail({ fault: { kind: "hang" } });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "NetworkError", errorClass: "timeout" });
  });
});
