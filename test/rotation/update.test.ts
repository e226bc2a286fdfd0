import { describe, expect, it } from "vitest";
import type { PutRequest } from "../../src/rotation/connection.ts";
import type { ConnectionsApi } from "../../src/rotation/dependencies.ts";
import { connection, HOUR_MS, NOW, observation } from "../support/builders.ts";
import { first, openUpdate, type UpdateOptions } from "../support/fake-update.ts";
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

  const bug = new TypeError("a bug");
  const oddConnection = {
    ...A,
    get verify(): never {
      throw bug;
    },
  };

  it.each<[string, UpdateOptions]>([
    ["during the PUT", { api: () => ({ put: () => Promise.reject(bug) }) }],
    ["after the PUT was accepted", { request: { connection: oddConnection } }],
  ])("reports an unexpected error as a bug, and the key may have been sent: %s", async (_, options) => {
    const { result, bugs } = openUpdate(options);
    expect(await result()).toMatchObject({
      details: { outcome: "failed", errorClass: "internal" },
      mayHoldVersion: true,
    });
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
