import { describe, expect, it } from "vitest";
import { createReport } from "../../../src/rotation/report/report.ts";
import { reportSchema } from "../../../src/rotation/report/schema.ts";
import { NOW, outcome } from "../../support/builders.ts";

const everything = outcome({
  outcome: "failed",
  errorClass: "rejected",
  phase: "INVALID_AUTH",
  detail: "401",
  secretVersionId: "version",
  httpStatus: 200,
  requestId: "request",
  message: "Confluent refused the key.",
  nextStep: "Check the key.",
});

describe("the report's schema", () => {
  it.each([
    { kind: "schedule" },
    { kind: "secret-change", secret: "prod/openai", versionId: "version" },
    { kind: "direct", connections: ["a"], secrets: ["prod/openai"], dryRun: true },
    { kind: "ignored", reason: "AWSPENDING moved", secret: "prod/openai" },
  ] as const)("keeps every field of a report with the trigger $kind", (trigger) => {
    const report = createReport([everything], { trigger, startedAt: NOW, endedAt: NOW + 5, requests: 3 });
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it("refuses an outcome that does not exist", () => {
    const trigger = { kind: "schedule" } as const;
    const report = createReport([everything], { trigger, startedAt: NOW, endedAt: NOW, requests: 0 });
    const unknown = { ...report, connections: [{ ...everything, outcome: "done" }] };
    expect(reportSchema.safeParse(unknown).success).toBe(false);
  });
});
