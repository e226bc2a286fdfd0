import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { publishAlert, sendAlert } from "../../src/adapters/sns.ts";
import type { Clock } from "../../src/rotation/clock.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import { type Outcome, phaseEvidence } from "../../src/rotation/outcome.ts";
import { type Alert, createAlert } from "../../src/rotation/report/alert.ts";
import { createReport, type Report } from "../../src/rotation/report/report.ts";
import { createStartAlert } from "../../src/rotation/report/start-alert.ts";
import { CONTEXT } from "../support/alerts.ts";
import { startBench } from "../support/aws.ts";

const STARTED_AT = Date.parse("2026-03-21T10:00:00Z");

/** `sleep` advances the clock at once. */
class SteppingClock implements Clock {
  #now = STARTED_AT;
  readonly now = () => this.#now;
  readonly sleep = (ms: number) => {
    this.#now += ms;
    return new Promise<void>(setImmediate);
  };
}

function timing(timeoutMs = 5_000) {
  return { clock: new SteppingClock(), random: () => 0.5, timeoutMs, httpsFormat: "report" } as const;
}

const topicArn = "arn:aws:sns:us-east-1:123456789012:alerts";
const SNS_LIMIT_BYTES = 262_144;

const sns = mockClient(SNSClient);

beforeEach(() => {
  sns.reset();
  sns.on(PublishCommand).resolves({ MessageId: "1" });
});

