import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { publishAlert } from "../../src/adapters/sns.ts";
import type { Alert } from "../../src/rotation/alert/alert.ts";
import { createStartAlert } from "../../src/rotation/alert/start-alert.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import type { Outcome } from "../../src/rotation/outcome.ts";
import type { Report } from "../../src/rotation/report/report.ts";
import { CONTEXT } from "../support/alerts.ts";
import { alertOf, mockSns, outcome, timing, topicArn } from "./alert-publishing.ts";

const SNS_LIMIT_BYTES = 262_144;

const sns = mockSns();

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
