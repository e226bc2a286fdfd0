import { describe, expect, it } from "vitest";
import { createAlert } from "../../../src/rotation/alert/alert.ts";
import { createReport } from "../../../src/rotation/report/report.ts";
import { summaryOf } from "../../../src/rotation/report/summary.ts";
import type { StatementEntry } from "../../../src/rotation/statements/recorder.ts";
import { CONTEXT } from "../../support/alerts.ts";
import { NOW, outcome } from "../../support/builders.ts";

function statement(overrides: Partial<StatementEntry> = {}): StatementEntry {
  return {
    environment: "prod",
    name: "orders",
    phase: "STOPPED",
    connections: ["openai"],
    action: "not-resumed",
    message: "The rotator has stopped it.",
    nextStep: "confluent flink statement resume orders",
    ...overrides,
  };
}

function alertOf(statements: readonly StatementEntry[], connections = [outcome()]) {
  const facts = { trigger: { kind: "schedule" }, startedAt: NOW, endedAt: NOW, requests: 1 } as const;
  const report = createReport(connections, { ...facts, statements });
  return { report, alert: createAlert(report, CONTEXT) };
}

describe("an alert about statements", () => {
  it("is critical, and begins with the line that resumes the statement", () => {
    const { report, alert } = alertOf([statement()]);
    expect(report.outcome).toBe("failed");
    expect(summaryOf(report)).toBe("[FAILED] Flink statement prod: orders stopped and not running again");
    expect(alert?.subject).toBe("[STOPPED 1] prod: statement orders does not run again");
    expect(alert?.text).toMatch(
      /^STOPPED STATEMENT:\n {2}prod\/orders\n.+\n\nRESUME IT:\n\n {2}confluent flink statement resume orders\n/s,
    );
    expect(alert?.attributes).toEqual({ severity: ["critical"], environment: ["prod"] });
  });

  it("counts further statements, and also describes the connections", () => {
    const failed = outcome({
      name: "other",
      environment: "staging",
      outcome: "failed",
      errorClass: "rejected",
    });
    const { alert, report } = alertOf([statement(), statement({ name: "second" })], [failed]);
    expect(summaryOf(report)).toContain("orders and 1 more stopped");
    expect(alert?.subject).toMatch(/^\[STOPPED 2, NOT KNOWN 1\] prod: 2 statements do not run again/);
    expect(alert?.text).toContain("statement second");
    expect(alert?.text).toContain("WHY: rejected, staging, 1 connection");
    expect(alert?.attributes["environment"]).toEqual(["prod", "staging"]);
  });

  it.each(["reported", "restarted", "resumed", "not-restarted", "would-restart"] as const)(
    "is not sent for one that is %s",
    (action) => {
      const { report, alert } = alertOf([statement({ action })]);
      expect(report).toMatchObject({ outcome: "succeeded", statements: [{ name: "orders", action }] });
      expect(alert).toBeUndefined();
    },
  );

  it("speaks of several stopped statements in the plural", () => {
    const { alert } = alertOf([statement(), statement({ environment: "staging", name: "payments" })]);
    expect(alert?.text).toMatch(
      /^STOPPED STATEMENT:\n {2}prod\/orders, staging\/payments\n {2}The rotator has stopped them for a\n {2}restart, and they do not run again\.\n\n/,
    );
  });

  it("has no command if it is not known how to resume the statement", () => {
    const { nextStep: _nextStep, ...unknown } = statement();
    const { alert } = alertOf([unknown]);
    expect(alert?.text).not.toContain("RESUME IT");
    expect(JSON.parse(alert?.chat ?? "{}").content.nextSteps).toEqual([]);
  });

  it.each(["reported", "not-restarted", "would-restart"] as const)(
    "names one that is %s as one that still runs with the previous key",
    (action) => {
      const { alert } = alertOf([statement(), statement({ name: "audit", action })]);
      expect(alert?.text).toContain("\n\nAt least these still run with the previous key: prod/audit.\n\n");
    },
  );

  it("names those that still run with the previous key if it is sent for another reason", () => {
    const failed = outcome({ outcome: "failed", errorClass: "rejected" });
    const many = Array.from({ length: 60 }, (_, index) =>
      statement({ name: `s${index}`, action: "reported" }),
    );
    const text = alertOf(
      [...many, statement({ name: "done", action: "restarted" })],
      [failed],
    ).alert?.text.replaceAll("\n", " ");
    expect(text).toContain("At least these still run with the previous key: prod/s0, prod/s1,");
    expect(text).toContain("prod/s49, and 10 more.");
    expect(text).not.toContain("done");
  });

  it("is not part of a report without statements", () => {
    expect(alertOf([]).report).not.toHaveProperty("statements");
  });
});
