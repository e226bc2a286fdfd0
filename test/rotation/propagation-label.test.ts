import { describe, expect, it } from "vitest";
import type { RotationSettings } from "../../src/rotation/dependencies.ts";
import { ReplicaError, SecretError } from "../../src/rotation/errors.ts";
import { type Evidence, NO_EVIDENCE } from "../../src/rotation/outcome.ts";
import { isPropagated, movePropagationLabel } from "../../src/rotation/propagation-label.ts";
import { secretVersion } from "../support/builders.ts";
import { fakeWorld } from "../support/fake-world.ts";

function open(settings: Partial<RotationSettings>) {
  const world = fakeWorld();
  const context = { ...world.context, settings: { ...world.context.settings, ...settings } };
  return { ...world, context };
}

describe("a version", () => {
  it.each<[RotationSettings["require"], Parameters<typeof isPropagated>[1]["outcome"], Evidence["provider"]]>(
    [
      ["auto", "ready", "not-asked"],
      ["auto", "applied", "valid"],
      ["applied", "applied", "not-asked"],
    ],
  )("counts as propagated with require %s, outcome %s and provider %s", (require, outcome, provider) => {
    const evidence = { ...NO_EVIDENCE, provider };
    expect(isPropagated(open({ require }).context, { outcome, evidence })).toBe(true);
  });

  it.each<[RotationSettings["require"], Parameters<typeof isPropagated>[1]["outcome"], Evidence["provider"]]>(
    [
      ["auto", "applied", "not-asked"],
      ["ready", "applied", "unknown"],
      ["applied", "unverified", "valid"],
      ["applied", "failed", "valid"],
      ["auto", "skipped", "not-asked"],
    ],
  )(
    "does not count as propagated with require %s, outcome %s and provider %s",
    (require, outcome, provider) => {
      const evidence = { ...NO_EVIDENCE, provider };
      expect(isPropagated(open({ require }).context, { outcome, evidence })).toBe(false);
    },
  );
});

describe("a propagation label that cannot be moved", () => {
  const failing = (error: Error) => {
    const { context, notes } = open({ propagationLabel: "FLINK_READY" });
    const secrets = {
      ...context.secrets,
      read: async () => undefined,
      moveLabel: () => Promise.reject(error),
    };
    const move = () => movePropagationLabel({ ...context, secrets }, "openai", secretVersion());
    return { move, notes };
  };

  it("is a note in the log if the secret is a replica", async () => {
    const { move, notes } = failing(new ReplicaError("It is a replica."));
    await expect(move()).resolves.toBeUndefined();
    expect(notes).toEqual([["It is a replica.", { secret: "openai" }]]);
  });

  it("is a remark in the outcome of any other secret", async () => {
    const { move, notes } = failing(new SecretError("Denied."));
    await expect(move()).resolves.toBe(
      "The key is in use, but the label FLINK_READY could not be moved to its version: Denied.",
    );
    expect(notes).toEqual([]);
  });
});
