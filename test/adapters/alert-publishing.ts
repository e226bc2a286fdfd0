import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach } from "vitest";
import { type Alert, createAlert } from "../../src/rotation/alert/alert.ts";
import { evidenceOfPhase, type Outcome } from "../../src/rotation/outcome.ts";
import { createReport, type Report } from "../../src/rotation/report/report.ts";
import { CONTEXT } from "../support/alerts.ts";
import { SteppingClock } from "../support/stepping-clock.ts";

export const STARTED_AT = Date.parse("2026-03-21T10:00:00Z");

/** Simulates the SDK's client; each test starts with an SNS that accepts every alert. */
export function mockSns() {
  const sns = mockClient(SNSClient);
  beforeEach(() => {
    sns.reset();
    sns.on(PublishCommand).resolves({ MessageId: "1" });
  });
  afterAll(() => {
    sns.restore();
  });
  return sns;
}

export function timing(timeoutMs = 5_000) {
  return {
    clock: new SteppingClock(STARTED_AT),
    random: () => 0.5,
    timeoutMs,
    httpsFormat: "report",
  } as const;
}

export const topicArn = "arn:aws:sns:us-east-1:123456789012:alerts";

export function outcome(index: number, changes: Partial<Outcome> = {}): Outcome {
  return {
    name: `connection-${index}-${"n".repeat(80)}`,
    environment: "prod",
    type: "OPENAI",
    outcome: "failed",
    errorClass: "rejected",
    evidence: evidenceOfPhase("refused"),
    secret: `prod/openai/${index}`,
    durationMs: 1_200,
    phase: "INVALID_AUTH",
    detail: "d".repeat(500),
    message: "m".repeat(300),
    nextStep: "s".repeat(200),
    ...changes,
  };
}

function reportOf(connections: readonly Outcome[]): Report {
  return createReport(connections, {
    trigger: { kind: "schedule" },
    startedAt: 0,
    endedAt: 9_000,
    requests: 7,
  });
}

export function alertOf(connections: readonly Outcome[]): Alert {
  const alert = createAlert(reportOf(connections), CONTEXT);
  if (alert === undefined) throw new Error("There is nothing to tell.");
  return alert;
}
