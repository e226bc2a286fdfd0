import { describe, expect, it } from "vitest";
import { Timeline } from "../../../src/cli/probe/timeline.ts";
import { observation } from "../../support/builders.ts";

const PUT_AT = 1_000_000;
const BEFORE = observation({ phase: "READY", resourceVersion: "1", updatedAt: 500 });

describe("the timeline of reads after a PUT", () => {
  it("has each change of the phase with its time after the PUT", () => {
    const timeline = new Timeline(BEFORE, PUT_AT);
    for (const [afterMs, phase] of [
      [10, "READY"],
      [20, "PENDING"],
      [30, "PENDING"],
      [40, "INVALID_AUTH"],
    ] as const)
      timeline.add({ ...BEFORE, phase }, PUT_AT + afterMs);
    expect(timeline.seen).toMatchObject({
      phaseBefore: "READY",
      phases: [
        { afterMs: 10, phase: "READY" },
        { afterMs: 20, phase: "PENDING" },
        { afterMs: 40, phase: "INVALID_AUTH" },
      ],
      reads: 4,
      watchedMs: 40,
    });
  });

  it("has the first read with another version or time of change", () => {
    const timeline = new Timeline(BEFORE, PUT_AT);
    timeline.add(BEFORE, PUT_AT + 10);
    timeline.add({ ...BEFORE, resourceVersion: "2" }, PUT_AT + 20);
    timeline.add({ ...BEFORE, resourceVersion: "3", updatedAt: 600 }, PUT_AT + 30);
    expect(timeline.seen).toMatchObject({
      resourceVersionChange: { shown: true, changedAfterMs: 20 },
      updatedAtChange: { shown: true, changedAfterMs: 30 },
    });
  });

  it("distinguishes an unchanged field from one that the service does not show", () => {
    const { updatedAt: _, ...withoutTime } = BEFORE;
    const timeline = new Timeline(withoutTime, PUT_AT);
    timeline.add(withoutTime, PUT_AT + 10);
    expect(timeline.seen).toMatchObject({
      resourceVersionChange: { shown: true },
      updatedAtChange: { shown: false },
    });
    expect(timeline.seen.resourceVersionChange).not.toHaveProperty("changedAfterMs");
  });

  it("counts failed reads and reads of an older state, which are not changes", () => {
    const timeline = new Timeline(BEFORE, PUT_AT);
    timeline.add({ ...BEFORE, phase: "PENDING", updatedAt: 600 }, PUT_AT + 10);
    timeline.add(BEFORE, PUT_AT + 20);
    timeline.addFailure(PUT_AT + 30);
    expect(timeline.seen).toMatchObject({ reads: 3, failedReads: 1, outdatedReads: 1, watchedMs: 30 });
    expect(timeline.seen.phases).toEqual([{ afterMs: 10, phase: "PENDING" }]);
  });
});
