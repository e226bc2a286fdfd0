import { readFileSync } from "node:fs";
import { App, Stack } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { Vpc } from "aws-cdk-lib/aws-ec2";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { deployedFile } from "./function.ts";
import { ACCOUNT, CONNECTIONS, ofType, REGION, synthesize } from "./synthesis.ts";

const VPC = { vpcId: "vpc-0a1b2c3d", subnetIds: "subnet-0a1b2c3d,subnet-0a1b2c3e" };
const BY_TAG = { secretTag: "used-by=rotator" };
const GIVEN_TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:OnCall`;

const synthesis = synthesize(CONNECTIONS, { alertEmail: "ops@example.com, dev@example.com" });
const inVpc = synthesize(CONNECTIONS, { ...VPC, alertTopicArn: GIVEN_TOPIC, cloudTrailEvents: "true" });
const { template, resources } = synthesis;

describe("an upgrade", () => {
  // A new logical id replaces the resource: subscriptions must be confirmed again, and policies of other accounts name a dead role.
  it.each([
    ["AWS::Lambda::Function", ["RotatorFunction240CD351"]],
    ["AWS::IAM::Role", ["RotatorRoleCE9F51FC", "RotatorScheduleRole1FD92394"]],
    ["AWS::KMS::Key", ["RotatorAlertKey89F637B3"]],
    ["AWS::Logs::LogGroup", ["RotatorLogs9BC4B508"]],
    ["AWS::SNS::Topic", ["RotatorAlertTopic3A226889"]],
    ["AWS::SQS::Queue", ["RotatorDeadLetterQueue0B21D56A", "RotatorFailedRunsB7187D15"]],
  ])("keeps the %s", (type, ids) => {
    expect(Object.keys(template.findResources(type)).toSorted()).toEqual(ids);
  });
});

describe("the function", () => {
  it("runs the bundle on Node 24 and arm64, for at most 15 minutes", () => {
    template.hasResourceProperties("AWS::Lambda::Function", {
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      Timeout: 900,
      MemorySize: 256,
      LoggingConfig: { LogFormat: "JSON", LogGroup: Match.anyValue() },
    });
  });

  it.each(["README.md", "infra/README.md", "docs/performance.md"])(
    "has the memory that %s states",
    (document) => {
      const [fn] = ofType(resources, "AWS::Lambda::Function");
      expect(readFileSync(document, "utf8")).toMatch(new RegExp(`\\b${fn?.["MemorySize"]} MB\\b`));
    },
  );

  it("contains the built bundle and connections.json", () => {
    expect(deployedFile(synthesis, "index.mjs")).toBe(readFileSync("dist/lambda/index.mjs", "utf8"));
    expect(JSON.parse(deployedFile(synthesis, "connections.json"))).toEqual(CONNECTIONS);
  });

  it("runs once at a time, is not retried, and keeps failed events", () => {
    template.hasResourceProperties("AWS::Lambda::Function", { ReservedConcurrentExecutions: 1 });
    const [config] = ofType(resources, "AWS::Lambda::EventInvokeConfig");
    expect(config).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 3600 });
    expect(JSON.stringify(config?.["DestinationConfig"])).toContain("FailedRuns");
  });

  it("receives the topic and the names of its metrics and dashboard", () => {
    const [fn] = ofType(resources, "AWS::Lambda::Function");
    expect(fn?.["Environment"]).toEqual({
      Variables: {
        ALERT_TOPIC_ARN: expect.stringContaining("AlertTopic"),
        DASHBOARD_NAME: "flink-connection-rotator",
        NODE_OPTIONS: "--enable-source-maps",
        POWERTOOLS_METRICS_NAMESPACE: "FlinkConnectionRotator",
        POWERTOOLS_SERVICE_NAME: "flink-connection-rotator",
      },
    });
  });

  it("keeps its log for three months or logRetentionDays", () => {
    template.hasResourceProperties("AWS::Logs::LogGroup", { RetentionInDays: 90 });
    const longer = synthesize(CONNECTIONS, { logRetentionDays: "365" });
    longer.template.hasResourceProperties("AWS::Logs::LogGroup", { RetentionInDays: 365 });
  });

  it("is outside a VPC by default, and allows only HTTPS egress in a VPC", () => {
    template.hasResourceProperties("AWS::Lambda::Function", { VpcConfig: Match.absent() });
    inVpc.template.hasResourceProperties("AWS::Lambda::Function", {
      VpcConfig: { SubnetIds: VPC.subnetIds.split(","), SecurityGroupIds: [Match.anyValue()] },
    });
    inVpc.template.hasResourceProperties("AWS::EC2::SecurityGroup", {
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [Match.objectLike({ CidrIp: "0.0.0.0/0", FromPort: 443, ToPort: 443 })],
    });
  });

  it("is denied the permissions that Lambda needs for the VPC", () => {
    inVpc.template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: "Deny",
            Action: Match.arrayWith(["ec2:CreateNetworkInterface"]),
            Condition: { Null: { "lambda:SourceFunctionArn": "false" } },
          }),
        ]),
      },
    });
  });
});

describe("the schedule", () => {
  it("starts a run once a day with a role that may do nothing else", () => {
    const [schedule] = ofType(resources, "AWS::Scheduler::Schedule");
    expect(schedule).toMatchObject({
      ScheduleExpression: expect.stringMatching(/^cron\(\d{1,2} 6 \* \* \? \*\)$/),
      ScheduleExpressionTimezone: "Etc/UTC",
      FlexibleTimeWindow: { Mode: "OFF" },
      Target: {
        Input: '{"trigger":"schedule"}',
        DeadLetterConfig: { Arn: expect.stringContaining("DeadLetterQueue") },
      },
    });
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyName: Match.stringLikeRegexp("ScheduleRole"),
      PolicyDocument: {
        Statement: [
          { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: Match.anyValue() },
          { Effect: "Allow", Action: "sqs:SendMessage", Resource: Match.anyValue() },
        ],
      },
    });
  });

  it("has a different minute in each stack and the same one after each synthesis", () => {
    const expressionOf = (stackName: string) =>
      ofType(synthesize(CONNECTIONS, { stackName }).resources, "AWS::Scheduler::Schedule")[0]?.[
        "ScheduleExpression"
      ];
    expect(expressionOf("FlinkConnectionRotator")).toBe("cron(50 6 * * ? *)");
    expect(expressionOf("TeamBlue")).not.toBe("cron(50 6 * * ? *)");
  });

  it("is an output of the stack", () => {
    template.hasOutput("Schedule", { Value: "cron(50 6 * * ? *) Etc/UTC" });
  });

  it("follows a cron expression in its time zone, within a window", () => {
    const { template } = synthesize(CONNECTIONS, {
      schedule: "cron(0 6 * * ? *)",
      scheduleTimeZone: "Europe/Berlin",
      schedulePeriodHours: "24",
      scheduleWindowMinutes: "15",
    });
    template.hasResourceProperties("AWS::Scheduler::Schedule", {
      ScheduleExpression: "cron(0 6 * * ? *)",
      ScheduleExpressionTimezone: "Europe/Berlin",
      FlexibleTimeWindow: { Mode: "FLEXIBLE", MaximumWindowInMinutes: 15 },
    });
  });
});

describe("cdk-nag's AwsSolutions", () => {
  it.each([
    ["by default", synthesis],
    ["in a VPC, with a given topic and CloudTrail's events", inVpc],
    ["with secrets by tag", synthesize(CONNECTIONS, BY_TAG)],
    [
      "with secrets by tag in a known account",
      synthesize(CONNECTIONS, BY_TAG, { account: ACCOUNT, region: REGION }),
    ],
  ])("finds no violation %s", (_, { stack }) => {
    const report = new AwsSolutionsChecks().validateScope(stack);
    expect(report.violations).toEqual([]);
  });

  it("finds violations in an insecure stack", () => {
    const stack = new Stack(new App(), "Careless");
    new Queue(stack, "Queue");
    new Vpc(stack, "Vpc");
    const found = new AwsSolutionsChecks().validateScope(stack).violations.map(({ ruleName }) => ruleName);
    expect(found.join()).toContain("AwsSolutions-SQS4");
  });

  it("is suppressed in three places", () => {
    const acknowledged = inVpc.stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type }) => type === "aws:cdk:acknowledged-rules"))
      .flatMap(({ data }) => JSON.stringify(data).match(/AwsSolutions-\w+/g) ?? []);
    expect(acknowledged.sort()).toEqual(["AwsSolutions-IAM5", "AwsSolutions-SQS3", "AwsSolutions-SQS3"]);
  });
});

describe("the stack", () => {
  it("leaves no resource behind when it is deleted", () => {
    const kept = Object.values(template.toJSON()["Resources"]).filter((each) =>
      /Retain|Snapshot/.test(String(Object(each).DeletionPolicy)),
    );
    expect(kept).toEqual([]);
  });
});
