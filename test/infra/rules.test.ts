import { describe, expect, it } from "vitest";
import { parseTrigger } from "../../src/lambda/trigger.ts";
import { apiCall, labelUpdated, serviceEvent } from "./events.ts";
import { routes, rulesOf } from "./routes.ts";
import { ACCOUNT, CONNECTIONS, OTHER_ACCOUNT, ofType, secretArn, synthesize } from "./synthesis.ts";

const plain = synthesize();
const withCloudTrail = synthesize(CONNECTIONS, { cloudTrailEvents: "true" });

const BY_NAME = secretArn("prod/openai-Zz09Aa");
const BY_ARN = secretArn("prod/pinecone-AbCdEf");
const BY_PARTIAL_ARN = secretArn("prod/mcp-QwErTy");
const ELSEWHERE = secretArn("shared/openai-GhIjKl", OTHER_ACCOUNT);
const OWN_KEY = secretArn("prod/confluent/flink-api-key-MnOpQr");
const STARTS_ALIKE = secretArn("prod/openai-eu-AbCdEf");

describe("Secrets Manager's own event", () => {
  it.each([
    ["a secret listed by name", BY_NAME],
    ["a secret listed by full ARN", BY_ARN],
    ["a secret listed by partial ARN", BY_PARTIAL_ARN],
    ["another account's listed secret", ELSEWHERE],
  ])("starts a run for %s", (_, arn) => {
    expect(routes(plain, labelUpdated(arn))).toEqual(["Rotator"]);
    expect(parseTrigger(labelUpdated(arn))).toMatchObject({ kind: "secret-change", secret: arn });
    expect(routes(withCloudTrail, labelUpdated(arn))).toEqual(["Rotator"]);
  });

  it.each([
    ["another label", labelUpdated(BY_NAME, "BLUE")],
    ["the propagation label", labelUpdated(BY_NAME, "FLINK_READY")],
    ["AWSPENDING", labelUpdated(BY_NAME, "AWSPENDING")],
    ["a secret that is not listed", labelUpdated(secretArn("prod/database-AbCdEf"))],
    ["a secret whose name starts alike", labelUpdated(STARTS_ALIKE)],
    ["a secret whose name ends alike", labelUpdated(secretArn("old/prod/openai-AbCdEf"))],
    ["a listed name in another account", labelUpdated(secretArn("prod/openai-AbCdEf", OTHER_ACCOUNT))],
    ["a listed ARN's successor", labelUpdated(secretArn("prod/pinecone-ZzZzZz"))],
    ["Confluent's own key", labelUpdated(OWN_KEY)],
    ["another source", { ...labelUpdated(BY_NAME), source: "custom.secretsmanager" }],
    ["another kind of event", { ...labelUpdated(BY_NAME), "detail-type": "Secret Deleted" }],
  ])("starts nothing for %s", (_, event) => {
    expect(routes(withCloudTrail, event)).toEqual([]);
  });
});