function outcome(index: number, changes: Partial<Outcome> = {}): Outcome {
  return {
    name: `connection-${index}-${"n".repeat(80)}`,
    environment: "prod",
    type: "OPENAI",
    outcome: "failed",
    errorClass: "rejected",
    ...phaseEvidence("refused"),
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
  const alert = createAlert(reportOf(connections), CONTEXT);
  if (alert === undefined) throw new Error("There is nothing to tell.");
  return alert;
}

const Message = z.record(z.string(), z.string());

async function published(alert: Alert) {
  await publishAlert(new SNSClient({}), alert, { topicArn, ...timing() });
  const input = sns.commandCalls(PublishCommand)[0]?.args[0].input;
  const message = input?.Message ?? "";
  const texts = Message.parse(JSON.parse(message));
  const report = texts["sqs"] === undefined ? undefined : (JSON.parse(texts["sqs"]) as Report);
  return { input, message, texts, report };
}

describe("an alert", () => {
  it("has the text for people and the report for machines", async () => {
    const alert = alertOf([outcome(1)]);
    const { input, texts } = await published(alert);
    expect(input).toMatchObject({
      TopicArn: topicArn,
      Subject: alert.subject,
      MessageStructure: "json",
    });
    expect(Object.keys(texts).toSorted()).toEqual(["default", "https", "lambda", "sms", "sqs"]);
    expect(texts["sms"]).toBe(alert.sms);
    expect(texts["default"]).toBe(alert.text);
    for (const protocol of ["sqs", "lambda", "https"]) {
      expect(JSON.parse(texts[protocol] ?? "")).toEqual(alert.report);
    }
  });

  it("has the chat message instead of the report for https subscribers if so configured", async () => {
    const alert = alertOf([outcome(1)]);
    await publishAlert(new SNSClient({}), alert, { ...timing(), topicArn, httpsFormat: "chat" });
    const message = Message.parse(
      JSON.parse(sns.commandCalls(PublishCommand)[0]?.args[0].input.Message ?? ""),
    );
    expect(JSON.parse(message["https"] ?? "")).toMatchObject({ version: "1.0", source: "custom" });
    expect(JSON.parse(message["sqs"] ?? "")).toEqual(alert.report);
  });

  it("has one attribute value as a string and several as a list", async () => {
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
      createStartAlert(new ConfigError("connections.json", ["a", "b"]), CONTEXT),
    );
    expect(Object.keys(texts)).toEqual(["default", "sms"]);
    expect(input?.MessageAttributes).toEqual({
      severity: { DataType: "String", StringValue: "warning" },
      errorClass: { DataType: "String", StringValue: "config" },
    });
  });

  it("keeps the order of the connections if all of them fit", async () => {
    const connections = [outcome(1, { outcome: "skipped" }), outcome(2)];
    const { report } = await published(alertOf(connections));
    expect(report?.connections.map(({ secret }) => secret)).toEqual(["prod/openai/1", "prod/openai/2"]);
  });

  it("about a thousand failed connections is cut below 256 KB but keeps its counts", async () => {
    const { message, report } = await published(
      alertOf(Array.from({ length: 1_000 }, (_, index) => outcome(index))),
    );
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(250_000);
    expect(report?.counts.failed).toBe(1_000);
    expect(report?.connections.length).toBeGreaterThan(0);
    expect(report?.connections.length).toBeLessThan(1_000);
  });

  it("that is cut keeps the failed connections", async () => {
    const well = Array.from({ length: 999 }, (_, index): Outcome => {
      const { detail, errorClass, ...rest } = outcome(index);
      return { ...rest, outcome: "ready" };
    });
    const { report } = await published(alertOf([...well, outcome(999)]));
    expect(report?.connections[0]).toMatchObject({ outcome: "failed" });
    expect(report?.counts).toMatchObject({ ready: 999, failed: 1 });
  });

  it("drops the list if not even one connection fits", async () => {
    const huge = alertOf([outcome(1, { message: "m".repeat(300_000) })]);
    const { message, report } = await published({ ...huge, text: "short" });
    expect(Buffer.byteLength(message)).toBeLessThan(SNS_LIMIT_BYTES);
    expect(report).toMatchObject({ connections: [], counts: { failed: 1 } });
  });

  it.each([0, 1, 2])(
    "about very many faults of connections.json is cut between two characters (%i)",
    async (shift) => {
      const faults = ["x".repeat(shift), "✗".repeat(100_000)];
      const { message, texts } = await published(
        createStartAlert(new ConfigError("connections.json", faults), CONTEXT),
      );
      expect(Buffer.byteLength(message)).toBeLessThan(SNS_LIMIT_BYTES);
      expect(texts["default"]).toMatch(/✗…$/);
    },
  );

  it.each([0, -1, 0.4])("is attempted for at least a millisecond if %s ms are left", async (timeoutMs) => {
    const given: unknown[] = [];
    const send = (_command: unknown, options: unknown) => {
      given.push(options);
      return Promise.resolve({ MessageId: "1", $metadata: {} });
    };
    await publishAlert({ send }, alertOf([outcome(1)]), { topicArn, ...timing(timeoutMs) });
    expect(given).toEqual([{ abortSignal: expect.any(AbortSignal) }]);
  });
});

describe("an alert that SNS does not accept immediately", () => {
  const fault = (name: string, httpStatusCode: number) =>
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

  it.each([
    ["the topic is throttled", fault("Throttled", 429)],
    ["the service is unavailable", fault("Unknown", 503)],
    ["the topic's KMS key is throttled", fault("KMSThrottlingException", 400)],
    ["an attempt takes too long", fault("AbortError", 0)],
    ["the connection breaks", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
  ])("is retried until the deadline if %s", async (_, error) => {
    sns.on(PublishCommand).rejects(error);
    const { clock, ...rest } = timing(8_000);
    await expect(
      publishAlert(new SNSClient({}), alertOf([outcome(1)]), { topicArn, clock, ...rest }),
    ).rejects.toBe(error);
    expect(clock.now() - STARTED_AT).toBeGreaterThan(7_000);
    expect(clock.now() - STARTED_AT).toBeLessThan(8_000);
  });

  it("gets a second attempt if the first one hangs", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    await publishAlert(new SNSClient({}), alertOf([outcome(1)]), { topicArn, ...timing(2_500) });
    expect(timeout.mock.calls).toEqual([[1_250]]);
  });

  it("is sent once SNS accepts it", async () => {
    const failing = sns.on(PublishCommand);
    for (let failures = 0; failures < 7; failures += 1) failing.rejectsOnce(fault("Unknown", 503));
    failing.resolves({ MessageId: "1" });
    await publishAlert(new SNSClient({}), alertOf([outcome(1)]), { topicArn, ...timing(8_000) });
    expect(sns.commandCalls(PublishCommand)).toHaveLength(8);
  });

  it("is retried as long as the response is not from SNS", async () => {
    sns.on(PublishCommand).resolvesOnce({}).resolves({ MessageId: "1" });
    await publishAlert(new SNSClient({}), alertOf([outcome(1)]), { topicArn, ...timing() });
    expect(sns.commandCalls(PublishCommand)).toHaveLength(2);
    sns.on(PublishCommand).resolves({});
    await expect(
      publishAlert(new SNSClient({}), alertOf([outcome(1)]), { topicArn, ...timing() }),
    ).rejects.toThrow("The response has no message id");
  });
});

