import { describe, expect, it } from "vitest";
import type { PutRequest } from "../../src/rotation/connection.ts";
import type { ConnectionsApi } from "../../src/rotation/dependencies.ts";
import { SupersededError } from "../../src/rotation/errors.ts";
import type { AuthData, Settings } from "../../src/sandbox/confluent/settings.ts";
import { connection, HOUR_MS, NOW, observation } from "../support/builders.ts";
import { first, openUpdate } from "../support/fake-update.ts";
import { shown } from "../support/untrusted.ts";

const A = connection({ name: "a" });

describe("the update of a connection", () => {
  it("reads the connection, puts the key, polls and returns the outcome", async () => {
    const { update, held, methods, clock } = openUpdate({ behaviour: { timeToReadyMs: 2_000 } });
    expect(shown(await update())).toEqual({
      outcome: "ready",
      phase: "READY",
      httpStatus: 200,
      requestId: "request-put",
      secretVersionId: "version-1",
      durationMs: clock.now() - NOW,
      evidence: { provider: "not-asked", phase: "ready", statement: "not-run" },
    });
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(2_000);
    expect(held.data).toEqual({ API_KEY: "new" });
    expect(methods().slice(0, 2)).toEqual(["GET", "PUT"]);
  });

  it("does not read a connection that was read just now", async () => {
    const { update, methods } = openUpdate({
      request: { before: observation({ name: "a", resourceVersion: "a1v" }) },
    });
    await update();
    expect(methods()[0]).toBe("PUT");
  });

  it("reports its steps as progress", async () => {
    const { update, progress } = openUpdate({ behaviour: { timeToReadyMs: 500 } });
    await update();
    expect(progress).toEqual([
      { step: "put", connection: A },
      { step: "seen", connection: A, phase: "PENDING" },
      { step: "seen", connection: A, phase: "READY" },
    ]);
  });

  it("sends type and endpoint as they were read, with the resource version if there is one", async () => {
    const sent: PutRequest[] = [];
    const api = ({ put }: ConnectionsApi) => ({
      put: (request: PutRequest) => {
        sent.push(request);
        return put(request);
      },
    });
    const behaviour = { type: "openai", endpoint: "https://x.example.com" };
    await openUpdate({ behaviour, api }).update();
    const { resourceVersion: _, ...before } = observation({ name: "a" });
    await openUpdate({ behaviour, api, request: { before } }).update();
    expect(sent).toMatchObject([
      { name: "a", connectionType: "openai", endpoint: "https://x.example.com", resourceVersion: "a1v" },
      { name: "a", connectionType: "OPENAI", endpoint: before.endpoint },
    ]);
    expect(sent[1]).not.toHaveProperty("resourceVersion");
  });

  it("puts nothing into a connection that is not the configured one", async () => {
    const { update, methods } = openUpdate({ behaviour: { type: "BEDROCK" } });
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "guard" });
    expect(methods()).toEqual(["GET"]);
  });

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

  it("reads AWSCURRENT anew after each read of the connection that a PUT follows", async () => {
    const checks: unknown[] = [];
    const { update, methods } = openUpdate({
      fault: first("PUT", "dropped"),
      request: {
        assertCurrent: async (maxAgeMs) => {
          checks.push([methods().join(" "), maxAgeMs]);
        },
      },
    });
    await update();
    expect(checks).toEqual([
      ["GET", 0],
      ["GET PUT GET", 0],
    ]);
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

  it("does not poll after a PUT that was refused", async () => {
    const { update, methods } = openUpdate({ fault: first("PUT", "refused", "refused") });
    expect(await update()).toMatchObject({ errorClass: "rejected" });
    expect(methods()).toEqual(["GET", "PUT", "GET", "PUT"]);
  });

  it("is unverified if the rotator's API key is refused during polling", async () => {
    const { update } = openUpdate({
      behaviour: { timeToReadyMs: 5_000 },
      fault: ({ sentAt }) => (sentAt > NOW + 1_000 ? "unauthorized" : undefined),
    });
    expect(await update()).toMatchObject({
      outcome: "unverified",
      errorClass: "unauthorized",
      message: "The key was sent, but not verified: Confluent refused the API key (401).",
      httpStatus: 200,
      secretVersionId: "version-1",
    });
  });

  it("reports an unexpected error as a bug", async () => {
    const bug = new TypeError("a bug");
    const { update, bugs } = openUpdate({ api: () => ({ put: () => Promise.reject(bug) }) });
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "internal" });
    expect(bugs).toEqual([bug]);
  });

  it("times out if the connection is not READY within readyTimeoutSeconds", async () => {
    const { update, clock } = openUpdate({ behaviour: { timeToReadyMs: HOUR_MS } });
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "timeout", phase: "PENDING" });
    expect(clock.now() - NOW).toBe(60_000);
  });

  it("times out at the deadline if that comes first", async () => {
    const { update, clock } = openUpdate({
      behaviour: { timeToReadyMs: HOUR_MS },
      world: { remainingMs: 7_000 },
    });
    expect(await update()).toMatchObject({ errorClass: "timeout" });
    expect(clock.now() - NOW).toBe(7_000);
  });
});

describe("a key that is refused", () => {
  const refusing = (validAtMs: number, judged: Settings["judged"] = "always") => ({
    accepts: (_data: AuthData, at: number) => at >= NOW + validAtMs,
    judged,
  });

  it("is rejected at once if it is old", async () => {
    const { update, held, clock } = openUpdate({ behaviour: refusing(HOUR_MS) });
    expect(await update()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
    });
    expect(clock.now() - NOW).toBeLessThan(1_000);
    expect(held.puts).toHaveLength(1);
  });

  it.each([
    { ageMs: 599_000, puts: 2 },
    { ageMs: 600_000, puts: 1 },
  ])("counts as young for ten minutes (age $ageMs ms: $puts PUTs)", async ({ ageMs, puts }) => {
    const { update, held } = openUpdate({
      behaviour: refusing(HOUR_MS),
      version: { createdAt: NOW - ageMs },
    });
    expect(await update()).toMatchObject({ errorClass: "rejected" });
    expect(held.puts).toHaveLength(puts);
  });

  it("is polled further if it is young, and needs no second PUT if it soon becomes valid", async () => {
    const { update, held } = openUpdate({ behaviour: refusing(30_000), version: { createdAt: NOW } });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(held.puts).toHaveLength(1);
  });

  it("is put once more halfway through the grace period", async () => {
    const { update, held } = openUpdate({
      behaviour: refusing(50_000, "on-put"),
      version: { createdAt: NOW },
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(held.puts.map(({ at }) => at - NOW)).toEqual([0, expect.closeTo(60_000, -4)]);
  });

  it("is rejected when the grace period is over", async () => {
    const { update, held, clock } = openUpdate({ behaviour: refusing(HOUR_MS), version: { createdAt: NOW } });
    expect(await update()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
    });
    expect(held.puts).toHaveLength(2);
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(120_000);
    expect(clock.now() - NOW).toBeLessThan(135_000);
  });

  it("has no grace period if graceSeconds is 0", async () => {
    const { update, clock } = openUpdate({
      behaviour: refusing(HOUR_MS),
      version: { createdAt: NOW },
      settings: { graceMs: 0 },
    });
    expect(await update()).toMatchObject({ errorClass: "rejected" });
    expect(clock.now() - NOW).toBeLessThan(1_000);
  });
});
