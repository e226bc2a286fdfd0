import { describe, expect, it } from "vitest";
import { functionScope, parseTrigger } from "../../src/lambda/trigger.ts";
import { ARN, apiCall, CHANGE, labelUpdated, serviceEvent } from "./events.ts";

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
