import { describe, expect, it } from "vitest";
import { CurrentVersionCheck } from "../../src/rotation/current-version.ts";
import type { SecretStore, SecretVersion } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import { HOUR_MS, NOW, secretVersion } from "../support/builders.ts";
import { fakeWorld } from "../support/fake-world.ts";

const OLDER = secretVersion({ versionId: "v0", createdAt: NOW - 2 * HOUR_MS });
const NEWER = secretVersion({ versionId: "v1", createdAt: NOW - HOUR_MS });
const LOST: SecretVersion = { ...NEWER, stages: ["AWSPREVIOUS"] };

/** A check whose reads of AWSCURRENT show these versions in turn. */
function checkOf(current: readonly SecretVersion[], byId: (versionId: string) => SecretVersion | undefined) {
  const { context, clock, bugs, notes } = fakeWorld();
  const left = [...current];
  const read: SecretStore["read"] = async (_, selector) =>
    "stage" in selector ? left.shift() : byId(selector.versionId);
  const secrets = { ...context.secrets, read };
  return { check: new CurrentVersionCheck({ ...context, secrets }, "openai"), clock, bugs, notes };
}

describe("a version that has lost AWSCURRENT to an older one", () => {
  it("does not replace the older one if a later read is out of date", async () => {
    const { check } = checkOf([OLDER, NEWER], () => LOST);
    expect(await check.newerThan(NEWER)).toBe(OLDER);
    expect(await check.newerThan(OLDER)).toBeUndefined();
  });

  it.each([
    ["replaces it again once that has lost AWSCURRENT", ["AWSPREVIOUS"], NEWER],
    ["does not replace it if that is still AWSCURRENT", ["AWSCURRENT"], undefined],
  ])("%s, long after the change", async (_, stages, expected) => {
    const { check, clock } = checkOf([OLDER, NEWER], (id) => (id === "v1" ? LOST : { ...OLDER, stages }));
    await check.newerThan(NEWER);
    await clock.sleep(60_000);
    expect(await check.newerThan(OLDER)).toBe(expected);
  });
});

describe("a version that a read of AWSCURRENT does not show", () => {
  const denied = () => {
    throw new SecretError("Denied.");
  };

  it.each([
    ["does not exist when it is read by its id", () => undefined],
    ["cannot be read by its id", denied],
    ["is still AWSCURRENT when it is read by its id", () => NEWER],
    ["is AWSCURRENT and AWSPREVIOUS", () => ({ ...NEWER, stages: ["AWSCURRENT", "AWSPREVIOUS"] })],
  ])("is not replaced by an older one if it %s", async (_, byId) => {
    const { check, bugs, notes } = checkOf([OLDER], byId);
    expect(await check.newerThan(NEWER)).toBeUndefined();
    expect([...bugs, ...notes]).toEqual([]);
  });
});
