import { describe, expect, it } from "vitest";
import { SecretError } from "../../src/rotation/errors.ts";
import { HOUR_MS } from "../support/builders.ts";
import { openRollout, refusing } from "../support/fake-rollout.ts";

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
