import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";
import { TWO_SECRETS } from "./connections.ts";

describe("check", () => {
  it.each([
    ["arn:aws:sns:us-east-1:123456789012:alerts.fifo", "a FIFO topic"],
    ["arn:aws:sqs:us-east-1:123456789012:alerts", "which is not the ARN of an SNS topic"],
  ])("fails for a topic that cannot receive alerts: %s", async (topic, words) => {
    const { run } = await startOperator({ connections: TWO_SECRETS });
    const { code, out } = await run(["check", "--topic", topic]);
    expect(code).toBe(1);
    expect(out).toContain(`✗ alert topic: The topic is ${topic}, ${words}`);
  });

  it.each([
    [0, "Nobody is subscribed to the topic, so nobody receives alerts."],
    [2, "None of the subscriptions to the topic is confirmed (2 pending), so nobody receives alerts."],
  ])("remarks that nobody receives alerts, with %i pending subscriptions", async (pending, words) => {
    const { run, aws } = await startOperator({ connections: TWO_SECRETS });
    const topic = aws.createTopic("quiet", { confirmed: 0, pending });
    const { code, out } = await run(["check", "--topic", topic]);
    expect(out.replace(/\s+/g, " ")).toContain(words);
    expect(code).toBe(0);
  });

  it("does not check a topic if none is given", async () => {
    const { run } = await startOperator({ connections: TWO_SECRETS });
    const { out } = await run(["check"], { env: { ALERT_TOPIC_ARN: "" } });
    expect(out).not.toContain("topic");
  });
});
