import { join } from "node:path";
import { App, CfnElement, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import type { IConstruct } from "constructs";
import { describe, expect, it } from "vitest";
import { ConnectionRotator } from "../../infra/rotator.ts";
import { ACCOUNT, REGION, synthesize } from "./synthesis.ts";

describe("the construct in another stack", () => {
  const stack = new Stack(new App(), "Ours", { env: { account: ACCOUNT, region: REGION } });
  const alertTopic = new Topic(stack, "OnCall");
  const configFile = join(synthesize().folder, "connections.json");
  const rotators = ["team-blue", "team-red"].map(
    (serviceName) => new ConnectionRotator(stack, serviceName, { configFile, serviceName, alertTopic }),
  );
  const ours = Template.fromStack(stack);

  it("is rejected if no rule name can be derived from its service name", () => {
    const other = new Stack(new App(), "Other");
    const serviceName = "a".repeat(41);
    expect(() => new ConnectionRotator(other, "Rotator", { configFile, serviceName })).toThrow(
      "use at most 40 letters, digits, dots, hyphens and underscores",
    );
  });

  it("can be used twice", () => {
    ours.resourceCountIs("AWS::Lambda::Function", 2);
    const names = Object.values(ours.findResources("AWS::CloudWatch::Alarm")).map(
      ({ Properties }) => Properties.AlarmName,
    );
    expect(new Set(names).size).toBe(14);
    expect(names).toContain("team-red-FailedConnections");
  });

  it("exposes its function, role and topic", () => {
    for (const { function: fn, role, alertTopic: topic } of rotators) {
      expect(ours.findResources("AWS::Lambda::Function")).toHaveProperty(stack.getLogicalId(toElement(fn)));
      expect(ours.findResources("AWS::IAM::Role")).toHaveProperty(stack.getLogicalId(toElement(role)));
      expect(topic).toBe(alertTopic);
    }
  });
});

function toElement(construct: IConstruct): CfnElement {
  const element = construct.node.defaultChild;
  if (!CfnElement.isCfnElement(element))
    throw new Error(`${construct.node.path} is no resource of this stack.`);
  return element;
}
