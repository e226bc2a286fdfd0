import { describe, expect, it } from "vitest";
import { RotationError, SecretError } from "../../src/rotation/errors.ts";
import { NO_EVIDENCE } from "../../src/rotation/outcome.ts";
import type { ReadResult } from "../../src/rotation/polling/reader.ts";
import { currentVersion } from "../../src/rotation/versions.ts";
import { HOUR_MS, NOW, observation } from "../support/builders.ts";
import type { FakeConnectionOptions } from "../support/fake-connection.ts";
import { openRollout, refusing } from "../support/fake-rollout.ts";

const LABEL = "FLINK_READY";

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

describe("a superseded version", () => {
  it("is replaced by the newer one in every connection", async () => {
    const { rotate, puts, notes } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 }, b: {} },
      newerAfterMs: [3_000],
      settings: { canary: false },
      confluent: { latencyMs: () => 600 },
    });
    expect(await rotate()).toMatchObject({ a: { secretVersionId: "v2" }, b: { secretVersionId: "v2" } });
    expect(puts()).toEqual(["a v1", "b v1", "a v2", "b v2"]);
    expect(notes).toEqual([["A newer version appeared during the run.", { secret: "openai" }]]);
  });

  it("is put into no connection after the canary", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 }, b: {} },
      newerAfterMs: [1_000],
    });
    expect(await rotate()).toMatchObject({ a: { secretVersionId: "v2" }, b: { secretVersionId: "v2" } });
    expect(puts()).toEqual(["a v1", "a v2", "b v2"]);
  });

  it("is replaced by a newer one three times in a run at most", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 } },
      newerAfterMs: [1_000, 3_500, 6_000, 8_000, 20_000],
    });
    expect(await rotate()).toEqual({
      a: expect.objectContaining({
        outcome: "failed",
        errorClass: "superseded",
        secretVersionId: "v4",
        message: "Newer versions of the secret kept appearing; this run stopped after 3 of them.",
      }),
    });
    expect(puts()).toEqual(["a v1", "a v2", "a v3", "a v4"]);
  });

  it("gives every connection an outcome if newer ones keep appearing", async () => {
    const { rotate } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 }, b: {} },
      newerAfterMs: [1_000, 3_500, 6_000, 8_000],
    });
    expect(await rotate()).toMatchObject({
      a: { errorClass: "superseded" },
      b: { errorClass: "superseded" },
    });
  });

  it("does not change the error of a connection that failed for another reason", async () => {
    const { rotate } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 }, b: { unreachable: true } },
      newerAfterMs: [1_000, 15_000, 25_000, 35_000],
      settings: { canary: false },
    });
    expect(await rotate()).toMatchObject({
      a: { errorClass: "superseded" },
      b: { errorClass: "unreachable" },
    });
  });

  it("is not reported as ready while the newer one is put", async () => {
    const { rotate, detailsByConnection, clock } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 } },
      newerAfterMs: [1_000],
    });
    const rotated = rotate();
    await clock.sleep(3_000);
    expect(detailsByConnection).toEqual(new Map());
    await rotated;
    expect(detailsByConnection.get("a")).toMatchObject({ outcome: "ready" });
  });

  it('is replaced by the newer one in every connection if the service is silent and "ready" is required', async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { world: "silent" }, b: { world: "silent" }, c: { world: "silent" } },
      newerAfterMs: [1_000],
      settings: { require: "ready" },
    });
    await rotate();
    expect(puts().filter((put) => put.endsWith("v2"))).toEqual(["a v2", "b v2", "c v2"]);
  });

  it("is not put if a newer one has appeared before the first PUT", async () => {
    const { rotate, puts, context, secrets, clock } = openRollout({
      connections: { a: {} },
      newerAfterMs: [100],
    });
    const first = await currentVersion({ ...context, secrets }, "openai");
    await clock.sleep(200);
    await rotate(first);
    expect(puts()).toEqual(["a v2"]);
  });
});

