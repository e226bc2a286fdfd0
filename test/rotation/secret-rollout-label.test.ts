import { describe, expect, it } from "vitest";
import { SecretError } from "../../src/rotation/errors.ts";
import type { FakeConnectionOptions } from "../support/fake-connection.ts";
import { openRollout } from "../support/fake-rollout.ts";

const LABEL = "FLINK_READY";

const SILENT: FakeConnectionOptions = { world: "silent" };

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
