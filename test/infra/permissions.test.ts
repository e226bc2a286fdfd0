import { describe, expect, it } from "vitest";
import { type Call, functionRole, policiesOf, simulate } from "./role.ts";
import { ACCOUNT, CONNECTIONS, OTHER_ACCOUNT, REGION, secretArn, synthesize } from "./synthesis.ts";

const KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/99999999-12ab-34cd-56ef-1234567890ab`;
const THROUGH_SECRETS_MANAGER = { "kms:ViaService": `secretsmanager.${REGION}.amazonaws.com` };
const LABEL = { "secretsmanager:VersionStage": "FLINK_READY" };

const synthesis = synthesize(CONNECTIONS, { kmsKeyArns: KEY });
const role = functionRole(synthesis);
const policies = policiesOf(synthesis, role);

const idOf = (name: string, type: string) =>
  Object.entries(synthesis.resources).find(([id, { Type }]) => Type === type && id.includes(name))?.[0];
const topicArn = `arn:aws:sns:${REGION}:${ACCOUNT}:${idOf("AlertTopic", "AWS::SNS::Topic")}`;
const failedRunsArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${idOf("FailedRuns", "AWS::SQS::Queue")}`;
const deadLetterQueueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:${idOf("DeadLetterQueue", "AWS::SQS::Queue")}`;
const logGroupArn = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${idOf("Logs", "AWS::Logs::LogGroup")}`;

