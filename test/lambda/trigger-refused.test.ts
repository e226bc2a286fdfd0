import { describe, expect, it } from "vitest";
import { parseTrigger } from "../../src/lambda/trigger.ts";
import { ARN, apiCall, labelUpdated, SCHEDULED, VERSION } from "./events.ts";

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
    [{ trigger: "schedule", dryRun: true }, 'unknown key "dryRun"'],
    [{ trigger: "sometimes" }, 'trigger: must be "schedule"'],
    [{ connections: "a" }, "connections: must be a list with at least one name"],
    [{ connections: [] }, "connections: must be a list with at least one name"],
    [{ connections: [""] }, "connections.0: must be a name"],
    [{ secrets: [7] }, "secrets.0: must be a name"],
    [{ dryRun: "yes" }, "dryRun: must be true or false"],
    [{ alert: 0 }, "alert: must be true or false"],
    [{ Step: "createSecret", SecretId: ARN }, 'unknown key "Step"'],
    [{ ...labelUpdated(), source: "aws.s3" }, "unknown key"],
    [{ ...labelUpdated(), "detail-type": "Secret Deleted" }, "unknown key"],
    [{ ...SCHEDULED, source: "somebody" }, "unknown key"],
    [{ Records: [{ Sns: { Message: "{}" } }] }, 'unknown key "Records"'],
    [null, "event: must be a JSON object"],
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
