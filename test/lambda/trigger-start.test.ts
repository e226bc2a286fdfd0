import { describe, expect, it } from "vitest";
import { parseTrigger } from "../../src/lambda/trigger.ts";
import { ARN, apiCall, CHANGE, labelUpdated, SCHEDULED, serviceEvent, VERSION } from "./events.ts";

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
