import { describe, expect, it } from "vitest";
import { parseTrigger } from "../../src/lambda/trigger.ts";
import { apiCall, labelUpdated, serviceEvent } from "./events.ts";
import { routes, rulesOf } from "./routes.ts";
import { ACCOUNT, CONNECTIONS, OTHER_ACCOUNT, ofType, REGION, secretArn, synthesize } from "./synthesis.ts";

const plain = synthesize();
const withCloudTrail = synthesize(
  CONNECTIONS,
  { cloudTrailEvents: "true" },
  { account: ACCOUNT, region: REGION },
);

const BY_NAME = secretArn("prod/openai-Zz09Aa");
const BY_ARN = secretArn("prod/pinecone-AbCdEf");
const BY_PARTIAL_ARN = secretArn("prod/mcp-QwErTy");
const ELSEWHERE = secretArn("shared/openai-GhIjKl", OTHER_ACCOUNT);
const API_KEY = secretArn("prod/confluent/flink-api-key-MnOpQr");
const SAME_PREFIX = secretArn("prod/openai-eu-AbCdEf");

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
    ["a secret whose name starts with a listed name", labelUpdated(SAME_PREFIX)],
    ["a secret whose name ends with a listed name", labelUpdated(secretArn("old/prod/openai-AbCdEf"))],
    ["a listed name in another account", labelUpdated(secretArn("prod/openai-AbCdEf", OTHER_ACCOUNT))],
    ["a new secret with the name of a listed ARN", labelUpdated(secretArn("prod/pinecone-ZzZzZz"))],
    ["the rotator's Confluent API key", labelUpdated(API_KEY)],
    ["another source", { ...labelUpdated(BY_NAME), source: "custom.secretsmanager" }],
    ["a listed name in another region", { ...labelUpdated(BY_NAME), region: "eu-west-1" }],
    ["another kind of event", { ...labelUpdated(BY_NAME), "detail-type": "Secret Deleted" }],
  ])("starts no run for %s", (_, event) => {
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
    [
      "PutSecretValue of another account's listed secret, by its name there",
      { ...apiCall("PutSecretValue", { secretId: "shared/openai" }), account: OTHER_ACCOUNT },
    ],
    ["RotationSucceeded, older shape", serviceEvent("RotationSucceeded", BY_NAME)],
    ["RotationSucceeded, newer shape", serviceEvent("RotationSucceeded", BY_ARN, "details")],
  ] as const;

  it.each(starting)("start a run if cloudTrailEvents is set: %s", (_, event) => {
    expect(routes(withCloudTrail, event)).toEqual(["Rotator"]);
    expect(parseTrigger(event)).toMatchObject({ kind: "secret-change" });
  });

  it.each(starting)("start no run by default: %s", (_, event) => {
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
    [
      "a listed name in another account",
      { ...apiCall("PutSecretValue", { secretId: "prod/openai" }), account: OTHER_ACCOUNT },
    ],
    [
      "a creation in another account",
      { ...apiCall("CreateSecret", { name: "prod/openai" }), account: OTHER_ACCOUNT },
    ],
    [
      "a listed name in another region",
      { ...apiCall("PutSecretValue", { secretId: "prod/openai" }), region: "eu-west-1" },
    ],
    ["GetSecretValue", apiCall("GetSecretValue", { secretId: BY_NAME })],
    ["a secret that is not listed", apiCall("PutSecretValue", { secretId: "prod/database" })],
    ["a name that starts with a listed name", apiCall("PutSecretValue", { secretId: "prod/openai-eu" })],
    ["the creation of a secret that is not listed", apiCall("CreateSecret", { name: "prod/openai-eu" })],
    [
      "a new secret with the name of a listed ARN",
      apiCall("PutSecretValue", { secretId: secretArn("prod/pinecone-ZzZzZz") }),
    ],
    [
      "another service's call",
      apiCall("PutSecretValue", { secretId: BY_NAME }, { eventSource: "x.amazonaws.com" }),
    ],
    ["a rotation that started", serviceEvent("RotationStarted", BY_NAME)],
    [
      "the rotation of a secret that is not listed",
      serviceEvent("RotationSucceeded", secretArn("prod/database-AbCdEf")),
    ],
  ])("start no run for %s", (_, event) => {
    expect(routes(withCloudTrail, event)).toEqual([]);
  });

  it("reach the function for an ARN with the same prefix, but the function ignores them", () => {
    expect(routes(withCloudTrail, apiCall("PutSecretValue", { secretId: SAME_PREFIX }))).toEqual(["Rotator"]);
  });
});

describe("a failed rotation by Secrets Manager", () => {
  it.each([
    ["RotationFailed", serviceEvent("RotationFailed", BY_NAME)],
    ["RotationAbandoned", serviceEvent("RotationAbandoned", BY_ARN)],
    ["RotationFailed, newer shape", serviceEvent("RotationFailed", BY_PARTIAL_ARN, "details")],
    ["RotationFailed of the rotator's Confluent API key", serviceEvent("RotationFailed", API_KEY)],
  ])("is reported to the topic and starts no run: %s", (_, event) => {
    expect(routes(withCloudTrail, event)).toEqual(["Alerts"]);
    expect(routes(plain, event)).toEqual(["Alerts"]);
  });

  it("is not reported for a secret that is not listed", () => {
    expect(routes(plain, serviceEvent("RotationFailed", secretArn("prod/database-AbCdEf")))).toEqual([]);
  });

  it("is reported in a sentence that names the secret", () => {
    const target = rulesOf(plain)
      .flatMap(({ Targets }) => Targets)
      .find(({ Id }) => Id === "Alerts");
    expect(target?.["InputTransformer"]).toEqual({
      InputPathsMap: expect.objectContaining({ secret: "$.detail.additionalEventData.SecretId" }),
      InputTemplate: expect.stringMatching(/^"<event>: Secrets Manager could not rotate <secret>.*\."$/),
    });
  });
});

describe("the event rules", () => {
  it("send events that they cannot deliver within an hour to the dead-letter queue", () => {
    const targets = rulesOf(withCloudTrail).flatMap(({ Targets }) => Targets);
    // One rule for each of five kinds of event, in the stack's own account and in another one, and one for alarms that are over.
    expect(targets).toHaveLength(11);
    for (const target of targets) {
      expect(target["DeadLetterConfig"]).toEqual({ Arn: expect.stringContaining("DeadLetterQueue") });
      expect(target["RetryPolicy"]).toEqual({ MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 10 });
    }
  });

  it("may invoke the function if they target it, unlike those that only notify the topic", () => {
    const permissions = ofType(withCloudTrail.resources, "AWS::Lambda::Permission");
    const prefixes = permissions.map(({ SourceArn }) => String(SourceArn).replace(/\*$/, ""));
    expect(prefixes).toHaveLength(4);
    const allowed = (id: string) =>
      ofType(withCloudTrail.resources, "AWS::Events::Rule")
        .filter(({ Targets }) => JSON.stringify(Targets).includes(`"Id":"${id}"`))
        .map(({ Name }) => `arn:aws:events:us-west-2:${ACCOUNT}:rule/${Name}`)
        .map((arn) => prefixes.some((prefix) => arn.startsWith(prefix)));
    expect(new Set(allowed("Rotator"))).toEqual(new Set([true]));
    expect(new Set([...allowed("Alerts"), ...allowed("Recovery")])).toEqual(new Set([false]));
    expect(new Set(permissions.map(({ Principal }) => Principal))).toEqual(new Set(["events.amazonaws.com"]));
  });
});
