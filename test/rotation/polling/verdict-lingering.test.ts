import { describe, expect, it } from "vitest";
import { type Read, verdicts } from "../../support/read-verdicts.ts";
import { CHANGED, PENDING } from "../../support/readiness.ts";

describe.each([
  ["READY", "ready", "INVALID_AUTH"],
  ["INVALID_AUTH", "refused", "READY"],
])("%s that stays for a while after the PUT", (phase, verdict, other) => {
  const state = { ...CHANGED, phase };
  const opened = (reads: readonly Read[]) => verdicts(reads, { before: { phase } });

  it("must be read twice after another phase, since a replica may still show it", () => {
    const reads: Read[] = [
      [300, state],
      [600, PENDING],
      [900, state],
      [1_200, PENDING],
      [1_500, state],
      [1_800, state],
    ];
    expect(opened(reads)).toEqual([...Array(5).fill(undefined), verdict]);
  });

  it("must be read twice also if the object did not change at first", () => {
    const reads: Read[] = [
      [300, { phase }],
      [600, PENDING],
      [900, state],
      [1_200, state],
    ];
    expect(opened(reads)).toEqual([undefined, undefined, undefined, verdict]);
  });

  it("gives way to the verdict that follows", () => {
    const reads: Read[] = [
      [300, state],
      [600, PENDING],
      [900, state],
      [1_200, { ...CHANGED, phase: other }],
    ];
    expect(opened(reads)).toEqual([undefined, undefined, undefined, other === "READY" ? "ready" : "refused"]);
  });
});

describe("a phase that is not read between the PUT and another phase", () => {
  it("counts at once", () => {
    const reads: Read[] = [
      [300, PENDING],
      [600, { ...CHANGED, phase: "READY" }],
    ];
    expect(verdicts(reads)).toEqual([undefined, "ready"]);
  });
});
