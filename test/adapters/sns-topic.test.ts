import { PublishCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { sendAlert } from "../../src/adapters/sns.ts";
import { alertOf, mockSns, outcome, timing } from "./alert-publishing.ts";

const sns = mockSns();

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
