import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { isBatchCall } from "../../src/lambda/batch.ts";
import { matches } from "./event-pattern.ts";
import { labelUpdated } from "./events.ts";
import { policiesOf, simulate } from "./role.ts";
import { rulesOf } from "./routes.ts";
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

  it("reserves concurrency for its batches and one more run, and memory for the list", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      ReservedConcurrentExecutions: 5,
      MemorySize: 1_024,
    });
  });

  it("sends the events of failed executions to the queue FailedRuns by its dead-letter configuration", () => {
    const [orchestrator] = ofType(resources, "AWS::Lambda::Function").filter((each) => each["DurableConfig"]);
    expect(orchestrator?.["DeadLetterConfig"]).toEqual({ TargetArn: expect.stringContaining("FailedRuns") });
  });

  it("configures asynchronous calls of the alias that the schedule invokes", () => {
    const configs = ofType(resources, "AWS::Lambda::EventInvokeConfig");
    const ofOrchestrator = configs.filter(({ FunctionName }) =>
      /RotatorFleet[0-9A-F]{8}/.test(String(FunctionName)),
    );
    expect(ofOrchestrator).toMatchObject([{ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 3_600 }]);
    // The last part of the alias's ARN.
    expect(JSON.stringify(ofOrchestrator[0]?.["Qualifier"])).toMatch(/"Fn::Select":\[7,.*Aliaslive/);
  });

  it("keeps the version of a running execution when another one is deployed", () => {
    const versions = Object.entries(template.findResources("AWS::Lambda::Version"));
    const kept = versions.filter(([, { DeletionPolicy }]) => DeletionPolicy === "Retain");
    expect(kept.map(([id]) => id)).toEqual([expect.stringContaining("RotatorFleetCurrentVersion")]);
  });

  it("is started by the change of a secret that has more connections than one run can rotate", () => {
    const connections = Array.from({ length: 5_002 }, (_, index) => ({
      name: `c${index}`,
      type: "OPENAI",
      secret: index === 0 ? "prod/small" : "prod/shared",
    }));
    const shared = synthesize({ ...CONNECTIONS, connections }, { fleetConcurrency: "4" });
    const targetsOf = (name: string) =>
      rulesOf(shared)
        .filter(({ EventPattern }) => matches(EventPattern, labelUpdated(secretArn(`${name}-AbCdEf`))))
        .flatMap(({ Targets }) => Targets.map(({ Arn }) => Arn));
    expect(targetsOf("prod/shared")).toEqual([expect.stringContaining("Aliaslive")]);
    expect(targetsOf("prod/small")).toEqual([expect.not.stringContaining("Aliaslive")]);
    const permitted = ofType(shared.resources, "AWS::Lambda::Permission").map(
      ({ FunctionName, SourceArn }) => ({
        FunctionName,
        SourceArn,
      }),
    );
    expect(permitted).toContainEqual({
      FunctionName: expect.stringContaining("Aliaslive"),
      SourceArn: expect.stringMatching(/rule\/flink-connection-rotator-SharedSecretChanged-\*$/),
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
    ["lambda:ListDurableExecutionsByFunction", functionArn(fleetId), "Allowed"],
    ["lambda:ListDurableExecutionsByFunction", functionArn("another"), "ImplicitlyDenied"],
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
  ])("for its orchestrator: %s on %s is %s", async (action, resource, verdict) => {
    expect(await simulate(policiesOfRole("FleetRole"), { action, resource })).toBe(verdict);
  });

  it.each([
    ["sns:Publish", topicArn, "Allowed"],
    ["lambda:InvokeFunction", functionArn("another"), "ImplicitlyDenied"],
    ["secretsmanager:GetSecretValue", secretArn("prod/openai-Zz09Aa"), "ImplicitlyDenied"],
  ])("for its alert function: %s on %s is %s", async (action, resource, verdict) => {
    expect(await simulate(policiesOfRole("FleetAlertRole"), { action, resource })).toBe(verdict);
  });
});
