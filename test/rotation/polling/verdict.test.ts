import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../../src/rotation/connection.ts";
import { createReadinessCheck, type ReadinessOptions } from "../../../src/rotation/polling/verdict.ts";
import { observation } from "../../support/builders.ts";

const before = observation({ resourceVersion: "v1" });

/** The verdicts on what is seen at each of the moments, in milliseconds from the PUT. */
function verdicts(
  seen: readonly (readonly [number, Partial<ConnectionState>])[],
  budget: Partial<ReadinessOptions> = {},
) {
  const judge = createReadinessCheck({ before, refusalCountsAt: 0, readyTimeoutMs: 300_000, ...budget });
  return seen.map(([at, changes]) => judge.verdictOn({ ...before, ...changes }, at));
}

describe("a judge", () => {
  it.each(["READY", "ACTIVE"])("believes a %s at once when the object has moved", (phase) => {
    expect(verdicts([[0, { phase, resourceVersion: "v2" }]])).toEqual(["ready"]);
  });

  it("believes a READY that has not moved when it has lasted ten seconds", () => {
    expect(
      verdicts([
        [0, {}],
        [9_999, {}],
        [10_000, {}],
      ]),
    ).toEqual([undefined, undefined, "ready"]);
  });

  it("takes READY and ACTIVE for the same while it settles", () => {
    expect(
      verdicts([
        [0, { phase: "READY" }],
        [10_000, { phase: "ACTIVE" }],
      ]),
    ).toEqual([undefined, "ready"]);
  });

  it("starts to settle anew when another kind of phase came between", () => {
    expect(
      verdicts([
        [0, {}],
        [5_000, { phase: "PENDING" }],
        [6_000, {}],
        [15_999, {}],
        [16_000, {}],
      ]),
    ).toEqual([undefined, undefined, undefined, undefined, "ready"]);
  });

  it("settles within a third of the time there is", () => {
    expect(
      verdicts(
        [
          [0, {}],
          [999, {}],
          [1_000, {}],
        ],
        { readyTimeoutMs: 3_000 },
      ),
    ).toEqual([undefined, undefined, "ready"]);
  });

  it("takes INVALID_AUTH for a refusal when the object has moved", () => {
    expect(verdicts([[0, { phase: "INVALID_AUTH", resourceVersion: "v2" }]])).toEqual(["refused"]);
  });

  it("lets INVALID_AUTH that may be the old key's settle", () => {
    expect(
      verdicts([
        [0, { phase: "INVALID_AUTH" }],
        [10_000, { phase: "INVALID_AUTH" }],
      ]),
    ).toEqual([undefined, "refused"]);
  });

  it("counts no refusal before its time", () => {
    const refused = { phase: "INVALID_AUTH", resourceVersion: "v2" };
    expect(
      verdicts(
        [
          [0, refused],
          [19_999, refused],
          [20_000, refused],
        ],
        { refusalCountsAt: 20_000 },
      ),
    ).toEqual([undefined, undefined, "refused"]);
  });

  it("believes a READY while refusals do not count yet", () => {
    const seen = { resourceVersion: "v2" };
    expect(
      verdicts(
        [
          [0, { ...seen, phase: "INVALID_AUTH" }],
          [1, seen],
        ],
        { refusalCountsAt: 20_000 },
      ),
    ).toEqual([undefined, "ready"]);
  });

  it.each([
    { phase: "UNREACHABLE", verdict: "unreachable" },
    { phase: "", verdict: "silent" },
  ])("lets $verdict settle even when the object has moved", ({ phase, verdict }) => {
    const seen = { phase, resourceVersion: "v2" };
    expect(
      verdicts([
        [0, seen],
        [9_999, seen],
        [10_000, seen],
      ]),
    ).toEqual([undefined, undefined, verdict]);
  });

  it("waits for ever for a phase that it does not know", () => {
    const seen = { phase: "PROVISIONING", resourceVersion: "v2" };
    expect(
      verdicts([
        [0, seen],
        [1_000_000, seen],
      ]),
    ).toEqual([undefined, undefined]);
  });
});
