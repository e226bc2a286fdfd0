import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { describe, expect, it, vi } from "vitest";
import { publishAlert } from "../../src/adapters/sns.ts";
import { alertOf, mockSns, outcome, STARTED_AT, timing, topicArn } from "./alert-publishing.ts";

const sns = mockSns();

describe("an alert that SNS does not accept immediately", () => {
  const fault = (name: string, httpStatusCode: number) =>
    Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });

  it.each([
    ["the topic is throttled", fault("Throttled", 429)],
    ["the service is unavailable", fault("Unknown", 503)],
    ["the topic's KMS key is throttled", fault("KMSThrottlingException", 400)],
    ["an attempt takes too long", fault("AbortError", 0)],
    ["the connection breaks", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })],
  ])("is retried until shortly before the deadline if %s", async (_, error) => {
    sns.on(PublishCommand).rejects(error);
    const { clock, ...rest } = timing(8_000);
    await expect(
      publishAlert(new SNSClient({}), alertOf([outcome(1)]), { topicArn, clock, ...rest }),
    ).rejects.toBe(error);
    expect(clock.now() - STARTED_AT).toBe(7_700);
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
