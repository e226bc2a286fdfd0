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
  it("goes alone, and the others follow when it is ready", async () => {
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

  it("keeps a refused key from all others", async () => {
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

  it("keeps refused data from all others", async () => {
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
  ])("hands over to the next when $why", async ({ behaviour, errorClass }) => {
    const { rotate, puts } = openRollout({ connections: { a: behaviour, b: refusing("v1"), c: {} } });
    expect(await rotate()).toMatchObject({
      a: { outcome: "failed", errorClass },
      b: { outcome: "failed", errorClass: "rejected" },
      c: { outcome: "not-attempted" },
    });
    expect(puts()).toEqual(["a v1", "b v1"]);
  });

  it("hands over to the next if its state cannot be read", async () => {
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

  it("may fail, and so may all that stand in for it", async () => {
    const { rotate } = openRollout({ connections: { a: { unreachable: true }, b: { unreachable: true } } });
    expect(await rotate()).toMatchObject({
      a: { errorClass: "unreachable" },
      b: { errorClass: "unreachable" },
    });
  });

  it("is skipped if rollout.canary is false", async () => {
    const { rotate, confluent } = openRollout({
      connections: { a: refusing("v1"), b: {} },
      settings: { canary: false },
    });
    expect(await rotate()).toMatchObject({ a: { errorClass: "rejected" }, b: { outcome: "ready" } });
    const sent = confluent.requests.filter(({ method }) => method === "PUT").map(({ sentAt }) => sentAt);
    expect(sent).toEqual([NOW, NOW]);
  });
});

describe("a version that is overtaken", () => {
  it("is followed by the newer one, everywhere", async () => {
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

  it("does not go on to the others after the canary", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 }, b: {} },
      newerAfterMs: [1_000],
    });
    expect(await rotate()).toMatchObject({ a: { secretVersionId: "v2" }, b: { secretVersionId: "v2" } });
    expect(puts()).toEqual(["a v1", "a v2", "b v2"]);
  });

  it("is followed three times in a settings, and no more", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 } },
      newerAfterMs: [1_000, 3_500, 6_000, 8_000, 20_000],
    });
    expect(await rotate()).toEqual({
      a: expect.objectContaining({
        outcome: "failed",
        errorClass: "superseded",
        secretVersionId: "v4",
        message: "Newer versions of the secret kept appearing; after 3 of them this run put no more.",
      }),
    });
    expect(puts()).toEqual(["a v1", "a v2", "a v3", "a v4"]);
  });

  it("leaves no connection without an outcome when it gives up", async () => {
    const { rotate } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 }, b: {} },
      newerAfterMs: [1_000, 3_500, 6_000, 8_000],
    });
    expect(await rotate()).toMatchObject({
      a: { errorClass: "superseded" },
      b: { errorClass: "superseded" },
    });
  });

  it("leaves what failed for its own reasons as it is", async () => {
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

  it("is not reported ready while the newer one is put", async () => {
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

  it("is not given up for an older one that a late reading shows", async () => {
    let readings = 0;
    const { rotate, puts } = openRollout({
      connections: { a: {} },
      secrets: { staleMs: () => (readings++ === 0 ? 0 : 1.5 * HOUR_MS) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready", secretVersionId: "v1" } });
    expect(puts()).toEqual(["a v1"]);
  });

  it("stays in place if AWSCURRENT cannot be read again", async () => {
    let readings = 0;
    const { rotate, notes } = openRollout({
      connections: { a: {} },
      secrets: { fault: () => (readings++ === 0 ? undefined : new SecretError("Denied.")) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready" } });
    expect(notes.slice(0, 1)).toEqual([
      ["Whether a newer version has appeared could not be read.", { secret: "openai", reason: "Denied." }],
    ]);
  });

  it('is followed by the newer one everywhere if the service is silent and "ready" is required', async () => {
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

  it("is not looked for when the time is up", async () => {
    const { rotate, notes, secrets } = openRollout({
      connections: { a: { timeToReadyMs: HOUR_MS } },
      remainingMs: 5_000,
    });
    await rotate();
    expect(secrets.reads).toHaveLength(2);
    expect(notes).toEqual([]);
  });
});

describe("a roll-back", () => {
  const settings = { onRejected: "rollback", canary: false } as const;

  it("puts the previous version into the connection that refused the new one, and into no other", async () => {
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

  it.each([{ unreachable: true }, { timeToReadyMs: HOUR_MS }])(
    "does not happen for %j",
    async (behaviour) => {
      const { rotate, puts } = openRollout({ connections: { a: behaviour }, settings });
      await rotate();
      expect(puts()).toEqual(["a v1"]);
    },
  );

  it("does not happen if the PUT itself was refused", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: {} },
      settings,
      confluent: { fault: ({ method }) => (method === "PUT" ? "refused" : undefined) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "failed", errorClass: "rejected" } });
    expect(puts()).toEqual(["a v1", "a v1"]);
  });

  it("says so when it fails", async () => {
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

  it("gives way to a newer version that appears meanwhile", async () => {
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

  it("is given where no version has it yet", async () => {
    const { rotate, secrets } = openRollout({ connections: { a: {} }, settings });
    await rotate();
    expect(secrets.moves).toEqual([{ secretId: "openai", label: LABEL, to: "v1" }]);
  });

  it("goes to the version that overtook", async () => {
    const { rotate, secrets } = openRollout({
      connections: { a: { timeToReadyMs: 2_000 } },
      newerAfterMs: [1_000],
      settings,
    });
    await rotate();
    expect(secrets.moves).toEqual([{ secretId: "openai", label: LABEL, to: "v2" }]);
  });

  it.each([
    { why: "nobody wants it", options: { settings: {} } },
    { why: "others of the secret were not part of the run", options: { complete: false } },
    { why: "a connection failed", options: { connections: { a: {}, b: { unreachable: true } } } },
    { why: "a connection is unverified", options: { connections: { a: {}, b: SILENT } } },
    { why: "it was a dry run", options: { context: { trigger: { kind: "direct", dryRun: true } as const } } },
  ])("stays where it is when $why", async ({ options }) => {
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

  it("is not moved for skipped connections", async () => {
    const { rotate, secrets } = openRollout({
      connections: { a: {} },
      settings: { ...settings, refresh: "when-stale" },
    });
    secrets.label("openai", LABEL, "v1");
    expect(await rotate()).toMatchObject({ a: { outcome: "skipped" } });
    expect(secrets.moves).toEqual([]);
  });

  it("leaves the outcome as it is when it cannot be moved, with a remark", async () => {
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

describe("the last read", () => {
  it.each([
    ["no further read confirms that", "service", {}],
    ["the rotator's API key is refused after that", "unauthorized", { errorClass: "unauthorized" }],
  ] as const)("leaves no READY that it saw refused, even if %s", async (_name, fault, facts) => {
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

  it("leaves a READY as it is if nothing can be read", async () => {
    const { rotate, detailsByConnection } = openRollout({
      connections: { a: { world: "credulous" }, b: { timeToReadyMs: 15_000 } },
      settings: { canary: false },
      confluent: { fault: () => (detailsByConnection.has("b") ? "service" : undefined) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready" }, b: { outcome: "ready" } });
  });
});

describe("a connection whose first read failed", () => {
  it("has that error as its outcome, and the others go on", async () => {
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
