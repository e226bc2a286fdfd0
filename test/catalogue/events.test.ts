import { describe, expect, it } from "vitest";
import { deploy } from "../support/deployment.ts";
import { captureOutput } from "../support/output.ts";
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
    ["an EventBridge schedule's", { source: "aws.events", "detail-type": "Scheduled Event", detail: {} }],
    ["an empty direct call", {}],
  ])("(%s) rotates every connection", async (_, event) => {
    const world = await start();
    expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect(namesPut(world)).toEqual(["a", "b"]);
  });

  it.each<[string, unknown]>([
    ["Secret Label Updated", label(`${ARN}openai-Ab12Cd`, "AWSCURRENT")],
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
  ])("(%s) rotates only the connections of its secret", async (_, event) => {
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
  ])("(%s) changes nothing", async (_, event) => {
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
    ["no event", undefined, "Nothing was changed"],
    ["an empty selection", { connections: [] }, "Nothing was changed"],
    [
      "another service's event",
      { source: "aws.s3", "detail-type": "Object Created", detail: {} },
      "Nothing was changed",
    ],
    [
      "a rotation step",
      { Step: "createSecret", SecretId: "openai", ClientRequestToken: "t" },
      "not a Secrets Manager rotation function",
    ],
  ])("(%s) is an error and changes nothing", async (_, event, message) => {
    const world = await start();
    await expect(world.invoke(event)).rejects.toThrow(message);
    expect(world.confluent.requests).toEqual([]);
    expect(world.aws.requests).toEqual([]);
  });

  it("for a dry run causes reads but no PUT and no alert", async () => {
    const world = await start();
    const report = await world.invoke({ dryRun: true });
    expect(report).toMatchObject({ outcome: "succeeded", counts: { planned: 2 } });
    expect(report.connections[0]?.message).toBe("Would send api-key.");
    expect(namesPut(world)).toEqual([]);
    expect(world.aws.published()).toEqual([]);
  });

  it("about a secret that does not exist causes an alert but no PUT", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "missing" }] });
    await expect(world.invoke({ trigger: "schedule" })).rejects.toThrow("1 of 1 failed (secret)");
    expect(world.aws.published()[0]?.message).toContain("Secret missing does not exist");
    expect(world.keysPut("a")).toEqual([]);
  });
});

describe("an event about a secret with the same name in another account or region", () => {
  const place = { account: "210987654321", region: "us-east-1" };
  const THEIRS = "arn:aws:secretsmanager:us-east-1:210987654321:secret:openai-Zz12Yy";
  const TOUCH_NOTHING: readonly (readonly [string, object])[] = [
    ["another account's label", { ...label(THEIRS, "AWSCURRENT"), ...place }],
    ["another account's label, by name", { ...label(THEIRS, "AWSCURRENT"), ...place, resources: [] }],
    ["another region's label", label(`${ARN}openai-Ab12Cd`.replace("us-east-1", "eu-west-1"), "AWSCURRENT")],
    ["another account's API call", { ...call("PutSecretValue", { secretId: "openai" }), ...place }],
    [
      "another region's API call",
      { ...call("UpdateSecret", { secretId: "openai" }), account: "123456789012", region: "eu-west-1" },
    ],
    ["another account's API call by ARN", call("PutSecretValue", { secretId: THEIRS })],
    ["another account's creation", { ...call("CreateSecret", { name: "openai" }), ...place }],
    [
      "another account's rotation",
      service("RotationSucceeded", { additionalEventData: { SecretId: THEIRS } }),
    ],
  ];

  it("row 32: is ignored by the built function", async () => {
    const { aws, confluent, invoke } = await deploy({ key: "new" });
    const { report, lines } = await invoke({ ...label(THEIRS, "AWSCURRENT"), ...place });
    expect(report).toMatchObject({ outcome: "succeeded", connections: [] });
    expect(lines.map(({ code }) => code)).toEqual(["RUN_IGNORED"]);
    expect([aws.requests, confluent.requests]).toEqual([[], []]);
  });

  it.each(TOUCH_NOTHING)(
    "row 32: (%s) changes nothing, causes no alert and is explained in the log",
    async (_, event) => {
      const world = await start();
      const lines = captureOutput();
      const reads = world.aws.requests.length;
      expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", connections: [] });
      expect(lines()).toMatchObject([
        {
          code: "RUN_IGNORED",
          trigger: { reason: expect.stringMatching(/^the secret belongs to account /) },
        },
      ]);
      expect(world.aws.requests.slice(reads)).toEqual([]);
      expect([namesPut(world), world.aws.published()]).toEqual([[], []]);
    },
  );
});