describe("the current version of a secret", () => {
  it("is not replaced by an older one that a later read shows", async () => {
    let readings = 0;
    const { rotate, puts } = openRollout({
      connections: { a: {} },
      secrets: { staleMs: () => (readings++ === 0 ? 0 : 1.5 * HOUR_MS) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready", secretVersionId: "v1" } });
    expect(puts()).toEqual(["a v1"]);
  });

  it("stays in place if AWSCURRENT cannot be read after the PUT", async () => {
    let readings = 0;
    const { rotate, notes } = openRollout({
      connections: { a: {} },
      secrets: { fault: () => (readings++ === 0 ? undefined : new SecretError("Denied.")) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready" } });
    expect(notes.slice(0, 1)).toEqual([
      ["AWSCURRENT could not be read to look for a newer version.", { secret: "openai", reason: "Denied." }],
    ]);
  });

  it("is not read when the time is up", async () => {
    const { rotate, notes, secrets } = openRollout({
      connections: { a: { timeToReadyMs: HOUR_MS } },
      remainingMs: 5_000,
    });
    await rotate();
    expect(secrets.reads).toHaveLength(2);
    expect(notes).toEqual([]);
  });
});

describe("a rollback", () => {
  const settings = { onRejected: "rollback", canary: false } as const;

  it("puts the previous version into the connection whose new key was refused, and into no other", async () => {
    const { rotate, puts } = openRollout({ connections: { a: refusing("v1"), b: {} }, settings });
    expect(await rotate()).toMatchObject({
      a: { outcome: "rolled-back", secretVersionId: "v0", phase: "READY" },
      b: { outcome: "ready", secretVersionId: "v1" },
    });
    expect(puts()).toEqual(["a v1", "b v1", "a v0"]);
  });

  it("happens only if onRejected is rollback", async () => {
    const { rotate, puts } = openRollout({ connections: { a: refusing("v1") } });
    expect(await rotate()).toMatchObject({ a: { outcome: "failed" } });
    expect(puts()).toEqual(["a v1"]);
  });

  it.each([
    ["unreachable", { unreachable: true }],
    ["not READY in time", { timeToReadyMs: HOUR_MS }],
  ])("does not happen if the connection is %s", async (_, behaviour) => {
    const { rotate, puts } = openRollout({ connections: { a: behaviour }, settings });
    await rotate();
    expect(puts()).toEqual(["a v1"]);
  });

  it("does not happen if the PUT itself was refused", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: {} },
      settings,
      confluent: { fault: ({ method }) => (method === "PUT" ? "refused" : undefined) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "failed", errorClass: "rejected" } });
    expect(puts()).toEqual(["a v1", "a v1"]);
  });

  it("that fails is reported in the message of the outcome", async () => {
    let reads = 0;
    const { rotate } = openRollout({
      connections: { a: refusing("v1") },
      settings,
      secrets: { fault: () => (reads++ < 2 ? undefined : new SecretError("Denied.")) },
    });
    expect(await rotate()).toMatchObject({
      a: {
        outcome: "failed",
        errorClass: "rejected",
        secretVersionId: "v1",
        message:
          "Confluent refused the key. The previous key could not be put back, so it still holds the refused one: Denied.",
      },
    });
  });

  it("is followed by a PUT of a newer version if one appears during it", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { ...refusing("v1"), timeToReadyMs: 2_000 } },
      newerAfterMs: [3_000],
      settings,
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready", secretVersionId: "v2" } });
    expect(puts()).toEqual(["a v1", "a v0", "a v2"]);
  });
});

