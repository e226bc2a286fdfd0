import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../../src/rotation/connection.ts";
import { StateHistory } from "../../../src/rotation/polling/history.ts";
import type { ReadinessOptions } from "../../../src/rotation/polling/verdict.ts";
import { BEFORE, CHANGED, checkOf, PENDING, READY, REFUSED } from "../../support/readiness.ts";

type Read = readonly [atMs: number, Partial<ConnectionState>];

/** The verdicts on the states that are read so many milliseconds after the PUT. */
function verdicts(
  reads: readonly Read[],
  {
    before: changes = {},
    ...options
  }: Partial<Omit<ReadinessOptions, "before">> & { before?: Partial<ConnectionState> } = {},
) {
  const before = { ...BEFORE, ...changes };
  const check = checkOf(before, options);
  return reads.map(([at, state]) => check.verdictOn({ ...before, ...state }, at));
}

const wasRefused = { before: { phase: "INVALID_AUTH" } };

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

  it("READY counts at once if READY does not have to last", () => {
    expect(verdicts([[100, READY]], { confirmMs: 0 })).toEqual(["ready"]);
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
