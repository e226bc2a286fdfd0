import { describe, expect, it } from "vitest";
import { NO_EVIDENCE } from "../../src/rotation/outcome.ts";
import { HOUR_MS, NOW } from "../support/builders.ts";
import type { FakeConnectionOptions } from "../support/fake-connection.ts";
import { openRollout, refusing } from "../support/fake-rollout.ts";

const SILENT: FakeConnectionOptions = { world: "silent" };

describe("a canary", () => {
  it("is updated alone, and the others follow when it is ready", async () => {
    const { rotate, confluent, detailsByConnection } = openRollout({
      connections: { a: { timeToReadyMs: 5_000 }, b: {}, c: {} },
    });
    await rotate();
    const [a, b, c] = confluent.requests.filter(({ method }) => method === "PUT");
    expect([a?.name, b?.name, c?.name]).toEqual(["a", "b", "c"]);
    expect((b?.sentAt ?? 0) - (a?.sentAt ?? 0)).toBeGreaterThanOrEqual(5_000);
    expect(c?.sentAt).toBe(b?.sentAt);
    expect([...detailsByConnection.values()].map(({ outcome }) => outcome)).toEqual([
      "ready",
      "ready",
      "ready",
    ]);
  });

  it("keeps a refused key from all other connections of its secret", async () => {
    const { rotate, puts } = openRollout({ connections: { a: refusing("v1"), b: {}, c: {} } });
    const kept = {
      outcome: "not-attempted",
      errorClass: "rejected",
      message: "a went first and was refused this key, so this connection keeps the key it has.",
      secretVersionId: "v1",
      evidence: NO_EVIDENCE,
    };
    expect(await rotate()).toEqual({
      a: expect.objectContaining({ errorClass: "rejected" }),
      b: kept,
      c: kept,
    });
    expect(puts()).toEqual(["a v1"]);
  });

  it("whose PUT is refused keeps the key from all other connections of its secret", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: {}, b: {} },
      confluent: { fault: ({ method }) => (method === "PUT" ? "refused" : undefined) },
    });
    expect(await rotate()).toMatchObject({ a: { errorClass: "rejected" }, b: { outcome: "not-attempted" } });
    expect(puts()).toEqual(["a v1", "a v1"]);
  });

  it.each([
    { why: "its endpoint cannot be reached", behaviour: { unreachable: true }, errorClass: "unreachable" },
    { why: "it takes too long", behaviour: { timeToReadyMs: HOUR_MS }, errorClass: "timeout" },
  ])("hands over to the next connection if $why", async ({ behaviour, errorClass }) => {
    const { rotate, puts } = openRollout({ connections: { a: behaviour, b: refusing("v1"), c: {} } });
    expect(await rotate()).toMatchObject({
      a: { outcome: "failed", errorClass },
      b: { outcome: "failed", errorClass: "rejected" },
      c: { outcome: "not-attempted" },
    });
    expect(puts()).toEqual(["a v1", "b v1"]);
  });

  it("hands over to the next connection if its state cannot be read", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: {}, b: refusing("v1"), c: {} },
      confluent: { fault: ({ method, name }) => (method === "GET" && name === "a" ? "service" : undefined) },
    });
    expect(await rotate()).toMatchObject({
      a: { outcome: "unverified", errorClass: "service" },
      b: { errorClass: "rejected" },
      c: { outcome: "not-attempted" },
    });
    expect(puts()).toEqual(["a v1", "b v1"]);
  });

  it("for a newer version is a connection that may hold an unproven one, so that no third one is put at risk", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: {}, b: { unreachable: true }, c: { unreachable: true } },
      newerAfterMs: [15_000],
      confluent: {
        fault: ({ method, name, sentAt }) =>
          method === "PUT" && name === "a" && sentAt === NOW ? "forbidden" : undefined,
      },
    });
    await rotate();
    expect(puts()).toEqual(["a v1", "b v1", "c v1", "b v2", "c v2"]);
  });

  it("that is READY at once lets no others follow with a version that is replaced in that moment", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { timeToReadyMs: 200 }, b: {} },
      newerAfterMs: [100],
    });
    await rotate();
    expect(puts()).toEqual(["a v1", "a v2", "b v2"]);
  });

  it("lets the others follow if the service reports no phase", async () => {
    const { rotate } = openRollout({ connections: { a: SILENT, b: SILENT } });
    expect(await rotate()).toMatchObject({ a: { outcome: "applied" }, b: { outcome: "applied" } });
  });

  it("may fail, and so may the connection that it hands over to", async () => {
    const { rotate } = openRollout({ connections: { a: { unreachable: true }, b: { unreachable: true } } });
    expect(await rotate()).toMatchObject({
      a: { errorClass: "unreachable" },
      b: { errorClass: "unreachable" },
    });
  });

  it("is not waited for if rollout.canary is false", async () => {
    const { rotate, confluent } = openRollout({
      connections: { a: refusing("v1"), b: {} },
      settings: { canary: false },
    });
    expect(await rotate()).toMatchObject({ a: { errorClass: "rejected" }, b: { outcome: "ready" } });
    const sent = confluent.requests.filter(({ method }) => method === "PUT").map(({ sentAt }) => sentAt);
    expect(sent).toEqual([NOW, NOW]);
  });
});
