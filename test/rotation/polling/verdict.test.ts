import { describe, expect, it } from "vitest";
import { type Read, verdicts, wasRefused } from "../../support/read-verdicts.ts";
import { BEFORE, CHANGED, checkOf, PENDING, READY, REFUSED } from "../../support/readiness.ts";

describe("a phase after a PUT", () => {
  it.each(["READY", "ACTIVE"])("%s counts at once after another phase", (phase) => {
    const reads: Read[] = [
      [100, PENDING],
      [200, { ...CHANGED, phase }],
    ];
    expect(verdicts(reads)).toEqual([undefined, "ready"]);
  });

  it("INVALID_AUTH counts at once if it was READY before", () => {
    expect(verdicts([[100, REFUSED]])).toEqual(["refused"]);
  });

  it("READY counts at once if it was INVALID_AUTH before", () => {
    expect(verdicts([[100, READY]], wasRefused)).toEqual(["ready"]);
  });

  it("READY counts at once if there was no phase before", () => {
    expect(verdicts([[100, READY]], { before: { phase: "" } })).toEqual(["ready"]);
  });

  it("READY counts at once if READY does not have to last", () => {
    expect(verdicts([[100, READY]], { confirmMs: 0 })).toEqual(["ready"]);
  });

  it("is a refusal although READY lingered", () => {
    expect(
      verdicts([
        [100, READY],
        [4_000, REFUSED],
      ]),
    ).toEqual([undefined, "refused"]);
  });

  it("is READY although INVALID_AUTH lingered", () => {
    expect(
      verdicts(
        [
          [100, REFUSED],
          [1_000, READY],
        ],
        wasRefused,
      ),
    ).toEqual([undefined, "ready"]);
  });

  it("READY of a changed object counts at once if confirmation is turned off or the key is proven", () => {
    expect(verdicts([[100, READY]], { confirmMs: 0 })).toEqual(["ready"]);
    expect(verdicts([[100, READY]], { isKeyProven: true })).toEqual(["ready"]);
  });

  it("READY and ACTIVE are the same phase", () => {
    expect(
      verdicts([
        [0, { phase: "READY" }],
        [10_000, { phase: "ACTIVE" }],
      ]),
    ).toEqual([undefined, "ready"]);
  });

  it("is not judged by a moment of silence", () => {
    const check = checkOf(BEFORE);
    check.verdictOn({ ...BEFORE, ...CHANGED, phase: "" }, 100);
    expect(check.verdictOn({ ...BEFORE, ...READY }, 200)).toBeUndefined();
    expect(check.hasJudged).toBe(false);
  });

  it("is no refusal before refusals count", () => {
    const check = checkOf(BEFORE);
    check.refusalCountsAt = 20_000;
    const refused = { ...BEFORE, ...REFUSED };
    expect([0, 19_999, 20_000].map((at) => check.verdictOn(refused, at))).toEqual([
      undefined,
      undefined,
      "refused",
    ]);
  });

  it("READY counts while refusals do not", () => {
    const check = checkOf(BEFORE);
    check.refusalCountsAt = 20_000;
    expect(check.verdictOn({ ...BEFORE, ...REFUSED }, 0)).toBeUndefined();
    expect([1, 10_000, 10_001].map((at) => check.verdictOn({ ...BEFORE, ...READY }, at))).toEqual([
      undefined,
      undefined,
      "ready",
    ]);
  });

  it("that nobody knows is never a verdict", () => {
    const state = { ...CHANGED, phase: "PROVISIONING" };
    expect(
      verdicts([
        [0, state],
        [1_000_000, state],
      ]),
    ).toEqual([undefined, undefined]);
  });
});
