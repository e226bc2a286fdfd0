import { describe, expect, it } from "vitest";
import { parseTrigger } from "../../src/lambda/trigger.ts";
import { ARN, apiCall, labelUpdated, serviceEvent } from "./events.ts";

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