describe("the alert topic", () => {
  const sendTo = (ALERT_TOPIC_ARN?: string) =>
    sendAlert(ALERT_TOPIC_ARN === undefined ? {} : { ALERT_TOPIC_ARN }, alertOf([outcome(1)]), timing());

  it.each([
    ["arn:aws:sns:eu-west-1:123456789012:alerts", "eu-west-1"],
    ["arn:aws-us-gov:sns:us-gov-west-1:123456789012:alerts", "us-gov-west-1"],
  ])("%s receives alerts in its own region", async (arn, region) => {
    await sendTo(arn);
    const [call] = sns.commandCalls(PublishCommand);
    expect(await call?.thisValue.config.region()).toBe(region);
  });

  it.each([
    ["arn:aws:sns:us-east-1:123456789012:alerts.fifo", "a FIFO topic"],
    [
      "arn:aws:sns:us-east-1:123456789012:alerts:0a1b2c3d-1111-2222-3333-444455556666",
      "not the ARN of an SNS topic",
    ],
    ["arn:aws:sqs:us-east-1:123456789012:alerts", "not the ARN of an SNS topic"],
    ["arn:aws:sns:us-east-1:1234:alerts", "not the ARN of an SNS topic"],
    ["alerts", "not the ARN of an SNS topic"],
  ])("is rejected: %s", async (arn, words) => {
    await expect(sendTo(arn)).rejects.toThrow(new RegExp(`^ALERT_TOPIC_ARN is ${arn}, .*${words}`));
    expect(sns.calls()).toEqual([]);
  });

  it("must be set", async () => {
    await expect(sendTo()).rejects.toThrow("ALERT_TOPIC_ARN is not set");
  });
});

describe("an alert over HTTP", () => {
  beforeEach(() => {
    sns.restore();
  });

  it("about a thousand failed connections is accepted", async () => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    const connections = Array.from({ length: 1_000 }, (_, index) =>
      outcome(index, { environment: `environment-${index % 50}` }),
    );
    await publishAlert(bench.sns, alertOf(connections), { topicArn, ...timing() });
    expect(bench.aws.published()).toMatchObject([
      {
        topicArn,
        subject: "[DOWN 1000] 1000 secrets: new key refused",
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
  ])("fails with SNS's error: %s", async (error, name) => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    bench.aws.fail({ operation: "Publish", error });
    await expect(publishAlert(bench.sns, alertOf([outcome(1)]), { topicArn, ...timing() })).rejects.toThrow(
      expect.objectContaining({ name: expect.stringContaining(name) }),
    );
  });

  it("is given up if the topic never responds", async () => {
    const bench = await startBench();
    const topicArn = bench.aws.createTopic("alerts");
    bench.aws.fail({ connection: "silence" });
    await expect(
      publishAlert(bench.sns, alertOf([outcome(1)]), { topicArn, ...timing(50) }),
    ).rejects.toThrow();
  });
});
