import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../../src/rotation/connection.ts";
import type { ReadinessOptions } from "../../../src/rotation/polling/verdict.ts";
import { BEFORE, CHANGED, checkOf, PENDING, READY, REFUSED } from "../../support/readiness.ts";

type Read = readonly [atMs: number, Partial<ConnectionState>];

const UNREACHABLE = { ...CHANGED, phase: "UNREACHABLE" };
const SILENT = { ...CHANGED, phase: "" };
const OUTDATED = { updatedAt: 999 };

/** When the next read is due after these, if the polling schedule does not say it. */
function nextReadAfter(
  reads: readonly Read[],
  { was = {}, ...options }: Partial<ReadinessOptions> & { was?: Partial<ConnectionState> } = {},
) {
  const before = { ...BEFORE, ...was };
  const check = checkOf(before, options);
  for (const [at, state] of reads) check.verdictOn({ ...before, ...state }, at);
  return check.nextReadAt(reads.at(-1)?.[0] ?? 0);
}

describe("the reads of a phase that must last", () => {
  it("are four after the first one", () => {
    const check = checkOf(BEFORE);
    const reads: number[] = [];
    for (let at: number | undefined = 100; at !== undefined; at = check.nextReadAt(at)) {
      check.verdictOn({ ...BEFORE, ...READY }, at);
      reads.push(at);
    }
    expect(reads).toEqual([100, 500, 1_500, 4_000, 10_000]);
  });

  it("follow the polling schedule for any other phase, and before the first read", () => {
    const check = checkOf(BEFORE);
    expect(check.nextReadAt(0)).toBeUndefined();
    check.verdictOn({ ...BEFORE, ...PENDING }, 100);
    expect(check.nextReadAt(100)).toBeUndefined();
  });

  it.each<[string, Read[], Partial<ReadinessOptions>?]>([
    ["UNREACHABLE", [[100, UNREACHABLE]]],
    ["UNREACHABLE of a key that works elsewhere", [[100, UNREACHABLE]], { isKeyProven: true }],
    ["silence after a phase", [[100, SILENT]]],
    ["READY of an unchanged object", [[100, {}]]],
    [
      "READY that was INVALID_AUTH meanwhile",
      [
        [50, REFUSED],
        [100, READY],
      ],
    ],
  ])("begin when it is seen first if it is %s", (_, reads, options) => {
    expect(nextReadAfter(reads, options)).toBe(600);
  });

  it("are one more soon after the last one if replicas lag", () => {
    const reads: Read[] = [
      [100, OUTDATED],
      [10_000, READY],
    ];
    expect(nextReadAfter(reads)).toBe(10_300);
  });

  it.each<[string, Read[], Partial<ConnectionState>?]>([
    ["nothing was read yet", []],
    ["nothing was read yet, and there was no phase before", [], { phase: "" }],
    ["the phase is PENDING, as it was before", [[100, { phase: "PENDING" }]], { phase: "PENDING" }],
    [
      "the phase is UNREACHABLE after another one of the changed object",
      [
        [100, PENDING],
        [200, UNREACHABLE],
      ],
    ],
    [
      "the phase is READY once after another one, and replicas lag",
      [
        [100, OUTDATED],
        [200, PENDING],
        [5_000, READY],
      ],
    ],
  ])("follow the polling schedule if %s", (_, reads, was = {}) => {
    expect(nextReadAfter(reads, { was })).toBeUndefined();
  });
});
