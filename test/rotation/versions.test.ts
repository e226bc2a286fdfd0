import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../src/rotation/connection.ts";
import { announcedVersion, currentVersion, isInUse } from "../../src/rotation/versions.ts";
import { HOUR_MS, NOW, observation, secretVersion } from "../support/builders.ts";
import { fakeWorld } from "../support/fake-world.ts";

function world(remainingMs = 890_000) {
  const made = fakeWorld({ remainingMs });
  made.secrets.add("openai", { versionId: "old", value: "sk-old", at: made.clock.now() - 1_000 });
  return made;
}

describe("the current version", () => {
  it("is the one with the label AWSCURRENT", async () => {
    const { context } = world();
    await expect(currentVersion(context, "openai")).resolves.toMatchObject({
      versionId: "old",
      stages: ["AWSCURRENT"],
    });
  });

  it("cannot be read if no version has the label AWSCURRENT", async () => {
    const { context } = world();
    await expect(currentVersion(context, "other")).rejects.toMatchObject({
      errorClass: "secret",
      message: "Secret other has no version with the label AWSCURRENT.",
    });
  });
});

describe("an announced version", () => {
  it("is read by its id if it is current", async () => {
    const { context, secrets } = world();
    await expect(announcedVersion(context, "openai", "old")).resolves.toMatchObject({ versionId: "old" });
    expect(secrets.reads).toHaveLength(1);
  });

  it("is waited for until it is visible", async () => {
    const { context, secrets, clock } = world();
    const startedAt = clock.now();
    secrets.add("openai", { versionId: "new", value: "sk-new", lagMs: 5_000 });
    await expect(announcedVersion(context, "openai", "new")).resolves.toMatchObject({ versionId: "new" });
    expect(clock.now() - startedAt).toBe(7_750);
    expect(secrets.reads).toHaveLength(11);
  });

  it("that does not appear is an error after ten seconds, and the previous version is not returned", async () => {
    const { context, clock } = world();
    const startedAt = clock.now();
    await expect(announcedVersion(context, "openai", "new")).rejects.toMatchObject({
      errorClass: "secret",
      message: "Version new of secret openai cannot be read yet. The previous version was not put.",
    });
    expect(clock.now() - startedAt).toBe(7_750);
  });

  it("is not waited for beyond the deadline", async () => {
    const { context, clock } = world(1_000);
    const startedAt = clock.now();
    await expect(announcedVersion(context, "openai", "new")).rejects.toMatchObject({ errorClass: "secret" });
    expect(clock.now() - startedAt).toBe(750);
  });

  it("is replaced by a newer version that is current", async () => {
    const { context, secrets, clock } = world();
    secrets.add("openai", { versionId: "announced", value: "sk-2", at: clock.now() - 500 });
    secrets.add("openai", { versionId: "newest", value: "sk-3" });
    const startedAt = clock.now();
    await expect(announcedVersion(context, "openai", "announced")).resolves.toMatchObject({
      versionId: "newest",
    });
    expect(clock.now()).toBe(startedAt);
  });

  it("is waited for while an older version is still AWSCURRENT", async () => {
    const { context, secrets, clock } = world();
    const { read } = context.secrets;
    secrets.add("openai", { versionId: "new", value: "sk-new" });
    const startedAt = clock.now();
    const stale = async (...[id, selector]: Parameters<typeof read>) => {
      const isStale = clock.now() < startedAt + 1_000;
      if (isStale && "stage" in selector) return read(id, { versionId: "old" });
      const version = await read(id, selector);
      return version && { ...version, stages: isStale ? ["AWSPENDING"] : version.stages };
    };
    const reader = { ...context, secrets: { ...context.secrets, read: stale } };
    await expect(announcedVersion(reader, "openai", "new")).resolves.toMatchObject({
      versionId: "new",
      stages: ["AWSCURRENT"],
    });
    expect(clock.now() - startedAt).toBe(1_750);
  });

  it("is replaced by an older version that has become AWSCURRENT again", async () => {
    const { context } = world();
    const { read } = context.secrets;
    const announced = async (...[id, selector]: Parameters<typeof read>) => {
      const old = await read(id, { stage: "AWSCURRENT" });
      return "stage" in selector || !old
        ? old
        : { ...old, versionId: "new", createdAt: old.createdAt + 1, stages: ["AWSPREVIOUS"] };
    };
    const reader = { ...context, secrets: { ...context.secrets, read: announced } };
    await expect(announcedVersion(reader, "openai", "new")).resolves.toMatchObject({ versionId: "old" });
  });

  it("is read by its label if it cannot be read by its id", async () => {
    const { context, secrets, clock } = world();
    const { read } = context.secrets;
    secrets.add("openai", { versionId: "new", value: "sk-new" });
    const byLabelOnly = async (...[id, selector]: Parameters<typeof read>) =>
      "stage" in selector ? read(id, selector) : undefined;
    const reader = { ...context, secrets: { ...context.secrets, read: byLabelOnly } };
    const startedAt = clock.now();
    await expect(announcedVersion(reader, "openai", "new")).resolves.toMatchObject({ versionId: "new" });
    expect(clock.now()).toBe(startedAt);
  });
});

describe("a version with the propagation label", () => {
  const createdAt = NOW - HOUR_MS;
  const version = secretVersion({ createdAt, stages: ["AWSCURRENT", "FLINK_READY"] });
  const facts = { label: "FLINK_READY", secretChangedAt: createdAt + 20_000 };
  const updated = (afterMs: number) => observation({ updatedAt: createdAt + afterMs });

  it.each([0, 15_000, 20_000])(
    "is in use by a connection that was updated %i ms after it was created",
    (ms) => {
      expect(isInUse(version, updated(ms), facts)).toBe(true);
    },
  );

  it("is in use if the connection's time is in whole seconds, rounded down", () => {
    const young = { ...version, createdAt: createdAt + 900 };
    expect(isInUse(young, updated(0), facts)).toBe(true);
    expect(isInUse(young, updated(-1), facts)).toBe(false);
  });

  it.each([
    ["the connection was updated after the label was moved", updated(20_001), facts],
    ["the connection was updated before the version was created", updated(-1_000), facts],
    ["it is not known when the connection was updated", withoutTime(observation()), facts],
    ["it is not known when the secret changed", updated(15_000), { ...facts, secretChangedAt: undefined }],
    ["another label is configured", updated(15_000), { ...facts, label: "OTHER" }],
    ["the connection does not work", { ...updated(15_000), phase: "INVALID_AUTH" }, facts],
    ["the service reports no phase", { ...updated(15_000), phase: "" }, facts],
  ])("may not be in use if %s", (_, state, known) => {
    expect(isInUse(version, state, known)).toBe(false);
  });
});

function withoutTime({ updatedAt: _, ...state }: ConnectionState): ConnectionState {
  return state;
}
