import { describe, expect, it } from "vitest";
import { verdicts } from "../../support/read-verdicts.ts";
import { PENDING, READY } from "../../support/readiness.ts";

describe("an outdated state", () => {
  it("is ignored if it was updated before the PUT's own look", () => {
    expect(verdicts([[100, { resourceVersion: "v9", updatedAt: 999, phase: "INVALID_AUTH" }]])).toEqual([
      "outdated",
    ]);
  });

  it("is ignored if it was updated before one that was read since", () => {
    expect(
      verdicts([
        [100, { ...PENDING, updatedAt: 3_000 }],
        [200, { ...READY, updatedAt: 2_000 }],
      ]),
    ).toEqual([undefined, "outdated"]);
  });

  it("is ignored if its version was replaced, and there is no time of update", () => {
    const [, ...others] = verdicts(
      [
        [100, { phase: "PENDING", resourceVersion: "v2" }],
        [200, { resourceVersion: "v1" }],
        [300, { resourceVersion: "v2" }],
        [400, { resourceVersion: "v2" }],
      ],
      { before: { updatedAt: undefined as never } },
    );
    expect(others).toEqual(["outdated", undefined, "ready"]);
  });
});
