import { describe, expect, it } from "vitest";
import { announcedVersion, currentVersion } from "../../src/rotation/versions.ts";
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

  it("is missed by its label", async () => {
    const { context } = world();
    await expect(currentVersion(context, "other")).rejects.toMatchObject({
      errorClass: "secret",
      message: "Secret other has no version with the label AWSCURRENT.",
    });
  });
});

describe("an announced version", () => {
  it("is read by its id where it is current", async () => {
    const { context, secrets } = world();
    await expect(announcedVersion(context, "openai", "old")).resolves.toMatchObject({ versionId: "old" });
    expect(secrets.reads).toHaveLength(1);
  });

  it("is waited for while it is not visible", async () => {
    const { context, secrets, clock } = world();
    const startedAt = clock.now();
    secrets.add("openai", { versionId: "new", value: "sk-new", lagMs: 5_000 });
    await expect(announcedVersion(context, "openai", "new")).resolves.toMatchObject({ versionId: "new" });
    expect(clock.now() - startedAt).toBe(7_750);
    expect(secrets.reads).toHaveLength(11);
  });

  it("gives up after ten seconds, and does not give the one before it", async () => {
    const { context, clock } = world();
    const startedAt = clock.now();
    await expect(announcedVersion(context, "openai", "new")).rejects.toMatchObject({
      errorClass: "secret",
      message: "Version new of secret openai cannot be read yet, and the one before it was not put.",
    });
    expect(clock.now() - startedAt).toBe(7_750);
  });

  it("is not waited for beyond the deadline", async () => {
    const { context, clock } = world(1_000);
    const startedAt = clock.now();
    await expect(announcedVersion(context, "openai", "new")).rejects.toMatchObject({ errorClass: "secret" });
    expect(clock.now() - startedAt).toBe(750);
  });

  it("gives way to a newer one that is current", async () => {
    const { context, secrets, clock } = world();
    secrets.add("openai", { versionId: "announced", value: "sk-2", at: clock.now() - 500 });
    secrets.add("openai", { versionId: "newest", value: "sk-3" });
    const startedAt = clock.now();
    await expect(announcedVersion(context, "openai", "announced")).resolves.toMatchObject({
      versionId: "newest",
    });
    expect(clock.now()).toBe(startedAt);
  });

  it("is waited for while AWSCURRENT is still at an older one", async () => {
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

  it("gives way in the end to an older one to which the label was moved back", async () => {
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

  it("is taken from the label where it cannot be read by its id", async () => {
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
