import { describe, expect, it } from "vitest";
import {
  abridge,
  createReport,
  cutToFit,
  errorClasses,
  isAlertable,
  isUnhealthy,
} from "../../../src/rotation/report/report.ts";
import { VERSION } from "../../../src/version.ts";
import { NOW, outcome } from "../../support/builders.ts";

const facts = {
  trigger: { kind: "schedule" },
  startedAt: NOW,
  endedAt: NOW + 1_234.4,
  requests: 31,
} as const;

describe("a report", () => {
  it("has the run's facts, the counts and the outcomes", () => {
    const connections = [outcome({ name: "a" }), outcome({ name: "b", outcome: "failed" })];
    expect(createReport(connections, facts)).toEqual({
      outcome: "failed",
      trigger: { kind: "schedule" },
      startedAt: "2026-03-21T10:00:00.000Z",
      durationMs: 1_234,
      requests: 31,
      version: VERSION,
      counts: {
        ready: 1,
        applied: 0,
        failed: 1,
        unverified: 0,
        "rolled-back": 0,
        "not-attempted": 0,
        skipped: 0,
        planned: 0,
      },
      connections,
    });
  });

  it("has no negative duration, whatever the clock does", () => {
    expect(createReport([], { ...facts, endedAt: NOW - 5 })).toMatchObject({ durationMs: 0 });
  });

  it.each([
    { kinds: [], expected: "succeeded" },
    { kinds: ["ready", "skipped", "planned"], expected: "succeeded" },
    { kinds: ["ready", "unverified"], expected: "unverified" },
    { kinds: ["unverified", "failed"], expected: "failed" },
    { kinds: ["ready", "rolled-back"], expected: "failed" },
    { kinds: ["ready", "not-attempted"], expected: "failed" },
  ] as const)("is $expected for $kinds", ({ kinds, expected }) => {
    const connections = kinds.map((kind) => outcome({ outcome: kind }));
    expect(createReport(connections, facts)).toMatchObject({ outcome: expected });
  });
});

describe("what the operator should hear of", () => {
  it.each(["failed", "unverified", "rolled-back", "not-attempted"] as const)(
    "is a connection that is %s",
    (kind) => {
      expect(isAlertable(outcome({ outcome: kind }))).toBe(true);
    },
  );

  it.each(["ready", "applied", "skipped", "planned"] as const)("is no connection that is %s", (kind) => {
    expect(isAlertable(outcome({ outcome: kind }))).toBe(false);
  });

  it("is a detail beside ready, but not beside skipped", () => {
    expect(isAlertable(outcome({ detail: "Lookup failed" }))).toBe(true);
    expect(isAlertable(outcome({ outcome: "applied", detail: "Lookup failed" }))).toBe(true);
    expect(isAlertable(outcome({ outcome: "skipped", detail: "Lookup failed" }))).toBe(false);
  });
});

describe("the number of connections that are unhealthy", () => {
  it.each(["failed", "unverified", "rolled-back", "not-attempted"] as const)(
    "counts one that is %s",
    (kind) => {
      expect(isUnhealthy(outcome({ outcome: kind }))).toBe(true);
    },
  );

  it.each(["ready", "applied", "skipped", "planned"] as const)("does not count one that is %s", (kind) => {
    expect(isUnhealthy(outcome({ outcome: kind }))).toBe(false);
  });
});

describe("the classes of what went wrong", () => {
  it("are there once each, the most frequent first", () => {
    const connections = (["timeout", "rejected", undefined, "rejected"] as const).map((errorClass) =>
      outcome(errorClass === undefined ? {} : { errorClass }),
    );
    expect(errorClasses(connections)).toEqual(["rejected", "timeout"]);
  });
});

describe("a report that is too long", () => {
  const long = createReport(
    [
      outcome({ name: "ready", requestId: "request-1" }),
      outcome({ name: "refused", outcome: "failed", errorClass: "rejected", message: "Refused." }),
      outcome({ name: "skipped", outcome: "skipped" }),
      outcome({ name: "unclear", outcome: "unverified", errorClass: "timeout", message: "Unclear." }),
    ],
    facts,
  );
  const names = (report: { readonly connections: readonly { readonly name: string }[] }) =>
    report.connections.map(({ name }) => name);

  it("keeps the texts of the first failures only", () => {
    const [ready, refused, skipped, unclear] = long.connections;
    expect(abridge(long, 1)).toEqual({
      ...long,
      connections: [
        outcome({ name: "ready" }),
        refused,
        skipped,
        outcome({ name: "unclear", outcome: "unverified", errorClass: "timeout" }),
      ],
    });
    expect(abridge(long, 1).connections[0]).not.toHaveProperty("errorClass");
    expect(abridge(long, 2).connections).toEqual([outcome({ name: "ready" }), refused, skipped, unclear]);
    expect(ready).toHaveProperty("requestId");
  });

  it("is cut if it does not fit: failures come first, and the counts stay", () => {
    const cut = cutToFit(long, ({ connections }) => connections.length <= 3);
    expect(names(cut)).toEqual(["refused", "unclear"]);
    const { omitted, ...others } = cut;
    expect({ ...others, connections: long.connections }).toEqual(long);
    expect(omitted?.connections).toBe(long.connections.length - 2);
    expect(omitted?.message).toMatch(/^\d of \d outcomes are left out/);
  });

  it("is unchanged if it fits", () => {
    expect(cutToFit(long, () => true)).toEqual(long);
  });

  it("keeps one outcome before it keeps none", () => {
    expect(names(cutToFit(long, ({ connections }) => connections.length < 2))).toEqual(["refused"]);
    expect(names(cutToFit(long, () => false))).toEqual([]);
  });
});
