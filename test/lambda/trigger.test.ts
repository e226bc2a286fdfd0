import { describe, expect, it } from "vitest";
import { functionScope, parseTrigger } from "../../src/lambda/trigger.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/openai-a1B2c3";
const VERSION = "11111111-2222-3333-4444-555555555555";

function labelUpdated(detail: object = {}, resources: readonly string[] = [ARN]) {
  return {
    version: "0",
    id: "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "Secret Label Updated",
    source: "aws.secretsmanager",
    account: "123456789012",
    time: "2026-03-21T10:00:00Z",
    region: "us-east-1",
    resources,
    detail: { name: "prod/openai", labelUpdated: "AWSCURRENT", versionId: VERSION, ...detail },
  };
}

function apiCall(eventName: string, requestParameters: unknown, detail: object = {}) {
  return {
    version: "0",
    "detail-type": "AWS API Call via CloudTrail",
    source: "aws.secretsmanager",
    resources: [],
    detail: {
      eventVersion: "1.11",
      userIdentity: { type: "AssumedRole" },
      eventSource: "secretsmanager.amazonaws.com",
      eventName,
      requestParameters,
      responseElements: null,
      ...detail,
    },
  };
}

function serviceEvent(eventName: string, detail: object = {}) {
  return {
    version: "0",
    "detail-type": "AWS Service Event via CloudTrail",
    source: "aws.secretsmanager",
    resources: [],
    detail: {
      eventType: "AwsServiceEvent",
      eventSource: "secretsmanager.amazonaws.com",
      eventName,
      ...detail,
    },
  };
}

const SCHEDULED = { version: "0", "detail-type": "Scheduled Event", resources: ["rule"], detail: {} };
const CHANGE = { kind: "secret-change", secret: "openai" };

describe("an event that starts a run", () => {
  it.each([
    ["what the schedule sends", { trigger: "schedule" }, { kind: "schedule" }],
    ["EventBridge's scheduled event", { ...SCHEDULED, source: "aws.events" }, { kind: "schedule" }],
    ["the scheduler's scheduled event", { ...SCHEDULED, source: "aws.scheduler" }, { kind: "schedule" }],
    ["a label that moved", labelUpdated(), { kind: "secret-change", secret: ARN, versionId: VERSION }],
    [
      "a label that moved, without its version",
      labelUpdated({ versionId: undefined }),
      { kind: "secret-change", secret: ARN },
    ],
    [
      "a label that moved, with the secret's name alone",
      labelUpdated({}, []),
      { kind: "secret-change", secret: "prod/openai", versionId: VERSION },
    ],
    ["PutSecretValue without labels", apiCall("PutSecretValue", { secretId: "openai" }), CHANGE],
    [
      "PutSecretValue with null for labels",
      apiCall("PutSecretValue", { secretId: "openai", versionStages: null }),
      CHANGE,
    ],
    [
      "PutSecretValue as AWSCURRENT and more",
      apiCall("PutSecretValue", { secretId: "openai", versionStages: ["MINE", "AWSCURRENT"] }),
      CHANGE,
    ],
    ["UpdateSecret", apiCall("UpdateSecret", { secretId: "openai", clientRequestToken: VERSION }), CHANGE],
    [
      "UpdateSecretVersionStage of AWSCURRENT",
      apiCall("UpdateSecretVersionStage", { secretId: "openai", versionStage: "AWSCURRENT" }),
      CHANGE,
    ],
    ["CreateSecret", apiCall("CreateSecret", { name: "openai" }), CHANGE],
    [
      "an API call by a partial ARN",
      apiCall("PutSecretValue", { secretId: ARN.slice(0, -7) }),
      { kind: "secret-change", secret: ARN.slice(0, -7) },
    ],
    [
      "RotationSucceeded in the older form",
      serviceEvent("RotationSucceeded", { additionalEventData: { SecretId: ARN } }),
      { kind: "secret-change", secret: ARN },
    ],
    [
      "RotationSucceeded in the newer form",
      serviceEvent("RotationSucceeded", { serviceEventDetails: { secretId: ARN } }),
      { kind: "secret-change", secret: ARN },
    ],
    [
      "RotationSucceeded in both forms",
      serviceEvent("RotationSucceeded", {
        additionalEventData: { SecretId: ARN },
        serviceEventDetails: { secretId: "other" },
      }),
      { kind: "secret-change", secret: ARN },
    ],
    [
      "RotationSucceeded whose older part is null",
      serviceEvent("RotationSucceeded", {
        additionalEventData: null,
        serviceEventDetails: { SecretId: ARN },
      }),
      { kind: "secret-change", secret: ARN },
    ],
    ["a call without anything", {}, { kind: "direct" }],
    ["a call with names", { connections: ["a", "b"] }, { kind: "direct", connections: ["a", "b"] }],
    ["a call with secrets", { secrets: [ARN] }, { kind: "direct", secrets: [ARN] }],
    ["a dry run", { dryRun: true }, { kind: "direct", dryRun: true }],
    [
      "a call with everything",
      { connections: ["a"], secrets: ["openai"], dryRun: false },
      { kind: "direct", connections: ["a"], secrets: ["openai"], dryRun: false },
    ],
  ])("is %s", (_what, event, expected) => {
    expect(parseTrigger(event)).toEqual(expected);
  });

  it("cannot inject a line into an alert or a log", () => {
    const event = labelUpdated({ versionId: "v1\nDOWN NOW: everything\u2028\u001b[31m" });
    expect(parseTrigger(event)).toMatchObject({ versionId: "v1 DOWN NOW: everything [31m" });
    expect(parseTrigger({ connections: ["a\r\nb", "a\r\nb"], secrets: ["c", "c"] })).toEqual({
      kind: "direct",
      connections: ["a b"],
      secrets: ["c"],
    });
  });

  it("is trusted only for the identity of the secret", () => {
    const event = { ...labelUpdated(), connections: ["a"], dryRun: true, trigger: "schedule" };
    expect(parseTrigger(event)).toEqual({ kind: "secret-change", secret: ARN, versionId: VERSION });
  });
});

