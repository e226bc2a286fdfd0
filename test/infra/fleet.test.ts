import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { isBatchCall } from "../../src/lambda/batch.ts";
import { policiesOf, simulate } from "./role.ts";
import { ACCOUNT, CONNECTIONS, ofType, REGION, secretArn, synthesize } from "./synthesis.ts";

const synthesis = synthesize(CONNECTIONS, { fleetConcurrency: "4" });
const { template, resources } = synthesis;

function idOf(type: string, part: string): string {
  const [id] = Object.entries(resources).find(([key, { Type }]) => Type === type && key.includes(part)) ?? [];
  if (id === undefined) throw new Error(`No ${type} has ${part} in its name.`);
  return id;
}

const functionArn = (id: string) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${id}`;
const policiesOfRole = (part: string) => policiesOf(synthesis, idOf("AWS::IAM::Role", part));
const topicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${idOf("AWS::SNS::Topic", "AlertTopic")}`;

describe("a fleet", () => {
  it("is a durable function that receives the functions to call and its concurrency", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      DurableConfig: { ExecutionTimeout: 604_800, RetentionPeriodInDays: 14 },
      Handler: "index.handler",
      Environment: {
        Variables: Match.objectLike({
          FLEET_CONCURRENCY: "4",
          ROTATOR_FUNCTION: { Ref: idOf("AWS::Lambda::Alias", "Aliasbatch") },
          ALERT_FUNCTION: { "Fn::GetAtt": [Match.stringLikeRegexp("FleetAlert"), "Arn"] },
        }),
      },
    });
  });

  it("is invoked by the schedule through its alias", () => {
    const [schedule] = ofType(resources, "AWS::Scheduler::Schedule");
    expect(schedule).toMatchObject({ Target: { Arn: functionArn(idOf("AWS::Lambda::Alias", "Aliaslive")) } });
  });

  it("calls the rotator through the alias that sends no alert", () => {
    const [alias] = ofType(resources, "AWS::Lambda::Alias").filter(({ Name }) => Name === "batch");
    expect(alias?.["FunctionName"]).toBe(idOf("AWS::Lambda::Function", "RotatorFunction"));
    expect(isBatchCall({ invokedFunctionArn: `${functionArn("rotator")}:${alias?.["Name"]}` })).toBe(true);
  });

  it("reserves concurrency for its batches and for one more run, and memory for the list", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      ReservedConcurrentExecutions: 5,
      MemorySize: 1_024,
    });
  });

  it("does not exist by default", () => {
    const plain = synthesize();
    expect(ofType(plain.resources, "AWS::Lambda::Function")).toHaveLength(1);
    expect(ofType(plain.resources, "AWS::Lambda::Alias")).toHaveLength(0);
  });
});

describe("the permissions of a fleet", () => {
  const [fleetId = ""] =
    Object.entries(resources).find(([, { Properties }]) => Properties["DurableConfig"]) ?? [];
  const execution = `${functionArn(fleetId)}:7/durable-execution/run/1`;

  it.each([
    ["lambda:CheckpointDurableExecution", execution, "Allowed"],
    ["lambda:GetDurableExecutionState", execution, "Allowed"],
    ["lambda:StopDurableExecution", execution, "ImplicitlyDenied"],
    [
      "lambda:CheckpointDurableExecution",
      `${functionArn("another")}:1/durable-execution/run/1`,
      "ImplicitlyDenied",
    ],
    ["lambda:InvokeFunction", functionArn(idOf("AWS::Lambda::Function", "FleetAlert")), "Allowed"],
    ["lambda:InvokeFunction", functionArn(idOf("AWS::Lambda::Alias", "Aliasbatch")), "Allowed"],
    ["lambda:InvokeFunction", functionArn("another"), "ImplicitlyDenied"],
    [
      "lambda:InvokeFunction",
      functionArn(idOf("AWS::Lambda::Function", "RotatorFunction")),
      "ImplicitlyDenied",
    ],
    ["sns:Publish", topicArn, "ImplicitlyDenied"],
    ["secretsmanager:GetSecretValue", secretArn("prod/openai-Zz09Aa"), "ImplicitlyDenied"],
  ])("of its orchestrator: %s on %s is %s", async (action, resource, verdict) => {
    expect(await simulate(policiesOfRole("FleetRole"), { action, resource })).toBe(verdict);
  });

  it.each([
    ["sns:Publish", topicArn, "Allowed"],
    ["lambda:InvokeFunction", functionArn("another"), "ImplicitlyDenied"],
    ["secretsmanager:GetSecretValue", secretArn("prod/openai-Zz09Aa"), "ImplicitlyDenied"],
  ])("of its alert function: %s on %s is %s", async (action, resource, verdict) => {
    expect(await simulate(policiesOfRole("FleetAlertRole"), { action, resource })).toBe(verdict);
  });
});