describe("the propagation label", () => {
  const settings = { propagationLabel: LABEL };

  it("is moved to the version that every connection is proven to use", async () => {
    const { rotate, secrets } = openRollout({ connections: { a: {}, b: {} }, settings });
    secrets.label("openai", LABEL, "v0");
    await rotate();
    expect(secrets.moves).toEqual([{ secretId: "openai", label: LABEL, to: "v1" }]);
  });

  it("is attached to the current version if no version has it yet", async () => {
    const { rotate, secrets } = openRollout({ connections: { a: {} }, settings });
    await rotate();
    expect(secrets.moves).toEqual([{ secretId: "openai", label: LABEL, to: "v1" }]);
  });

  it("is moved to the newer version if one appears during the run", async () => {
    const { rotate, secrets } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 } },
      newerAfterMs: [1_000],
      settings,
    });
    await rotate();
    expect(secrets.moves).toEqual([{ secretId: "openai", label: LABEL, to: "v2" }]);
  });

  it.each([
    { why: "none is configured", options: { settings: {} } },
    { why: "other connections of the secret were not part of the run", options: { complete: false } },
    { why: "a connection failed", options: { connections: { a: {}, b: { unreachable: true } } } },
    { why: "a connection is unverified", options: { connections: { a: {}, b: SILENT } } },
    { why: "it was a dry run", options: { context: { trigger: { kind: "direct", dryRun: true } as const } } },
  ])("is not moved if $why", async ({ options }) => {
    const { rotate, secrets } = openRollout({ connections: { a: {} }, settings, ...options });
    await rotate();
    expect(secrets.moves).toEqual([]);
  });

  it("is not moved if the version has it already", async () => {
    const { rotate, secrets } = openRollout({ connections: { a: {} }, settings });
    secrets.label("openai", LABEL, "v1");
    await rotate();
    expect(secrets.moves).toEqual([]);
  });

  it("is not moved if every connection is skipped", async () => {
    const { rotate, secrets } = openRollout({
      connections: { a: {} },
      settings: { ...settings, refresh: "when-stale" },
    });
    secrets.label("openai", LABEL, "v1");
    expect(await rotate()).toMatchObject({ a: { outcome: "skipped" } });
    expect(secrets.moves).toEqual([]);
  });

  it("that cannot be moved is a remark and does not change the outcome", async () => {
    let calls = 0;
    const { rotate } = openRollout({
      connections: { a: { detail: "as it was" } },
      settings,
      secrets: { fault: () => (calls++ < 2 ? undefined : new SecretError("Denied.")) },
    });
    expect(await rotate()).toMatchObject({
      a: {
        outcome: "ready",
        secretVersionId: "v1",
        detail: "The key is in use, but the label FLINK_READY could not be moved to its version: Denied.",
      },
    });
  });
});

describe("the last read of a connection", () => {
  it.each([
    ["no further read confirms that", "service", {}],
    ["the rotator's API key is refused after that", "unauthorized", { errorClass: "unauthorized" }],
  ] as const)("overrules READY if it sees a refusal, even if %s", async (_name, fault, facts) => {
    let reads = 0;
    const { rotate, secrets, detailsByConnection } = openRollout({
      connections: {
        a: { world: "controller", verdictAfterMs: 11_000, ...refusing("v1") },
        b: { timeToReadyMs: 15_000 },
      },
      settings: { canary: false, propagationLabel: LABEL },
      confluent: {
        fault: () => {
          if (detailsByConnection.has("b")) reads += 1;
          return reads > 1 ? fault : undefined;
        },
      },
    });
    expect(await rotate()).toMatchObject({
      a: { outcome: "unverified", ...facts },
      b: { outcome: "ready" },
    });
    expect(secrets.moves).toEqual([]);
  });

  it("does not change READY if it fails", async () => {
    const { rotate, detailsByConnection } = openRollout({
      connections: { a: { world: "credulous" }, b: { timeToReadyMs: 15_000 } },
      settings: { canary: false },
      confluent: { fault: () => (detailsByConnection.has("b") ? "service" : undefined) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready" }, b: { outcome: "ready" } });
  });
});

describe("a connection whose first read failed", () => {
  it("gets that error as its outcome, and the others are updated", async () => {
    const error = new RotationError("service", "Confluent answered 500.", { httpStatus: 500 });
    const initialStates = new Map<string, ReadResult>([
      ["a", error],
      ["b", observation({ name: "b", resourceVersion: "a1v" })],
    ]);
    const { rotate } = openRollout({ connections: { a: {}, b: {} }, initialStates });
    expect(await rotate()).toMatchObject({
      a: {
        outcome: "failed",
        errorClass: "service",
        message: "Confluent answered 500.",
        httpStatus: 500,
        secretVersionId: "v1",
      },
      b: { outcome: "ready" },
    });
  });
});
