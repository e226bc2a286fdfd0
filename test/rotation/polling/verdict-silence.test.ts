import { describe, expect, it } from "vitest";
import { type Read, verdicts } from "../../support/read-verdicts.ts";
import { BEFORE, CHANGED, checkOf, PENDING } from "../../support/readiness.ts";

describe("silence before and after a PUT", () => {
  const before = { phase: "" };

  it("is a verdict at the third read", () => {
    expect(
      verdicts(
        [
          [100, {}],
          [200, {}],
          [300, {}],
        ],
        { before },
      ),
    ).toEqual([undefined, undefined, "silent"]);
  });

  it("is a verdict three seconds after the PUT, however few reads there were", () => {
    const reads: Read[] = [
      [52_999, {}],
      [53_000, {}],
    ];
    expect(verdicts(reads, { before, putAt: 50_000 })).toEqual([undefined, "silent"]);
  });

  it("is read once a second", () => {
    const check = checkOf({ ...BEFORE, ...before });
    check.verdictOn({ ...BEFORE, ...CHANGED, ...before }, 150);
    expect(check.nextReadAt(150)).toBe(1_150);
  });

  it("must last after another phase", () => {
    const silent = { ...CHANGED, phase: "" };
    expect(
      verdicts(
        [
          [0, silent],
          [1_000, PENDING],
          [2_000, silent],
          [3_000, silent],
          [12_000, silent],
        ],
        { before },
      ),
    ).toEqual([undefined, undefined, undefined, undefined, "silent"]);
  });
});