describe("an event that starts nothing", () => {
  it.each([
    [labelUpdated({ labelUpdated: "AWSPENDING" }), "the label AWSPENDING moved, not AWSCURRENT", ARN],
    [labelUpdated({ labelUpdated: "AWSPREVIOUS" }), "the label AWSPREVIOUS moved, not AWSCURRENT", ARN],
    [labelUpdated({ labelUpdated: "FLINK_READY" }), "the label FLINK_READY moved, not AWSCURRENT", ARN],
    [labelUpdated({ name: undefined }, []), "the event names no secret", undefined],
    [
      apiCall("PutSecretValue", { secretId: "openai", versionStages: ["AWSPENDING"] }),
      "PutSecretValue did not touch AWSCURRENT",
      "openai",
    ],
    [
      apiCall("PutSecretValue", { secretId: "openai", versionStages: [] }),
      "PutSecretValue did not touch AWSCURRENT",
      "openai",
    ],
    [
      apiCall("UpdateSecretVersionStage", { secretId: "openai", versionStage: "MINE" }),
      "UpdateSecretVersionStage did not touch AWSCURRENT",
      "openai",
    ],
    [
      apiCall("UpdateSecretVersionStage", { secretId: "openai" }),
      "UpdateSecretVersionStage did not touch AWSCURRENT",
      "openai",
    ],
    [
      apiCall("PutSecretValue", { secretId: "openai" }, { errorCode: "AccessDenied" }),
      "PutSecretValue failed with AccessDenied",
      "openai",
    ],
    [
      apiCall("PutSecretValue", null, { errorCode: "AccessDenied" }),
      "PutSecretValue failed with AccessDenied",
      undefined,
    ],
    [apiCall("RotateSecret", { secretId: "openai" }), "RotateSecret moves no label", "openai"],
    [apiCall("DeleteSecret", { secretId: "openai" }), "DeleteSecret moves no label", "openai"],
    [apiCall("constructor", { secretId: "openai" }), "constructor moves no label", "openai"],
    [apiCall("UpdateSecret", null), "the event names no secret", undefined],
    [apiCall("PutSecretValue", {}), "the event names no secret", undefined],
    [apiCall("CreateSecret", { secretId: "openai" }), "the event names no secret", undefined],
    [
      serviceEvent("RotationFailed", { additionalEventData: { SecretId: ARN } }),
      "RotationFailed moves no label",
      ARN,
    ],
    [
      serviceEvent("RotationStarted", { serviceEventDetails: { secretId: ARN } }),
      "RotationStarted moves no label",
      ARN,
    ],
    [
      serviceEvent("RotationSucceeded", { additionalEventData: { SecretId: ARN }, errorCode: "Internal" }),
      "RotationSucceeded failed with Internal",
      ARN,
    ],
    [serviceEvent("RotationSucceeded"), "the event names no secret", undefined],
    [serviceEvent("RotationSucceeded", { additionalEventData: {} }), "the event names no secret", undefined],
  ])("says why (%#): %s", (event, reason, secret) => {
    expect(parseTrigger(event)).toEqual({ kind: "ignored", reason, ...(secret !== undefined && { secret }) });
  });
});

