import { describe, expect, it } from "vitest";
import { ConfigError, EventError } from "../../../src/rotation/errors.ts";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import type { Trigger } from "../../../src/rotation/plan.ts";
import { createAlert, createStartAlert } from "../../../src/rotation/report/alert.ts";
import { createReport } from "../../../src/rotation/report/report.ts";
import { NOW, outcome } from "../../support/builders.ts";

function alertOf(connections: readonly Outcome[], trigger: Trigger = { kind: "schedule" }) {
  const report = createReport(connections, { trigger, startedAt: NOW, endedAt: NOW + 4_210, requests: 31 });
  return createAlert(report, (names) => `rotate ${names.join(" ")}`);
}

function failing(count: number, overrides: Partial<Outcome> = {}): Outcome[] {
  return Array.from({ length: count }, (_, index) =>
    outcome({ name: `c${index}`, outcome: "failed", errorClass: "rejected", ...overrides }),
  );
}

const REFUSED = outcome({
  name: "my-openai",
  outcome: "failed",
  errorClass: "rejected",
  message: "Confluent refused the key.",
  phase: "INVALID_AUTH",
  detail: "401 from the endpoint",
  secretVersionId: "version-2",
  httpStatus: 200,
  requestId: "request-7",
  nextStep: "Check the key.",
});

