import { GetTopicAttributesCommand, PublishCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { startBench } from "../../support/aws.ts";

const TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts";

async function withTopic() {
  const bench = await startBench();
  bench.aws.createTopic("alerts");
  return bench;
}

describe("GetTopicAttributes in the AWS stand-in", () => {
  it("returns the ARN of a topic and how many subscriptions it has", async () => {
    const { sns } = await withTopic();
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: TOPIC }));
    expect(Attributes).toEqual({ TopicArn: TOPIC, SubscriptionsConfirmed: "1", SubscriptionsPending: "0" });
  });
});

describe("Publish in the AWS stand-in", () => {
  it("keeps subject, message, structure and attributes, and lists them under /_sandbox/sns/messages", async () => {
    const { aws, sns } = await withTopic();
    const message = JSON.stringify({ default: "<3 & ünïcode +%\n", sqs: "{}" });
    const { MessageId } = await sns.send(
      new PublishCommand({
        TopicArn: TOPIC,
        Subject: "[FAILED] Flink connections prod: 1 of 12 failed",
        Message: message,
        MessageStructure: "json",
        MessageAttributes: {
          severity: { DataType: "String", StringValue: "critical" },
          failed: { DataType: "Number", StringValue: "1" },
          raw: { DataType: "Binary", BinaryValue: Uint8Array.of(1, 2) },
        },
      }),
    );
    const published = {
      messageId: MessageId,
      topicArn: TOPIC,
      subject: "[FAILED] Flink connections prod: 1 of 12 failed",
      message,
      messageStructure: "json",
      attributes: {
        severity: { type: "String", value: "critical" },
        failed: { type: "Number", value: "1" },
        raw: { type: "Binary", value: "AQI=" },
      },
    };
    expect(aws.published()).toEqual([published]);
    expect(await (await fetch(`${aws.url}/_sandbox/sns/messages`)).json()).toEqual([published]);
  });

  it.each([
    { title: "a subject of 99 characters", input: { Subject: "x".repeat(99) } },
    { title: "a message of 256 KB", input: { Message: "x".repeat(262_144) } },
    { title: "no subject", input: {} },
  ])("accepts $title", async ({ input }) => {
    const { aws, sns } = await withTopic();
    await sns.send(new PublishCommand({ TopicArn: TOPIC, Message: "text", ...input }));
    expect(aws.published()).toMatchObject([{ message: input.Message ?? "text", subject: input.Subject }]);
  });

  it.each([
    { title: "a subject of 100 characters", input: { Subject: "x".repeat(100) }, message: "Subject" },
    { title: "an empty subject", input: { Subject: "" }, message: "Subject" },
    { title: "a line break in the subject", input: { Subject: "a\nb" }, message: "Subject" },
    { title: "a control character in the subject", input: { Subject: "a\u0007b" }, message: "Subject" },
    { title: "no message", input: { Message: undefined }, message: "Empty message" },
    { title: "an empty message", input: { Message: "" }, message: "Empty message" },
    { title: "more than 256 KB", input: { Message: "x".repeat(262_145) }, message: "Message too long" },
    {
      title: "256 KB plus attributes",
      input: {
        Message: "x".repeat(262_144),
        MessageAttributes: { a: { DataType: "String", StringValue: "b" } },
      },
      message: "Message too long",
    },
    {
      title: "more than 256 KB of UTF-8",
      input: { Message: "ä".repeat(131_073) },
      message: "Message too long",
    },
    {
      title: "an unknown structure",
      input: { MessageStructure: "xml" },
      message: "MessageStructure",
    },
    {
      title: "a structure that is not JSON",
      input: { MessageStructure: "json", Message: "{" },
      message: "Message Structure - JSON message body failed to parse",
    },
    {
      title: "a structure that is not an object",
      input: { MessageStructure: "json", Message: "null" },
      message: "Message Structure - JSON message body failed to parse",
    },
    {
      title: "a structure without default",
      input: { MessageStructure: "json", Message: '{"default":{"a":1}}' },
      message: "Message Structure - No default entry in JSON message body",
    },
    {
      title: "a target that is not an ARN",
      input: { TopicArn: "alerts" },
      message: "TopicArn",
    },
    {
      title: "no topic",
      input: { TopicArn: undefined },
      message: "TopicArn or TargetArn Reason: no value for required parameter",
    },
  ])("refuses $title", async ({ input, message }) => {
    const { aws, sns } = await withTopic();
    const publish = new PublishCommand({ TopicArn: TOPIC, Message: "text", ...input });
    await expect(sns.send(publish)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: `Invalid parameter: ${message}`,
      $metadata: { httpStatusCode: 400 },
    });
    expect(aws.published()).toEqual([]);
  });

  it.each([
    { title: "an empty attribute", attribute: { DataType: "String", StringValue: "" } },
    { title: "an attribute of an unknown type", attribute: { DataType: "Text", StringValue: "x" } },
  ])("refuses $title", async ({ attribute }) => {
    const { sns } = await withTopic();
    const input = { TopicArn: TOPIC, Message: "text", MessageAttributes: { severity: attribute } };
    await expect(sns.send(new PublishCommand(input))).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: expect.stringContaining("'severity'"),
    });
  });

  it("refuses a topic that does not exist", async () => {
    const { sns } = await withTopic();
    const publish = new PublishCommand({ TopicArn: `${TOPIC}2`, Message: "text" });
    await expect(sns.send(publish)).rejects.toMatchObject({
      name: "NotFoundException",
      message: "Topic does not exist",
      $metadata: { httpStatusCode: 404 },
    });
  });
});