describe("an event that is refused", () => {
  it("from a rotation of Secrets Manager causes advice on what to attach instead", () => {
    const event = { Step: "createSecret", SecretId: ARN, ClientRequestToken: VERSION, RotationToken: "t" };
    expect(() => parseTrigger(event)).toThrow(
      expect.objectContaining({
        name: "EventError",
        message: expect.stringContaining(
          "not a Secrets Manager rotation function. Nothing was changed. Attach",
        ),
      }),
    );
  });

  it.each([
    [{ connection: ["a"] }, 'unknown key "connection"'],
    [{ trigger: "schedule", dryRun: true }, 'unknown key "trigger"'],
    [{ trigger: "sometimes" }, 'unknown key "trigger"'],
    [{ connections: "a" }, "connections: "],
    [{ connections: [] }, "connections: "],
    [{ connections: [""] }, "connections.0: "],
    [{ secrets: [7] }, "secrets.0: "],
    [{ dryRun: "yes" }, "dryRun: "],
    [{ Step: "createSecret", SecretId: ARN }, 'unknown key "Step"'],
    [{ ...labelUpdated(), source: "aws.s3" }, "unknown key"],
    [{ ...labelUpdated(), "detail-type": "Secret Deleted" }, "unknown key"],
    [{ ...SCHEDULED, source: "somebody" }, "unknown key"],
    [{ Records: [{ Sns: { Message: "{}" } }] }, 'unknown key "Records"'],
    [null, "event: "],
    [undefined, "event: "],
    ["schedule", "event: "],
    [7, "event: "],
    [[], "event: "],
    [[{ trigger: "schedule" }], "event: "],
  ])("is an error that names the problem: %j", (event, words) => {
    expect(() => parseTrigger(event)).toThrow(
      expect.objectContaining({ name: "EventError", message: expect.stringContaining(`(${words}`) }),
    );
    expect(() => parseTrigger(event)).toThrow("Nothing was changed");
  });
});

describe("an event with an identifier longer than AWS allows", () => {
  const LONG = "x".repeat(1_000_000);

  it.each([
    { connections: [LONG] },
    { secrets: [LONG] },
    labelUpdated({ labelUpdated: LONG }),
    labelUpdated({}, [LONG]),
    apiCall(LONG, { secretId: "openai" }),
    apiCall("PutSecretValue", { secretId: LONG }),
    { [LONG]: true },
  ])("is refused and not quoted (%#)", (event) => {
    expect(() => parseTrigger(event)).toThrow(
      expect.objectContaining({ name: "EventError", message: expect.stringMatching(/^.{1,500}$/) }),
    );
  });
});

describe("the account and region of an event", () => {
  const OWN = { partition: "aws", region: "us-east-1", account: "123456789012" };
  const THEIRS = "arn:aws:secretsmanager:eu-west-1:210987654321:secret:openai";
  const put = (origin: object, detail: object = {}) => ({
    ...apiCall("PutSecretValue", { secretId: "openai" }, detail),
    ...origin,
  });
  const secretOf = (event: object) => {
    const trigger = parseTrigger(event, OWN);
    return trigger.kind === "direct" || trigger.kind === "schedule" ? undefined : trigger.secret;
  };

  it.each([
    ["neither", put({})],
    ["the function's own", put({ account: "123456789012", region: "us-east-1" })],
    [
      "the function's own, as CloudTrail writes it",
      put({}, { awsRegion: "us-east-1", recipientAccountId: "123456789012" }),
    ],
  ])("leave a secret's name unchanged if the event names %s", (_, event) => {
    expect(secretOf(event)).toBe("openai");
  });

  it.each([
    ["EventBridge", put({ account: "210987654321", region: "eu-west-1" })],
    ["CloudTrail", put({}, { recipientAccountId: "210987654321", awsRegion: "eu-west-1" })],
    [
      "the caller's account, which takes precedence,",
      put(
        { account: "123456789012", region: "us-east-1" },
        {
          userIdentity: { accountId: "210987654321" },
          recipientAccountId: "123456789012",
          awsRegion: "eu-west-1",
        },
      ),
    ],
    [
      "the account of a created secret",
      { ...apiCall("CreateSecret", { name: "openai" }), account: "210987654321", region: "eu-west-1" },
    ],
    [
      "the account of a label",
      {
        ...labelUpdated({ name: "openai" }, []),
        account: "210987654321",
        region: "eu-west-1",
      },
    ],
    [
      "the account of a rotation",
      serviceEvent("RotationSucceeded", {
        additionalEventData: { SecretId: "openai" },
        recipientAccountId: "210987654321",
        awsRegion: "eu-west-1",
      }),
    ],
  ])("turn a secret's name into an ARN if %s names another account or region", (_, event) => {
    expect(secretOf(event)).toBe(THEIRS);
  });

  it("distinguish regions of the function's account", () => {
    expect(secretOf(put({ account: "123456789012", region: "eu-west-1" }))).toBe(
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai",
    );
  });

  it("come from the ARN even if the rest of the event differs", () => {
    expect(secretOf({ ...labelUpdated(), account: "210987654321", region: "eu-west-1" })).toBe(ARN);
  });

  it("do not matter if the function's own are unknown", () => {
    expect(parseTrigger(put({ account: "210987654321", region: "eu-west-1" }))).toEqual(CHANGE);
  });
});

describe("the scope of a function", () => {
  it.each([
    ["arn:aws:lambda:us-east-1:123456789012:function:rotator"],
    ["arn:aws:lambda:us-east-1:123456789012:function:rotator:live"],
  ])("comes from its ARN %s", (arn) => {
    expect(functionScope(arn)).toEqual({ partition: "aws", region: "us-east-1", account: "123456789012" });
  });

  it.each([undefined, "", "rotator"])("is unknown for %j", (arn) => {
    expect(functionScope(arn)).toBeUndefined();
  });
});
