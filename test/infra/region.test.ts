import { App, Stack } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, it } from "vitest";
import { requireStandardTopic } from "../../infra/topic.ts";
import { ACCOUNT, CONNECTIONS, REGION, secretArn, synthesize } from "./synthesis.ts";

const ELSEWHERE = "eu-west-1";
const elsewhere = (arn: string) => arn.replace(REGION, ELSEWHERE);
const topicIn = (region: string) => `arn:aws:sns:${region}:${ACCOUNT}:OnCall`;

/** A file whose only ARN is that of the secret. */
const withSecret = (secret: string) => ({
  ...CONNECTIONS,
  connections: [{ name: "a", type: "OPENAI", secret }],
});
const withApiKeySecret = (apiKeySecret: string) => ({
  ...CONNECTIONS,
  environments: { prod: { ...CONNECTIONS.environments.prod, apiKeySecret } },
});

describe("the region of a stack", () => {
  it.each([
    ["two secrets", () => synthesize(withApiKeySecret(elsewhere(secretArn("prod/flink-AbCdEf"))))],
    [
      "the stack and a secret",
      () => synthesize(withSecret(elsewhere(secretArn("prod/openai-AbCdEf"))), {}, { region: REGION }),
    ],
    [
      "a secret and the alert topic",
      () => synthesize(withSecret(secretArn("prod/openai")), { alertTopicArn: topicIn(ELSEWHERE) }),
    ],
    [
      "the stack and the alert topic",
      () => synthesize(withSecret("prod/openai"), { alertTopicArn: topicIn(ELSEWHERE) }, { region: REGION }),
    ],
  ])("must be unique: %s in two regions are rejected with a message that names both", (_, deploy) => {
    expect(deploy).toThrow(
      / in (us-west-2|eu-west-1), but .* in (eu-west-1|us-west-2)\. .*one stack for each region/,
    );
  });

  it("may be the region of all ARNs", () => {
    const context = { alertTopicArn: topicIn(REGION) };
    expect(() => synthesize(CONNECTIONS, context, { region: REGION })).not.toThrow();
  });

  it("may be any region if connections.json contains only names", () => {
    expect(() => synthesize(withSecret("prod/openai"), {}, { region: ELSEWHERE })).not.toThrow();
  });
});

describe("the alert topic of a construct", () => {
  const stack = new Stack(new App(), "Stack");
  const named = (name: string) => Topic.fromTopicArn(stack, name, `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`);

  it("may be a standard topic, given by ARN or created in the same stack", () => {
    expect(() => requireStandardTopic(named("OnCall"))).not.toThrow();
    expect(() => requireStandardTopic(new Topic(stack, "Topic"))).not.toThrow();
  });

  it("is rejected if it is a FIFO topic", () => {
    expect(() => requireStandardTopic(new Topic(stack, "Fifo", { fifo: true }))).toThrow("is a FIFO topic");
    expect(() => requireStandardTopic(named("OnCall.fifo"))).toThrow("is a FIFO topic");
  });

  it("is rejected if the ARN is not a topic's", () => {
    const queue = Topic.fromTopicArn(stack, "Queue", `arn:aws:sqs:${REGION}:${ACCOUNT}:queue`);
    expect(() => requireStandardTopic(queue)).toThrow("is not the ARN of a topic");
  });
});
