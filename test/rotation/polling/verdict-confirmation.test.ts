import { describe, expect, it } from "vitest";
import { StateHistory } from "../../../src/rotation/polling/history.ts";
import { type Read, verdicts, wasRefused } from "../../support/read-verdicts.ts";
import { BEFORE, CHANGED, checkOf, PENDING, READY, REFUSED } from "../../support/readiness.ts";

describe("a phase after a PUT", () => {
  it("READY that was READY before must last for the time of confirmation after the PUT", () => {
    expect(
      verdicts([
        [100, READY],
        [9_999, READY],
        [10_000, READY],
      ]),
    ).toEqual([undefined, undefined, "ready"]);
  });

  it("READY is confirmed by two reads in a row if replicas lag", () => {
    const outdated = { updatedAt: 999 };
    expect(
      verdicts([
        [100, outdated],
        [10_000, READY],
        [10_300, READY],
      ]),
    ).toEqual(["outdated", undefined, "ready"]);
    expect(
      verdicts([
        [100, outdated],
        [10_000, READY],
        [10_300, REFUSED],
      ]),
    ).toEqual(["outdated", undefined, "refused"]);
  });

  it("READY after another phase is read twice if replicas lag and it was READY before", () => {
    const reads: Read[] = [
      [100, { updatedAt: 999 }],
      [200, PENDING],
      [300, READY],
      [400, PENDING],
      [500, READY],
      [600, READY],
    ];
    expect(verdicts(reads)).toEqual(["outdated", ...Array(4).fill(undefined), "ready"]);
  });

  it("READY that was INVALID_AUTH meanwhile must last, since a replica may show the one from before", () => {
    const check = checkOf(BEFORE);
    check.refusalCountsAt = 60_000;
    const phases: Read[] = [
      [100, REFUSED],
      [200, READY],
      [300, REFUSED],
      [400, READY],
      [10_399, READY],
      [10_400, READY],
    ];
    expect(phases.map(([at, state]) => check.verdictOn({ ...BEFORE, ...state }, at))).toEqual([
      ...Array(5).fill(undefined),
      "ready",
    ]);
  });

  it("READY that was UNREACHABLE meanwhile must last, since that tells nothing about the key", () => {
    expect(
      verdicts([
        [100, { ...CHANGED, phase: "UNREACHABLE" }],
        [200, READY],
        [9_999, READY],
        [10_000, READY],
      ]),
    ).toEqual([undefined, undefined, undefined, "ready"]);
  });

  it("INVALID_AUTH must last if an earlier read of the same version showed it, although the last one before the PUT did not", () => {
    const history = new StateHistory();
    history.add({ ...BEFORE, phase: "INVALID_AUTH" });
    history.add(BEFORE);
    const check = checkOf(BEFORE, { history });
    const refused = { ...BEFORE, ...REFUSED };
    expect([100, 9_999, 10_000].map((at) => check.verdictOn(refused, at))).toEqual([
      undefined,
      undefined,
      "refused",
    ]);
  });

  it("INVALID_AUTH of a key that works elsewhere must last, since the old key may have been revoked meanwhile", () => {
    expect(
      verdicts(
        [
          [100, REFUSED],
          [1_000, READY],
        ],
        { isKeyProven: true },
      ),
    ).toEqual([undefined, "ready"]);
    const reads: Read[] = [
      [100, REFUSED],
      [10_000, REFUSED],
    ];
    expect(verdicts(reads, { isKeyProven: true })).toEqual([undefined, "refused"]);
  });

  it("INVALID_AUTH that was INVALID_AUTH before must last for the time of confirmation after the PUT", () => {
    expect(
      verdicts(
        [
          [100, REFUSED],
          [9_999, REFUSED],
          [10_000, REFUSED],
        ],
        wasRefused,
      ),
    ).toEqual([undefined, undefined, "refused"]);
  });

  it("INVALID_AUTH that was INVALID_AUTH before must last even if the key is proven", () => {
    expect(verdicts([[100, REFUSED]], { ...wasRefused, isKeyProven: true })).toEqual([undefined]);
  });

  it("of an unchanged object must last for ten seconds, whatever is proven", () => {
    const options = { confirmMs: 0, isKeyProven: true };
    expect(
      verdicts(
        [
          [100, {}],
          [10_099, {}],
          [10_100, {}],
        ],
        options,
      ),
    ).toEqual([undefined, undefined, "ready"]);
  });

  it("of an unchanged object must last for a third of the time to ready if that is less", () => {
    const options = { readyTimeoutMs: 3_000 };
    expect(
      verdicts(
        [
          [0, {}],
          [999, {}],
          [1_000, {}],
        ],
        options,
      ),
    ).toEqual([undefined, undefined, "ready"]);
  });

  it.each([
    ["UNREACHABLE", "unreachable"],
    ["", "silent"],
  ])("%j after READY must last for ten seconds", (phase, verdict) => {
    const state = { ...CHANGED, phase };
    expect(
      verdicts([
        [0, state],
        [9_999, state],
        [10_000, state],
      ]),
    ).toEqual([undefined, undefined, verdict]);
  });
});
