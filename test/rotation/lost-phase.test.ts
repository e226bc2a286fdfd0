import { describe, expect, it } from "vitest";
import { openRollout } from "../support/fake-rollout.ts";

/** The phase of a connection that was READY is empty for as long as its new key is tried. */
const TRYING = { timeToReadyMs: 3_600_000, phases: { pending: "" } } as const;

describe("a phase that a PUT has made disappear", () => {
  it("is not taken for usual silence after the next PUT, of a newer version", async () => {
    const { rotate } = openRollout({
      connections: { a: TRYING, b: TRYING, c: TRYING },
      newerAfterMs: [1_000],
    });
    expect(await rotate()).toMatchObject({
      a: { outcome: "unverified", secretVersionId: "v2" },
      b: { outcome: "unverified", secretVersionId: "v2" },
      c: { outcome: "not-attempted" },
    });
  });
});
