import { statSync } from "node:fs";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import cdk from "../../cdk.json" with { type: "json" };
import { patternsWithinLimit, rotationFailed } from "../../infra/patterns.ts";
import { createTemplate } from "../../infra/template.ts";
import { apiCall, labelUpdated, serviceEvent } from "./events.ts";
import { decisions, ENVIRONMENT, nameOf, sizeOf, stackOf } from "./many-secrets.ts";
import { routes, rulesOf } from "./routes.ts";
import { ACCOUNT, CONNECTIONS, ofType, REGION, secretArn, synthesize } from "./synthesis.ts";

describe.each([
  ["known", ENVIRONMENT],
  ["unknown", {}],
])("400 secrets by name, with account and region %s at synthesis,", (_, env) => {
  const stack = stackOf(400, {}, env);
  const { resources } = stack;

  it("stay within IAM's limit of 6,144 characters for a managed policy", () => {
    for (const { PolicyDocument } of ofType(resources, "AWS::IAM::ManagedPolicy"))
      expect(sizeOf(PolicyDocument)).toBeLessThanOrEqual(6_144);
  });

  it("stay within IAM's limit of 10,240 characters for the inline policies of a role", () => {
    const inline = ofType(resources, "AWS::IAM::Policy").map(({ PolicyDocument }) => sizeOf(PolicyDocument));
    expect(Math.max(...inline)).toBeLessThanOrEqual(10_240);
  });

  it("stay within IAM's limit of 10 managed policies for a role", () => {
    const count = ofType(resources, "AWS::IAM::ManagedPolicy").length;
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThanOrEqual(10);
  });

  it("stay within Lambda's limit of 20 KB for the policy of a function", () => {
    const permissions = ofType(resources, "AWS::Lambda::Permission");
    expect(permissions).toHaveLength(4);
    expect(sizeOf(permissions)).toBeLessThan(4_000);
  });

  it("stay within EventBridge's limit of 2,048 characters for a pattern", () => {
    for (const { EventPattern } of rulesOf(stack)) expect(sizeOf(EventPattern)).toBeLessThanOrEqual(2_048);
  });

  it("stay within EventBridge's limits of 300 rules per bus and 64 characters per rule name", () => {
    const rules = ofType(resources, "AWS::Events::Rule");
    expect(rules.length).toBeLessThanOrEqual(300);
    for (const { Name = "" } of rules) expect(String(Name)).toMatch(/^[\w.-]{0,64}$/);
  });

  it("stay within CloudFormation's limits of 500 resources and 1 MB", () => {
    expect(Object.keys(resources).length).toBeLessThanOrEqual(500);
    expect(sizeOf(stack.template.toJSON())).toBeLessThan(1_000_000);
  });

  it("have every permission and start a run for every event", async () => {
    for (const index of [0, 199, 399]) {
      const arn = secretArn(`${nameOf(index)}-AbCdEf`);
      expect(await decisions(stack, arn)).toEqual(["Allowed", "Allowed", "Allowed"]);
      expect(routes(stack, labelUpdated(arn))).toEqual(["Rotator"]);
      expect(routes(stack, apiCall("PutSecretValue", { secretId: nameOf(index) }))).toEqual(["Rotator"]);
      expect(routes(stack, serviceEvent("RotationFailed", arn))).toEqual(["Alerts"]);
    }
    expect(await decisions(stack, secretArn("prod/database-AbCdEf"))).not.toContain("Allowed");
  });
});

describe("the template of 400 secrets by name stays within CloudFormation's limit of 1 MB", () => {
  it("if the template command writes it", () => {
    const { folder } = stackOf(400);
    const settings = {
      config: join(folder, "connections.json"),
      cloudTrailEvents: "true",
      fleetConcurrency: "2",
    };
    expect(Buffer.byteLength(createTemplate({ settings }).template)).toBeLessThan(1_000_000);
  });

  it("if cdk writes it, because the project's cdk.json turns the indentation off", () => {
    const { stack } = stackOf(400, { ...cdk.context, fleetConcurrency: "2" }, {});
    const assembly = App.of(stack)?.synth();
    const [written] = assembly?.stacks ?? [];
    expect(statSync(written?.templateFullPath ?? "").size).toBeLessThan(1_000_000);
  });

  it("but is indented for readers if there are only a few secrets", () => {
    const { folder } = synthesize();
    const settings = { config: join(folder, "connections.json") };
    expect(createTemplate({ settings }).template.split("\n").length).toBeGreaterThan(100);
  });
});

describe("too many secrets by name", () => {
  it("are rejected at synthesis with the number of policies and a remedy", () => {
    expect(() => stackOf(800, { cloudTrailEvents: "false" })).toThrow(
      /lists 801 secrets\. Permitting each by its name takes 1\d policies, but IAM attaches 10 to a role\. Permit them by tag instead \(secretTag\)/,
    );
  });

  it("are rejected at synthesis with the number of rules and a remedy", () => {
    const longNames = Array.from({ length: 130 }, (_, index) => ({
      name: `connection-${index}`,
      type: "OPENAI",
      secret: `${index}/`.padEnd(300, "long-name/"),
    }));
    const deploy = () =>
      synthesize({ ...CONNECTIONS, connections: longNames }, { cloudTrailEvents: "true" }, ENVIRONMENT);
    expect(deploy).toThrow(/lists 131 secrets\. Matching their events takes 3\d\d rules.* 300 .*secretTag/);
  });
});

describe("a rule", () => {
  it("of failed rotations matches several secrets", () => {
    const secrets = Array.from({ length: 20 }, (_, index) => ({
      name: nameOf(index),
      account: ACCOUNT,
      region: REGION,
      partialArn: secretArn(nameOf(index)),
    }));
    expect(patternsWithinLimit(rotationFailed, secrets).length).toBeLessThan(5);
  });
});