const BY_NAME = secretArn("prod/openai-Zz09Aa");
const BY_ARN = secretArn("prod/pinecone-AbCdEf");
const BY_PARTIAL_ARN = secretArn("prod/mcp-QwErTy");
const API_KEY = secretArn("prod/confluent/flink-api-key-MnOpQr");
const ELSEWHERE = secretArn("shared/openai-GhIjKl", OTHER_ACCOUNT);
const allowing = (principal: string, Action: string | string[]) => ({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${ACCOUNT}:${principal}` }, Action, Resource: "*" },
  ],
});
const SHARED_BY_OWNER = allowing("role/Rotator", [
  "secretsmanager:GetSecretValue",
  "secretsmanager:UpdateSecretVersionStage",
]);
const KEY_POLICY = allowing("root", "kms:*");

const call = (action: string, resource: string, context?: Record<string, string>): Call => ({
  action,
  resource,
  ...(context && { context }),
});
const useKey = (action: string, key: string, context?: Record<string, string>): Call => ({
  ...call(action, key, context),
  resourcePolicy: KEY_POLICY,
});
const read = (secret: string) => call("secretsmanager:GetSecretValue", secret);
const moveLabel = (secret: string, context: Record<string, string> = LABEL) =>
  call("secretsmanager:UpdateSecretVersionStage", secret, context);

describe("the function's role", () => {
  it.each<[string, Call]>([
    ["reads a secret listed by name", read(BY_NAME)],
    ["reads a secret listed by full ARN", read(BY_ARN)],
    ["reads a secret listed by partial ARN", read(BY_PARTIAL_ARN)],
    ["reads the rotator's Confluent API key", read(API_KEY)],
    ["reads another account's secret", { ...read(ELSEWHERE), resourcePolicy: SHARED_BY_OWNER }],
    ["reads a version by its id", { ...read(BY_NAME), context: { "secretsmanager:VersionId": "v1" } }],
    ["reads the labelled version", { ...read(BY_NAME), context: LABEL }],
    ["moves the label on a secret listed by name", moveLabel(BY_NAME)],
    ["moves the label on a secret listed by full ARN", moveLabel(BY_ARN)],
    ["moves the label on a secret listed by partial ARN", moveLabel(BY_PARTIAL_ARN)],
    ["moves the label in another account", { ...moveLabel(ELSEWHERE), resourcePolicy: SHARED_BY_OWNER }],
    ["decrypts through Secrets Manager", useKey("kms:Decrypt", KEY, THROUGH_SECRETS_MANAGER)],
    ["publishes to the topic", call("sns:Publish", topicArn)],
    ["opens a log stream", call("logs:CreateLogStream", `${logGroupArn}:log-stream:s`)],
    ["writes to its log", call("logs:PutLogEvents", `${logGroupArn}:log-stream:s`)],
    ["sends a failed event to its queue", call("sqs:SendMessage", failedRunsArn)],
  ])("%s", async (_, allowed) => {
    expect(await simulate(policies, allowed)).toBe("Allowed");
  });

  it.each<[string, Call]>([
    ["another secret", read(secretArn("prod/database-AbCdEf"))],
    ["a secret whose name starts with a listed name", read(secretArn("prod/openai-eu-AbCdEf"))],
    ["a secret whose name continues a listed name", read(secretArn("prod/openai2-AbCdEf"))],
    ["a secret whose ARN starts with a listed ARN", read(secretArn("prod/pinecone-AbCdEf-GhIjKl"))],
    ["a new secret with the name of a listed ARN", read(secretArn("prod/pinecone-ZzZzZz"))],
    ["a listed name with a shorter suffix", read(secretArn("prod/openai-AbCdE"))],
    ["a listed name in another account", read(secretArn("prod/openai-AbCdEf", OTHER_ACCOUNT))],
    [
      "a listed name in another account that shares its secret",
      { ...read(secretArn("prod/openai-AbCdEf", OTHER_ACCOUNT)), resourcePolicy: SHARED_BY_OWNER },
    ],
    [
      "a listed name in another region",
      read(`arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:prod/openai-AbCdEf`),
    ],
    ["another account's secret that its owner does not share", read(ELSEWHERE)],
    ["moving the label on the rotator's Confluent API key", moveLabel(API_KEY)],
    ["moving the label on another secret", moveLabel(secretArn("prod/database-AbCdEf"))],
    ["decrypting without Secrets Manager", useKey("kms:Decrypt", KEY)],
    [
      "decrypting through another service",
      useKey("kms:Decrypt", KEY, { "kms:ViaService": "s3.amazonaws.com" }),
    ],
    ["decrypting with another key", useKey("kms:Decrypt", OTHER_KEY, THROUGH_SECRETS_MANAGER)],
    ["encrypting", useKey("kms:Encrypt", KEY, THROUGH_SECRETS_MANAGER)],
    ["another topic", call("sns:Publish", `arn:aws:sns:${REGION}:${ACCOUNT}:Another`)],
    ["a topic whose name starts with the alert topic's", call("sns:Publish", `${topicArn}Too`)],
    ["subscribing", call("sns:Subscribe", topicArn)],
    ["another log group", call("logs:PutLogEvents", `${logGroupArn}Too:log-stream:s`)],
    ["making a log group", call("logs:CreateLogGroup", logGroupArn)],
    ["sending to the dead-letter queue", call("sqs:SendMessage", deadLetterQueueArn)],
    ["reading failed runs", call("sqs:ReceiveMessage", failedRunsArn)],
    ["invoking a function", call("lambda:InvokeFunction", `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`)],
    ["assuming a role", call("sts:AssumeRole", `arn:aws:iam::${ACCOUNT}:role/Admin`)],
  ])("is denied %s", async (_, denied) => {
    expect(await simulate(policies, denied)).toBe("ImplicitlyDenied");
  });

  it.each<[string, Call]>([
    ["moving AWSCURRENT", moveLabel(BY_NAME, { "secretsmanager:VersionStage": "AWSCURRENT" })],
    ["moving AWSPREVIOUS", moveLabel(BY_NAME, { "secretsmanager:VersionStage": "AWSPREVIOUS" })],
    ["moving a label that is not named", moveLabel(BY_NAME, { "secretsmanager:SecretId": BY_NAME })],
  ])("is denied %s, even if another policy allows it", async (_, denied) => {
    expect(await simulate(policies, denied)).toBe("ExplicitlyDenied");
  });

  it.each([
    "CancelRotateSecret",
    "DeleteResourcePolicy",
    "DeleteSecret",
    "DescribeSecret",
    "GetResourcePolicy",
    "ListSecretVersionIds",
    "PutResourcePolicy",
    "PutSecretValue",
    "RemoveRegionsFromReplication",
    "ReplicateSecretToRegions",
    "RestoreSecret",
    "RotateSecret",
    "StopReplicationToReplica",
    "TagResource",
    "UntagResource",
    "UpdateSecret",
    "ValidateResourcePolicy",
  ])("is denied %s on a listed secret", async (action) => {
    expect(await simulate(policies, call(`secretsmanager:${action}`, BY_NAME))).toBe("ImplicitlyDenied");
  });

  it("has only the expected statements", () => {
    const name = (rest: string) => `${secretArn(rest)}-??????`;
    const labelled = [
      secretArn("prod/pinecone-AbCdEf"),
      secretArn("shared/openai-GhIjKl", OTHER_ACCOUNT),
      name("prod/mcp"),
      name("prod/openai"),
    ];
    const allow = (Action: string | string[], Resource: string | string[]) => ({
      Effect: "Allow",
      Action,
      Resource,
    });
    const statements = policies.flatMap(({ Statement }) => Statement).map((statement) => sorted(statement));
    expect(statements).toHaveLength(7);
    expect(statements).toEqual(
      expect.arrayContaining([
        allow(["secretsmanager:GetSecretValue", "secretsmanager:UpdateSecretVersionStage"], labelled.sort()),
        allow("secretsmanager:GetSecretValue", name("prod/confluent/flink-api-key")),
        {
          Effect: "Deny",
          Action: "secretsmanager:UpdateSecretVersionStage",
          Resource: "*",
          Condition: { StringNotEquals: LABEL },
        },
        { ...allow("kms:Decrypt", KEY), Condition: { StringEquals: THROUGH_SECRETS_MANAGER } },
        allow("sns:Publish", topicArn),
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${logGroupArn}:*`),
        allow("sqs:SendMessage", failedRunsArn),
      ]),
    );
  });

  it("can be assumed only by Lambda and has no AWS managed policy", () => {
    const { Properties } = synthesis.resources[role] ?? {};
    expect(Properties).toEqual({
      AssumeRolePolicyDocument: {
        Version: "2012-10-17",
        Statement: [
          { Action: "sts:AssumeRole", Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" } },
        ],
      },
    });
  });
});

function sorted(statement: Record<string, unknown>): Record<string, unknown> {
  const { Resource } = statement;
  return { ...statement, Resource: Array.isArray(Resource) ? [...Resource].sort() : Resource };
}