describe("CloudTrail's events", () => {
  const starting = [
    ["PutSecretValue by name", apiCall("PutSecretValue", { secretId: "prod/openai" })],
    ["PutSecretValue by full ARN", apiCall("PutSecretValue", { secretId: BY_NAME })],
    ["PutSecretValue by partial ARN", apiCall("PutSecretValue", { secretId: secretArn("prod/openai") })],
    ["PutSecretValue by the name of a listed ARN", apiCall("PutSecretValue", { secretId: "prod/pinecone" })],
    [
      "PutSecretValue with AWSCURRENT",
      apiCall("PutSecretValue", { secretId: BY_ARN, versionStages: ["BLUE", "AWSCURRENT"] }),
    ],
    ["UpdateSecret", apiCall("UpdateSecret", { secretId: BY_PARTIAL_ARN })],
    [
      "UpdateSecretVersionStage of AWSCURRENT",
      apiCall("UpdateSecretVersionStage", { secretId: "prod/openai", versionStage: "AWSCURRENT" }),
    ],
    ["CreateSecret", apiCall("CreateSecret", { name: "prod/openai" })],
    ["RotationSucceeded, older shape", serviceEvent("RotationSucceeded", BY_NAME)],
    ["RotationSucceeded, newer shape", serviceEvent("RotationSucceeded", BY_ARN, "details")],
  ] as const;

  it.each(starting)("start a run where they are wanted: %s", (_, event) => {
    expect(routes(withCloudTrail, event)).toEqual(["Rotator"]);
    expect(parseTrigger(event)).toMatchObject({ kind: "secret-change" });
  });

  it.each(starting)("start nothing by default: %s", (_, event) => {
    expect(routes(plain, event)).toEqual([]);
  });

  it.each([
    [
      "a value put as AWSPENDING",
      apiCall("PutSecretValue", { secretId: BY_NAME, versionStages: ["AWSPENDING"] }),
    ],
    [
      "a value put under another label",
      apiCall("PutSecretValue", { secretId: BY_NAME, versionStages: ["BLUE"] }),
    ],
    [
      "another label that moved",
      apiCall("UpdateSecretVersionStage", { secretId: BY_NAME, versionStage: "FLINK_READY" }),
    ],
    ["a call that failed", apiCall("PutSecretValue", { secretId: BY_NAME }, { errorCode: "AccessDenied" })],
    [
      "a creation that failed",
      apiCall("CreateSecret", { name: "prod/openai" }, { errorCode: "AccessDenied" }),
    ],
    ["RotateSecret", apiCall("RotateSecret", { secretId: BY_NAME })],
    ["GetSecretValue", apiCall("GetSecretValue", { secretId: BY_NAME })],
    ["a secret that is not listed", apiCall("PutSecretValue", { secretId: "prod/database" })],
    ["a name that starts alike", apiCall("PutSecretValue", { secretId: "prod/openai-eu" })],
    ["a creation that is not listed", apiCall("CreateSecret", { name: "prod/openai-eu" })],
    ["a listed ARN's successor", apiCall("PutSecretValue", { secretId: secretArn("prod/pinecone-ZzZzZz") })],
    [
      "another service's call",
      apiCall("PutSecretValue", { secretId: BY_NAME }, { eventSource: "x.amazonaws.com" }),
    ],
    ["a rotation that started", serviceEvent("RotationStarted", BY_NAME)],
    ["a rotation that is not listed", serviceEvent("RotationSucceeded", secretArn("prod/database-AbCdEf"))],
  ])("start nothing for %s", (_, event) => {
    expect(routes(withCloudTrail, event)).toEqual([]);
  });

  it("pass a similar ARN on, which only the function can tell from a listed one", () => {
    expect(routes(withCloudTrail, apiCall("PutSecretValue", { secretId: STARTS_ALIKE }))).toEqual([
      "Rotator",
    ]);
  });
});

describe("a rotation that Secrets Manager gave up", () => {
  it.each([
    ["RotationFailed", serviceEvent("RotationFailed", BY_NAME)],
    ["RotationAbandoned", serviceEvent("RotationAbandoned", BY_ARN)],
    ["RotationFailed, newer shape", serviceEvent("RotationFailed", BY_PARTIAL_ARN, "details")],
    ["RotationFailed of Confluent's own key", serviceEvent("RotationFailed", OWN_KEY)],
  ])("is told to the topic and starts no run: %s", (_, event) => {
    expect(routes(withCloudTrail, event)).toEqual(["Alerts"]);
    expect(routes(plain, event)).toEqual(["Alerts"]);
  });

  it("is not told of a secret that is not listed", () => {
    expect(routes(plain, serviceEvent("RotationFailed", secretArn("prod/database-AbCdEf")))).toEqual([]);
  });

  it("is told as a sentence that names the secret", () => {
    const target = rulesOf(plain)
      .flatMap(({ Targets }) => Targets)
      .find(({ Id }) => Id === "Alerts");
    expect(target?.["InputTransformer"]).toEqual({
      InputPathsMap: expect.objectContaining({ secret: "$.detail.additionalEventData.SecretId" }),
      InputTemplate: expect.stringMatching(/^"<event>: Secrets Manager could not rotate <secret>.*\."$/),
    });
  });
});

describe("the rules", () => {
  it("put what they cannot deliver into the dead letters within an hour", () => {
    const targets = rulesOf(withCloudTrail).flatMap(({ Targets }) => Targets);
    expect(targets).toHaveLength(5);
    for (const target of targets) {
      expect(target["DeadLetterConfig"]).toEqual({ Arn: expect.stringContaining("DeadLetters") });
      expect(target["RetryPolicy"]).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 });
    }
  });

  it("each may invoke the function, and nothing else may", () => {
    const permissions = ofType(withCloudTrail.resources, "AWS::Lambda::Permission");
    const rules = Object.entries(withCloudTrail.resources)
      .filter(
        ([, { Type, Properties }]) =>
          Type === "AWS::Events::Rule" && JSON.stringify(Properties["Targets"]).includes('Rotator"'),
      )
      .map(([id]) => `arn:aws:events:us-west-2:${ACCOUNT}:rule/${id}`);
    expect(permissions.map(({ SourceArn }) => SourceArn).sort()).toEqual(rules.sort());
    expect(new Set(permissions.map(({ Principal }) => Principal))).toEqual(new Set(["events.amazonaws.com"]));
  });
});