describe("an alert", () => {
  it("is not sent when all is well", () => {
    expect(alertOf([outcome(), outcome({ outcome: "skipped" })])).toBeUndefined();
  });

  it("tells people what happened, to what, and what to do", () => {
    expect(alertOf([outcome({ name: "well" }), REFUSED])?.text).toBe(
      `The current key is not in use in my-openai; Flink statements that use this connection fail once the old key stops working. (1 of 2 failed.)

prod / my-openai (OPENAI): failed, rejected
  What:       Confluent refused the key.
  Phase:      INVALID_AUTH
  Detail:     401 from the endpoint
  Secret:     prod/openai
  Version:    version-2
  Answer:     HTTP 200
  Request id: request-7
  Next:       Check the key.

Started by the schedule at 2026-03-21T10:00:00.000Z; took 4.2 s and 31 requests.
The next scheduled run tries again by itself. To run it now:
  rotate my-openai`,
    );
  });

  it("leaves out what is not known", () => {
    const text = alertOf([outcome({ outcome: "unverified", phase: "" })])?.text;
    expect(text).toContain("prod / orders-openai (OPENAI): unverified\n  Secret:     prod/openai\n\nStarted");
  });

  it("carries the report for machines", () => {
    expect(alertOf([REFUSED])?.report?.connections).toEqual([REFUSED]);
  });

  it("can be filtered by severity, environment and class", () => {
    const other = outcome({ environment: "test", outcome: "not-attempted", errorClass: "timeout" });
    expect(alertOf([REFUSED, other, { ...REFUSED, name: "b" }])?.attributes).toEqual({
      severity: ["critical"],
      environment: ["prod", "test"],
      errorClass: ["rejected", "timeout"],
    });
    expect(alertOf([outcome({ detail: "Lookup failed" })])?.attributes).toEqual({
      severity: ["info"],
      environment: ["prod"],
    });
    expect(alertOf([outcome({ outcome: "unverified" })])?.attributes).toMatchObject({
      severity: ["warning"],
    });
  });

  it.each([
    { connections: [REFUSED], expected: "[FAILED] Flink connections prod: 1 of 1 failed (rejected)" },
    {
      connections: [
        ...failing(2),
        outcome({ outcome: "rolled-back", errorClass: "rejected" }),
        outcome({ outcome: "not-attempted", errorClass: "timeout" }),
        outcome({ outcome: "unverified" }),
      ],
      expected:
        "[FAILED] Flink connections prod: 2 of 5 failed, 1 rolled back, 1 not attempted, 1 unverified (re...",
    },
    {
      connections: [outcome(), outcome({ outcome: "unverified", errorClass: "service" })],
      expected: "[UNVERIFIED] Flink connections prod: 1 of 2 unverified (service)",
    },
    {
      connections: [outcome(), outcome({ detail: "Lookup failed" })],
      expected: "[NOTICE] Flink connections prod: 1 of 2 ready, with a remark",
    },
    {
      connections: [REFUSED, { ...REFUSED, environment: "test" }],
      expected: "[FAILED] Flink connections prod, test: 2 of 2 failed (rejected)",
    },
    {
      connections: [REFUSED, { ...REFUSED, environment: "test" }, { ...REFUSED, environment: "dev" }],
      expected: "[FAILED] Flink connections 3 environments: 3 of 3 failed (rejected)",
    },
    {
      connections: [{ ...REFUSED, environment: "prü\nd" }],
      expected: "[FAILED] Flink connections pr??d: 1 of 1 failed (rejected)",
    },
  ])("has the subject $expected", ({ connections, expected }) => {
    expect(alertOf(connections)?.subject).toBe(expected);
  });

  it("cuts a subject of more than 99 characters", () => {
    const subjectFor = (environment: string) => alertOf([{ ...REFUSED, environment }])?.subject;
    const room = 99 - (subjectFor("")?.length ?? 0);
    expect(subjectFor("e".repeat(room))).toMatch(/e: 1 of 1 failed \(rejected\)$/);
    expect(subjectFor("e".repeat(room + 1))).toMatch(/ \(rejec\.\.\.$/);
    expect(subjectFor("e".repeat(room + 1))).toHaveLength(99);
  });

  it.each([
    {
      connections: failing(3),
      expected:
        "The current key is not in use in c0, c1, c2; Flink statements that use these connections fail once the old key stops working. (3 of 3 failed.)",
    },
    {
      connections: failing(4),
      expected:
        "The current key is not in use in 4 connections; Flink statements that use these connections fail once the old key stops working. (4 of 4 failed.)",
    },
    {
      connections: [outcome({ outcome: "unverified" })],
      expected:
        "The current key was sent to orders-openai, but it could not be verified that it is in use. (1 of 1 unverified.)",
    },
    {
      connections: [outcome({ detail: "Lookup failed" })],
      expected:
        "The current key is in use in orders-openai, but there is a remark to read. (1 of 1 ready, with a remark.)",
    },
  ])("begins with what it means: $expected", ({ connections, expected }) => {
    expect(alertOf(connections)?.text.split("\n")[0]).toBe(expected);
  });

  it("describes twenty-five connections, names two hundred more, and counts the rest", () => {
    const described = (count: number) => alertOf(failing(count))?.text ?? "";
    expect(described(25)).not.toContain("more:");
    expect(described(26)).toContain("\n\nAnd 1 more:\n  c25: failed\n\nStarted");
    expect(described(225)).toContain("  c224: failed\n\nStarted");
    expect(described(227)).toContain("And 202 more:\n  c25: failed\n");
    expect(described(227)).toContain("  c224: failed\n  and 2 more\n\nStarted");
    expect(described(227).match(/^prod \/ /gm)).toHaveLength(25);
  });

  it.each([
    { trigger: { kind: "schedule" }, expected: "by the schedule" },
    { trigger: { kind: "direct" }, expected: "by a direct call" },
    {
      trigger: { kind: "secret-change", secret: "prod/openai" },
      expected: "by a change of secret prod/openai",
    },
    {
      trigger: { kind: "secret-change", secret: "prod/openai", versionId: "version-2" },
      expected: "by a change of secret prod/openai (version version-2)",
    },
    {
      trigger: { kind: "ignored", reason: "AWSPENDING" },
      expected: "by an event that was ignored (AWSPENDING)",
    },
  ] as const)("says that the run was started $expected", ({ trigger, expected }) => {
    expect(alertOf([REFUSED], trigger)?.text).toContain(`Started ${expected} at 2026-03-21T10:00:00.000Z;`);
  });
});

describe("the alert for a run that could not begin", () => {
  it.each([
    { error: new ConfigError("connections.json", ["wrong"]), errorClass: "config" },
    { error: new EventError("unknown event"), errorClass: "config" },
    { error: new TypeError("a bug"), errorClass: "internal" },
  ])("is of class $errorClass for $error.name", ({ error, errorClass }) => {
    expect(createStartAlert(error)).toEqual({
      subject: `[FAILED] Flink connections: the run could not start (${errorClass})`,
      text: `No connection was touched: the rotation could not start.\n\n${error.message}\n\nKeys changed since then are not in use until this is fixed and a run succeeds.`,
      attributes: { severity: ["critical"], errorClass: [errorClass] },
    });
  });
});
