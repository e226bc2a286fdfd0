import { describe, expect, it } from "vitest";
import { SupersededError } from "../../src/rotation/errors.ts";
import { connection, NOW, observation } from "../support/builders.ts";
import { first, openUpdate } from "../support/fake-update.ts";
import { shown } from "../support/untrusted.ts";

const A = connection({ name: "a" });

describe("the update of a connection", () => {
  it("reads and puts again after a conflict with another client", async () => {
    const { update, held, methods } = openUpdate({
      request: { before: observation({ name: "a", resourceVersion: "stale" }) },
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(methods().slice(0, 3)).toEqual(["PUT", "GET", "PUT"]);
    expect(held.puts).toHaveLength(1);
  });

  it("compares the connection with its configuration again after a conflict", async () => {
    const before = observation({ name: "a", resourceVersion: "stale" });
    const { update, held } = openUpdate({
      behaviour: { endpoint: "https://moved.example.com" },
      request: { before, connection: connection({ name: "a", endpoint: before.endpoint }) },
    });
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "guard" });
    expect(held.puts).toEqual([]);
  });

  it("sends no metadata after three conflicts, and none to that environment from then on", async () => {
    const { update, confluent, clock, session, notes } = openUpdate({
      api: ({ get }) => ({
        get: async (name) => {
          const state = await get(name);
          confluent.connection(name).touch(clock.now());
          return state;
        },
      }),
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toHaveLength(4);
    expect(session.sendsMetadata).toBe(false);
    expect(notes).toEqual([[expect.stringContaining("only without metadata"), { environment: "prod" }]]);
  });

  it.each([
    { why: "a conflict", fault: first("PUT", undefined) },
    { why: "an unknown result", fault: first("PUT", "dropped") },
  ])("does not repeat the PUT of a superseded version after $why", async ({ fault }) => {
    const before = observation({ name: "a", resourceVersion: "stale" });
    const { update, held } = openUpdate({
      fault,
      request: { before, assertCurrent: () => Promise.reject(new SupersededError()) },
    });
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "superseded" });
    expect(held.puts).toEqual([]);
  });

  it("does not repeat a PUT that was applied although its response was lost", async () => {
    const { update, held } = openUpdate({ fault: first("PUT", "lost"), behaviour: { timeToReadyMs: 3_000 } });
    expect(shown(await update())).toMatchObject({
      outcome: "ready",
      httpStatus: 200,
      requestId: "request-read",
    });
    expect(held.puts).toHaveLength(1);
  });

  it("reads an outdated state again before it puts", async () => {
    let gets = 0;
    const { update, session, held, methods, clock } = openUpdate({
      api: ({ get }) => ({
        get: async (name) => {
          gets += 1;
          const state = await get(name);
          return state && gets === 1 ? { ...state, resourceVersion: "older", updatedAt: 1 } : state;
        },
      }),
    });
    session.history(A).add(held.read(clock.now()));
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(methods().slice(0, 3)).toEqual(["GET", "GET", "PUT"]);
  });

  it("does not mistake the change by an earlier PUT for that of a lost one", async () => {
    const { update, session, held } = openUpdate({ fault: first("PUT", "lost") });
    session.recordPut(A, 0);
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(held.puts).toHaveLength(2);
  });

  it("repeats a PUT that was not applied", async () => {
    const { update, held, methods } = openUpdate({ fault: first("PUT", "dropped", "dropped") });
    expect(shown(await update())).toMatchObject({ outcome: "ready", requestId: "request-put" });
    expect(held.puts).toHaveLength(1);
    expect(methods().slice(0, 6)).toEqual(["GET", "PUT", "GET", "PUT", "GET", "PUT"]);
  });

  it("waits longer before each repetition of a PUT, and gives up after half a minute", async () => {
    const { result, confluent, clock } = openUpdate({
      fault: ({ method }) => (method === "PUT" ? "dropped" : undefined),
    });
    expect(await result()).toMatchObject({
      details: { outcome: "failed", errorClass: "unreachable" },
      mayHoldVersion: true,
    });
    const puts = confluent.requests
      .filter(({ method }) => method === "PUT")
      .map(({ sentAt }) => sentAt - NOW);
    const pauses = puts.slice(1).map((at, index) => at - (puts[index] ?? 0));
    expect(pauses.slice(0, 6)).toEqual([187.5, 375, 750, 1_500, 3_000, 3_750]);
    expect(pauses.at(-1)).toBe(3_750);
    expect(clock.now() - NOW).toBeGreaterThan(20_000);
    expect(clock.now() - NOW).toBeLessThanOrEqual(30_000);
  });

  it("does not wait beyond the deadline", async () => {
    const { result, clock } = openUpdate({
      fault: ({ method }) => (method === "PUT" ? "dropped" : undefined),
      world: { remainingMs: 1_000 },
    });
    expect(await result()).toMatchObject({
      details: { outcome: "failed", errorClass: "unreachable" },
      mayHoldVersion: true,
    });
    expect(clock.now() - NOW).toBeLessThan(1_000);
  });

  it("ends with the error of the PUT if the connection cannot be read after it", async () => {
    const { result } = openUpdate({
      fault: ({ method, sentAt }) => (method === "PUT" ? "dropped" : sentAt > NOW ? "service" : undefined),
    });
    expect(await result()).toMatchObject({
      details: { outcome: "failed", errorClass: "unreachable" },
      mayHoldVersion: true,
    });
  });
});
