import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { ACCOUNT, CONNECTIONS, ofType, REGION, synthesize, warningsOf } from "./synthesis.ts";

const GIVEN_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:OnCall`;
const { template, resources } = synthesize(CONNECTIONS, { alertEmail: "ops@example.com, dev@example.com" });

describe("the alert topic", () => {
  it("is encrypted with its own rotated key", () => {
    template.hasResourceProperties("AWS::SNS::Topic", { KmsMasterKeyId: Match.anyValue() });
    template.hasResourceProperties("AWS::KMS::Key", { EnableKeyRotation: true });
  });

  it.each([
    ["cloudwatch.amazonaws.com", { StringEquals: { "aws:SourceAccount": ACCOUNT } }],
    ["events.amazonaws.com", undefined],
  ])("accepts messages from %s, which may use its key", (Service, Condition) => {
    const shared = { Effect: "Allow", Principal: { Service }, ...(Condition && { Condition }) };
    const statements = (type: string, policy: string) =>
      ofType(resources, type).flatMap((properties) => Object(properties[policy]).Statement);
    expect(statements("AWS::SNS::TopicPolicy", "PolicyDocument")).toContainEqual(
      expect.objectContaining({ ...shared, Action: "sns:Publish" }),
    );
    expect(statements("AWS::KMS::Key", "KeyPolicy")).toContainEqual(
      expect.objectContaining({ ...shared, Action: ["kms:Decrypt", "kms:GenerateDataKey*"] }),
    );
  });

  it("accepts messages only over TLS", () => {
    template.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ]),
      },
    });
  });

  it("has a subscription for each address", () => {
    const addresses = ofType(resources, "AWS::SNS::Subscription").map(({ Endpoint }) => Endpoint);
    expect(addresses.sort()).toEqual(["dev@example.com", "ops@example.com"]);
  });

  it.each([
    [
      "an address",
      { alertEmail: "ops@example.com" },
      "ops@example.com (each must confirm the subscription)",
      false,
    ],
    ["a given topic", { alertTopicArn: GIVEN_TOPIC }, "the subscribers of the given topic", false],
    ["neither", {}, "nobody: set alertEmail, or subscribe to the topic", true],
  ])("names its recipients in an output and warns if there are none: %s", (_, context, value, isWarned) => {
    const given = synthesize(CONNECTIONS, context);
    given.template.hasOutput("AlertRecipients", { Value: value });
    expect(warningsOf(given).some((text) => text.startsWith("Nobody receives the alerts"))).toBe(isWarned);
  });

  it("receives alerts in the configured format with the configured runbook", () => {
    const context = { alertHttpsFormat: "chat", runbookUrl: "https://wiki.example.com/runbook" };
    const given = synthesize(CONNECTIONS, { ...context, serviceName: "my.rotator" });
    given.template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: {
        Variables: Match.objectLike({
          ALERT_HTTPS_FORMAT: "chat",
          RUNBOOK_URL: context.runbookUrl,
          DASHBOARD_NAME: "my-rotator",
        }),
      },
    });
    given.template.hasResourceProperties("AWS::CloudWatch::Dashboard", { DashboardName: "my-rotator" });
  });

  it("is the one given by alertTopicArn", () => {
    const given = synthesize(CONNECTIONS, { alertTopicArn: GIVEN_TOPIC });
    given.template.resourceCountIs("AWS::SNS::Topic", 0);
    given.template.resourceCountIs("AWS::KMS::Key", 0);
    given.template.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: Match.objectLike({ ALERT_TOPIC_ARN: GIVEN_TOPIC }) },
    });
    for (const { AlarmActions = [GIVEN_TOPIC] } of ofType(given.resources, "AWS::CloudWatch::Alarm")) {
      expect(AlarmActions).toEqual([GIVEN_TOPIC]);
    }
  });
});
