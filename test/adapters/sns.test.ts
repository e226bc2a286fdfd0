import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { publishAlert } from "../../src/adapters/sns.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import { NO_EVIDENCE, type Outcome } from "../../src/rotation/outcome.ts";
import { type Alert, createAlert, createStartAlert } from "../../src/rotation/report/alert.ts";
import { createReport, type Report } from "../../src/rotation/report/report.ts";
import { startBench } from "../support/aws.ts";

const TOPIC = { topicArn: "arn:aws:sns:us-east-1:123456789012:alerts", timeoutMs: 5_000 };
const SNS_LIMIT_BYTES = 262_144;

const sns = mockClient(SNSClient);

beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({});
});

function outcome(index: number, changes: Partial<Outcome> = {}): Outcome {
  return {
    name: `connection-${index}-${"n".repeat(80)}`,
    environment: "prod",
    type: "OPENAI",
    outcome: "failed",
    errorClass: "rejected",
    evidence: NO_EVIDENCE,
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

function alertOf(connections: readonly Outcome[]): Alert {
  const alert = createAlert(reportOf(connections), () => "aws lambda invoke");
  if (alert === undefined) throw new Error("There is nothing to tell.");
  return alert;
}

const Message = z.record(z.string(), z.string());

async function published(alert: Alert) {
  await publishAlert(new SNSClient({}), alert, TOPIC);
  const input = sns.commandCalls(PublishCommand)[0]?.args[0].input;
  const message = input?.Message ?? "";
  const texts = Message.parse(JSON.parse(message));
  const report = texts["sqs"] === undefined ? undefined : (JSON.parse(texts["sqs"]) as Report);
  return { input, message, texts, report };
}

describe("an alert", () => {
  it("gives people the text, and the report to what reads it by machine", async () => {
    const alert = alertOf([outcome(1)]);
    const { input, texts } = await published(alert);
    expect(input).toMatchObject({
      TopicArn: TOPIC.topicArn,
      Subject: alert.subject,
      MessageStructure: "json",
    });
    expect(Object.keys(texts).toSorted()).toEqual(["default", "https", "lambda", "sqs"]);
    expect(texts["default"]).toBe(alert.text);
    for (const protocol of ["sqs", "lambda", "https"]) {
      expect(JSON.parse(texts[protocol] ?? "")).toEqual(alert.report);
    }
  });

  it("has one value of an attribute as a text, several as a list", async () => {
    const { input } = await published(
      alertOf([outcome(1), outcome(2, { environment: "test", errorClass: "guard" })]),
    );
    expect(input?.MessageAttributes).toEqual({
      severity: { DataType: "String", StringValue: "critical" },
      environment: { DataType: "String.Array", StringValue: '["prod","test"]' },
      errorClass: { DataType: "String.Array", StringValue: '["rejected","guard"]' },
    });
  });

  it("about a run that could not start has no report", async () => {
    const { texts, input } = await published(
      createStartAlert(new ConfigError("connections.json", ["a", "b"])),
    );
    expect(Object.keys(texts)).toEqual(["default"]);
    expect(input?.MessageAttributes).toEqual({
      severity: { DataType: "String", StringValue: "critical" },
      errorClass: { DataType: "String", StringValue: "config" },
    });
  });

  it("keeps the order of the connections where all of them fit", async () => {
    const connections = [outcome(1, { outcome: "skipped" }), outcome(2)];
    const { report } = await published(alertOf(connections));
    expect(report?.connections.map(({ secret }) => secret)).toEqual(["prod/openai/1", "prod/openai/2"]);
  });

  it("about a thousand failed connections is cut below 256 KB, its counts are not", async () => {
    const { message, report } = await published(
      alertOf(Array.from({ length: 1_000 }, (_, index) => outcome(index))),
    );
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(250_000);
    expect(report?.counts.failed).toBe(1_000);
    expect(report?.connections.length).toBeGreaterThan(0);
    expect(report?.connections.length).toBeLessThan(1_000);
  });

  it("that is cut keeps those that are not well", async () => {
    const well = Array.from({ length: 999 }, (_, index): Outcome => {
      const { detail, errorClass, ...rest } = outcome(index);
      return { ...rest, outcome: "ready" };
    });
    const { report } = await published(alertOf([...well, outcome(999)]));
    expect(report?.connections[0]).toMatchObject({ outcome: "failed" });
    expect(report?.counts).toMatchObject({ ready: 999, failed: 1 });
  });

  it("drops the list where not even one connection fits", async () => {
    const huge = alertOf([outcome(1, { message: "m".repeat(300_000) })]);
    const { message, report } = await published({ ...huge, text: "short" });
    expect(Buffer.byteLength(message)).toBeLessThan(SNS_LIMIT_BYTES);
    expect(report).toMatchObject({ connections: [], counts: { failed: 1 } });
  });

  it.each([0, 1, 2])(
    "about very many faults of connections.json is cut too, between two characters (%i)",
    async (shift) => {
      const faults = ["x".repeat(shift), "✗".repeat(100_000)];
      const { message, texts } = await published(
        createStartAlert(new ConfigError("connections.json", faults)),
      );
      expect(Buffer.byteLength(message)).toBeLessThan(SNS_LIMIT_BYTES);
      expect(texts["default"]).toMatch(/✗…$/);
    },
  );

  it.each([0, -1, 0.4])("is given a millisecond at least, where %s are left", async (timeoutMs) => {
    const given: unknown[] = [];
    const send = (_command: unknown, options: unknown) => {
      given.push(options);
      return Promise.resolve({ $metadata: {} });
    };
    await publishAlert({ send }, alertOf([outcome(1)]), { ...TOPIC, timeoutMs });
    expect(given).toEqual([{ abortSignal: expect.any(AbortSignal) }]);
  });
});

describe("an alert over the wire", () => {
  beforeEach(() => {
    sns.restore();
  });

  it("is taken by the topic, a thousand failed connections and all", async () => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    const connections = Array.from({ length: 1_000 }, (_, index) =>
      outcome(index, { environment: `environment-${index % 50}` }),
    );
    await publishAlert(bench.sns, alertOf(connections), { topicArn, timeoutMs: 5_000 });
    expect(bench.aws.published()).toMatchObject([
      {
        topicArn,
        subject: "[FAILED] Flink connections 50 environments: 1000 of 1000 failed (rejected)",
        messageStructure: "json",
        attributes: { severity: { type: "String", value: "critical" } },
      },
    ]);
  });

  it.each([
    ["NotFound", "NotFound"],
    ["AuthorizationError", "AuthorizationError"],
    ["KMSAccessDenied", "KMSAccessDenied"],
    ["Throttled", "Throttled"],
  ])("fails with what the topic answers: %s", async (error, name) => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    bench.aws.fail({ operation: "Publish", error });
    await expect(
      publishAlert(bench.sns, alertOf([outcome(1)]), { topicArn, timeoutMs: 5_000 }),
    ).rejects.toThrow(expect.objectContaining({ name: expect.stringContaining(name) }));
  });

  it("does not wait for a topic that never answers", async () => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    bench.aws.fail({ connection: "silence" });
    await expect(
      publishAlert(bench.sns, alertOf([outcome(1)]), { topicArn, timeoutMs: 50 }),
    ).rejects.toThrow();
  });
});
