import { describe, expect, it } from "vitest";
import { SecretError } from "../../src/rotation/errors.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { currentVersion } from "../../src/rotation/versions.ts";
import { HOUR_MS, NOW, secretVersion } from "../support/builders.ts";
import { openRollout } from "../support/fake-rollout.ts";

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

  it("does not matter if it cannot be used", async () => {
    const { rotate, puts } = openRollout({ connections: { a: {} } });
    const unusable = secretVersion({
      versionId: "v0",
      createdAt: NOW - 2 * HOUR_MS,
      value: new Secret("{}"),
    });
    expect(await rotate(unusable)).toMatchObject({ a: { outcome: "ready", secretVersionId: "v1" } });
    expect(puts()).toEqual(["a v1"]);
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
