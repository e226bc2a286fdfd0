import { describe, expect, it } from "vitest";
import { createPlainAlert } from "../../../src/rotation/alert/plain-alert.ts";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import { createReport, type Report } from "../../../src/rotation/report/report.ts";
import { summaryOf } from "../../../src/rotation/report/summary.ts";
import { CONTEXT } from "../../support/alerts.ts";
import { NOW, outcome } from "../../support/builders.ts";

const FACTS = { trigger: { kind: "schedule" }, startedAt: NOW, endedAt: NOW, requests: 1 } as const;
const REFUSED = outcome({ outcome: "failed", errorClass: "rejected", message: "Confluent refused the key." });
const KEPT = outcome({ name: "b", outcome: "not-attempted", errorClass: "rejected" });
const SLOW = outcome({ name: "c", outcome: "unverified", errorClass: "timeout" });

function stopped(name: string, environment = "prod"): NonNullable<Report["statements"]>[number] {
  return { environment, name, phase: "STOPPED", connections: [], action: "not-resumed" };
}

function reportOf(connections: readonly Outcome[], statements: Report["statements"] = []): Report {
  return createReport(connections, { ...FACTS, statements });
}

describe("the summary of a run", () => {
  it.each([
    {
      connections: [outcome(), REFUSED],
      summary: "[FAILED] Flink connections prod: 1 of 2 failed (rejected)",
    },
    {
      connections: [REFUSED, KEPT, SLOW, outcome({ outcome: "skipped", environment: "idle" })],
      summary:
        "[FAILED] Flink connections prod: 1 of 4 failed, 1 not attempted, 1 unverified (rejected, timeout)",
    },
    {
      connections: [outcome({ outcome: "rolled-back", errorClass: "rejected" }), KEPT],
      summary: "[FAILED] Flink connections prod: 1 of 2 rolled back, 1 not attempted (rejected)",
    },
    { connections: [SLOW], summary: "[UNVERIFIED] Flink connections prod: 1 of 1 unverified (timeout)" },
    {
      connections: [outcome({ detail: "Slow." }), outcome()],
      summary: "[NOTICE] Flink connections prod: 1 of 2 ready, with a remark",
    },
    {
      connections: [REFUSED, { ...KEPT, environment: "staging" }],
      summary: "[FAILED] Flink connections prod, staging: 1 of 2 failed, 1 not attempted (rejected)",
    },
    {
      connections: ["a", "b", "c"].map((environment) => ({ ...KEPT, environment })),
      summary: "[FAILED] Flink connections 3 environments: 3 of 3 not attempted (rejected)",
    },
  ])("is: $summary", ({ connections, summary }) => {
    expect(summaryOf(reportOf(connections))).toBe(summary);
  });

  it("is about statements that do not run again, if there are any", () => {
    const report = reportOf([REFUSED], [stopped("orders", "staging"), stopped("payments", "staging")]);
    expect(summaryOf(report)).toBe(
      "[FAILED] Flink statement staging, prod: orders and 1 more stopped and not running again",
    );
  });
});

describe("an alert in plain words", () => {
  it("lists the outcomes, and says what must not be done", () => {
    const { report, text, subject, sms, attributes } = createPlainAlert(
      reportOf([outcome(), REFUSED, KEPT]),
      CONTEXT,
    );
    expect(text).toBe(
      [
        "[FAILED] Flink connections prod: 1 of 3 failed, 1 not attempted (rejected)",
        "",
        "prod/orders-openai: failed. Confluent refused the key.",
        "prod/b: not-attempted",
        "",
        "Do not revoke the previous key.",
      ].join("\n"),
    );
    expect([subject, sms]).toEqual(Array(2).fill(text.split("\n")[0]));
    expect(attributes).toEqual({ severity: ["critical"], environment: ["prod"] });
    expect(report?.connections).toHaveLength(3);
  });

  it("is a chat message too", () => {
    const { chat, subject, text } = createPlainAlert(reportOf([REFUSED]), CONTEXT);
    expect(JSON.parse(chat)).toMatchObject({
      content: { title: subject, description: text, nextSteps: [], keywords: [] },
      metadata: { threadId: "plain", eventType: "flink-connection-rotator-critical" },
    });
  });

  it("goes to those who subscribe to the environment of a stopped statement", () => {
    const { attributes } = createPlainAlert(reportOf([], [stopped("orders", "staging")]), CONTEXT);
    expect(attributes["environment"]).toEqual(["staging"]);
  });

  it("names two hundred connections at most, and is cut for a subject and an SMS", () => {
    const environment = "e".repeat(200);
    const many = Array.from({ length: 201 }, (_, index) => ({ ...KEPT, environment, name: `c${index}` }));
    const { subject, sms, text } = createPlainAlert(reportOf(many), CONTEXT);
    expect(subject).toMatch(/^\[FAILED\] Flink connections e+\.\.\.$/);
    expect(subject).toHaveLength(99);
    expect(sms).toHaveLength(140);
    expect(text).toContain("/c199: not-attempted\n\nDo not revoke");
  });
});
