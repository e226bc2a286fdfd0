import { describe, expect, it } from "vitest";
import { startWorld, type World } from "../support/world.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";

const versionOf = (secret: string) => `${secret}-version`.padEnd(36, "-");

async function start(): Promise<World> {
  const world = await startWorld({
    connections: [
      { name: "a", secret: "openai" },
      { name: "b", secret: "openai-2" },
    ],
  });
  for (const secret of ["openai", "openai-2"])
    world.aws.putSecret(secret, "new", { versionId: versionOf(secret) });
  return world;
}

const label = (resource: string, labelUpdated: string) => ({
  source: "aws.secretsmanager",
  "detail-type": "Secret Label Updated",
  resources: [resource],
  detail: { name: "openai", labelUpdated, versionId: versionOf("openai") },
});

const call = (eventName: string, requestParameters: object, errorCode?: string) => ({
  source: "aws.secretsmanager",
  "detail-type": "AWS API Call via CloudTrail",
  detail: { eventName, requestParameters, ...(errorCode && { errorCode }) },
});

const service = (eventName: string, details: object) => ({
  source: "aws.secretsmanager",
  "detail-type": "AWS Service Event via CloudTrail",
  detail: { eventName, ...details },
});

function namesPut(world: World): string[] {
  return ["a", "b"].filter((name) => world.keysPut(name).length > 0);
}

describe("an event", () => {
  it.each<[string, unknown]>([
    ["the schedule's", { trigger: "schedule" }],
    ["EventBridge's scheduled", { source: "aws.events", "detail-type": "Scheduled Event", detail: {} }],
    ["an empty direct", {}],
  ])("of %s shape rotates every connection", async (_, event) => {
    const world = await start();
    expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect(namesPut(world)).toEqual(["a", "b"]);
  });

  it.each<[string, unknown]>([
    ["the native event", label(`${ARN}openai-Ab12Cd`, "AWSCURRENT")],
    ["PutSecretValue by name", call("PutSecretValue", { secretId: "openai" })],
    [
      "PutSecretValue by ARN",
      call("PutSecretValue", { secretId: `${ARN}openai-Ab12Cd`, versionStages: ["AWSCURRENT"] }),
    ],
    ["UpdateSecret", call("UpdateSecret", { secretId: `${ARN}openai` })],
    [
      "UpdateSecretVersionStage",
      call("UpdateSecretVersionStage", { secretId: "openai", versionStage: "AWSCURRENT" }),
    ],
    ["CreateSecret", call("CreateSecret", { name: "openai" })],
    [
      "RotationSucceeded",
      service("RotationSucceeded", { additionalEventData: { SecretId: `${ARN}openai-Ab12Cd` } }),
    ],
    [
      "RotationSucceeded, the newer shape",
      service("RotationSucceeded", { serviceEventDetails: { secretId: "openai" } }),
    ],
    ["a direct call for a secret", { secrets: ["openai"] }],
    ["a direct call for a connection", { connections: ["a"] }],
  ])("such as %s rotates the connections of that secret alone", async (_, event) => {
    const world = await start();
    expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
    expect(namesPut(world)).toEqual(["a"]);
  });

  it.each<[string, unknown]>([
    ["another label", label(`${ARN}openai-Ab12Cd`, "FLINK_READY")],
    ["AWSPENDING", call("PutSecretValue", { secretId: "openai", versionStages: ["AWSPENDING"] })],
    ["a failed call", call("PutSecretValue", { secretId: "openai" }, "AccessDenied")],
    ["RotateSecret", call("RotateSecret", { secretId: "openai" })],
    ["RotationFailed", service("RotationFailed", { additionalEventData: { SecretId: "openai" } })],
    ["a secret that is not listed", label(`${ARN}openai-other-Ab12Cd`, "AWSCURRENT")],
  ])("of %s touches nothing", async (_, event) => {
    const world = await start();
    expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", connections: [], requests: 0 });
    expect(world.confluent.requests).toEqual([]);
    expect(world.aws.requests).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    [
      "an unknown connection",
      { connections: ["nobody"] },
      'No connection "nobody" is listed in connections.json. Listed: a, b.',
    ],
    ["an unknown secret", { secrets: ["nothing"] }, "Listed: openai, openai-2."],
    ["a typo", { conections: ["a"] }, 'unknown key "conections"'],
    ["no event", undefined, "nothing was touched"],
    ["an empty selection", { connections: [] }, "nothing was touched"],
    [
      "another service's event",
      { source: "aws.s3", "detail-type": "Object Created", detail: {} },
      "nothing was touched",
    ],
    [
      "a rotation step",
      { Step: "createSecret", SecretId: "openai", ClientRequestToken: "t" },
      "no Secrets Manager rotation function",
    ],
  ])("with %s is an error that names it, and nothing is touched", async (_, event, message) => {
    const world = await start();
    await expect(world.invoke(event)).rejects.toThrow(message);
    expect(world.confluent.requests).toEqual([]);
    expect(world.aws.requests).toEqual([]);
  });

  it("of a dry run reads and looks, but puts and alerts nothing", async () => {
    const world = await start();
    const report = await world.invoke({ dryRun: true });
    expect(report).toMatchObject({ outcome: "succeeded", counts: { planned: 2 } });
    expect(report.connections[0]?.message).toBe("Would send api-key.");
    expect(namesPut(world)).toEqual([]);
    expect(world.aws.published()).toEqual([]);
  });

  it("of a secret that does not exist is alerted, and nothing is put", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "missing" }] });
    await expect(world.invoke({ trigger: "schedule" })).rejects.toThrow("1 of 1 failed (secret)");
    expect(world.aws.published()[0]?.message).toContain("Secret missing does not exist");
    expect(world.keysPut("a")).toEqual([]);
  });
});
