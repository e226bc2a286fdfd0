import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { STARTED_AT, startBench } from "../../support/aws.ts";

const NAME = "prod/openai";
const V1 = "11111111-1111-4111-8111-111111111111";
const V2 = "22222222-2222-4222-8222-222222222222";
const V3 = "33333333-3333-4333-8333-333333333333";

async function withTwoVersions() {
  const bench = await startBench();
  const { arn } = bench.aws.putSecret(NAME, "old", { versionId: V1 });
  bench.aws.putSecret(NAME, "new", { versionId: V2 });
  return { ...bench, arn };
}

describe("reading a secret", () => {
  it("finds it by name, by full ARN and by ARN without its suffix", async () => {
    const { secrets, arn } = await withTwoVersions();
    expect(arn).toMatch(/^arn:aws:secretsmanager:us-east-1:123456789012:secret:prod\/openai-\w{6}$/);
    for (const SecretId of [NAME, arn, arn.slice(0, -7)]) {
      const answer = await secrets.send(new GetSecretValueCommand({ SecretId }));
      expect(answer).toMatchObject({ ARN: arn, Name: NAME, SecretString: "new", VersionId: V2 });
    }
  });

  it.each([
    { title: "AWSCURRENT by default", input: {}, value: "new" },
    { title: "a version id", input: { VersionId: V1 }, value: "old" },
    { title: "a staging label", input: { VersionStage: "AWSPREVIOUS" }, value: "old" },
    { title: "both when they agree", input: { VersionId: V2, VersionStage: "AWSCURRENT" }, value: "new" },
  ])("goes by $title", async ({ input, value }) => {
    const { secrets } = await withTwoVersions();
    const answer = await secrets.send(new GetSecretValueCommand({ SecretId: NAME, ...input }));
    expect(answer.SecretString).toBe(value);
  });

  it("gives each version's labels and the moment it was made", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x", { createdAt: STARTED_AT - 3_600_000 });
    const answer = await secrets.send(new GetSecretValueCommand({ SecretId: NAME }));
    expect(answer.VersionStages).toEqual(["AWSCURRENT"]);
    expect(answer.CreatedDate?.getTime()).toBe(STARTED_AT - 3_600_000);
  });

  it("hands a binary value back byte by byte", async () => {
    const { secrets } = await startBench();
    const SecretBinary = Uint8Array.from([0, 255, 10]);
    await secrets.send(new CreateSecretCommand({ Name: NAME, SecretBinary }));
    const answer = await secrets.send(new GetSecretValueCommand({ SecretId: NAME }));
    expect(answer.SecretString).toBeUndefined();
    expect([...(answer.SecretBinary ?? [])]).toEqual([0, 255, 10]);
  });

  it.each([
    {
      title: "an unknown secret",
      input: { SecretId: "prod/open" },
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret.",
    },
    {
      title: "an unknown version",
      input: { SecretId: NAME, VersionId: V3 },
      name: "ResourceNotFoundException",
      message: `Secrets Manager can't find the specified secret value for VersionId: ${V3}`,
    },
    {
      title: "a label that no version has",
      input: { SecretId: NAME, VersionStage: "AWSPENDING" },
      name: "ResourceNotFoundException",
      message: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
    },
    {
      title: "a label of another version",
      input: { SecretId: NAME, VersionId: V1, VersionStage: "AWSCURRENT" },
      name: "InvalidRequestException",
      message: "You provided a VersionStage that is not associated to the provided VersionId.",
    },
    {
      title: "a version id that is too short",
      input: { SecretId: NAME, VersionId: "short" },
      name: "InvalidParameterException",
      message: expect.stringContaining("VersionId"),
    },
  ])("refuses $title", async ({ input, name, message }) => {
    const { secrets } = await withTwoVersions();
    await expect(secrets.send(new GetSecretValueCommand(input))).rejects.toMatchObject({ name, message });
  });

  it("has no value for a version that a rotation has only reserved", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "old", { versionId: V1 });
    aws.putSecret(NAME, undefined, { versionId: V2, stages: ["AWSPENDING"] });
    const pending = new GetSecretValueCommand({ SecretId: NAME, VersionStage: "AWSPENDING" });
    await expect(secrets.send(pending)).rejects.toThrow("can't find the specified secret value");
    await secrets.send(
      new PutSecretValueCommand({ SecretId: NAME, ClientRequestToken: V2, SecretString: "filled" }),
    );
    expect((await secrets.send(pending)).SecretString).toBe("filled");
  });
});

describe("writing a secret", () => {
  it("creates one with a first version that is current", async () => {
    const { aws, secrets } = await startBench();
    const input = { Name: NAME, SecretString: "x", ClientRequestToken: V1 };
    const created = await secrets.send(new CreateSecretCommand(input));
    expect(created).toMatchObject({ Name: NAME, VersionId: V1 });
    expect(aws.stages(NAME)).toEqual({ AWSCURRENT: V1 });
    expect(await secrets.send(new CreateSecretCommand(input))).toMatchObject({ ARN: created.ARN });
    expect(aws.stages(NAME)).toEqual({ AWSCURRENT: V1 });
  });

  it("creates one without a value, which gets its first version later", async () => {
    const { aws, secrets } = await startBench();
    expect((await secrets.send(new CreateSecretCommand({ Name: NAME }))).VersionId).toBeUndefined();
    await expect(secrets.send(new GetSecretValueCommand({ SecretId: NAME }))).rejects.toThrow("AWSCURRENT");
    await secrets.send(
      new PutSecretValueCommand({
        SecretId: NAME,
        SecretString: "x",
        ClientRequestToken: V1,
        VersionStages: ["AWSPENDING"],
      }),
    );
    expect(aws.stages(NAME)).toEqual({ AWSPENDING: V1, AWSCURRENT: V1 });
  });

  it.each([
    { Name: NAME, SecretString: "other", name: "ResourceExistsException", message: "already exists" },
    { Name: "a b", SecretString: "x", name: "InvalidParameterException", message: "Invalid name" },
    {
      Name: "both",
      SecretString: "x",
      SecretBinary: Uint8Array.of(1),
      name: "InvalidParameterException",
      message: "both a binary secret value and a string",
    },
  ])("refuses to create $Name with $name", async ({ name, message, ...input }) => {
    const { secrets } = await withTwoVersions();
    await expect(secrets.send(new CreateSecretCommand(input))).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it("moves AWSCURRENT and AWSPREVIOUS along with every new value", async () => {
    const { aws, secrets } = await withTwoVersions();
    const put = await secrets.send(
      new PutSecretValueCommand({ SecretId: NAME, SecretString: "third", ClientRequestToken: V3 }),
    );
    expect(put).toMatchObject({ VersionId: V3, VersionStages: ["AWSCURRENT"] });
    expect(aws.stages(NAME)).toEqual({ AWSPREVIOUS: V2, AWSCURRENT: V3 });
    expect(aws.secretString(NAME)).toBe("third");
    expect(aws.secretString(NAME, "AWSPREVIOUS")).toBe("new");
  });

  it("leaves AWSCURRENT where it is for a pending version", async () => {
    const { aws, secrets } = await withTwoVersions();
    await secrets.send(
      new PutSecretValueCommand({ SecretId: NAME, SecretString: "next", VersionStages: ["AWSPENDING"] }),
    );
    expect(aws.secretString(NAME)).toBe("new");
    expect(aws.secretString(NAME, "AWSPENDING")).toBe("next");
  });

  it("takes the same token with the same value once, and refuses it with another", async () => {
    const { secrets, events } = await withTwoVersions();
    const again = { SecretId: NAME, ClientRequestToken: V1 };
    const before = events.length;
    await secrets.send(new PutSecretValueCommand({ ...again, SecretString: "old" }));
    expect(events).toHaveLength(before);
    const other = secrets.send(new PutSecretValueCommand({ ...again, SecretString: "changed" }));
    await expect(other).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("wants a value", async () => {
    const { secrets } = await withTwoVersions();
    await expect(secrets.send(new PutSecretValueCommand({ SecretId: NAME }))).rejects.toMatchObject({
      name: "InvalidRequestException",
      message: "You must provide either SecretString or SecretBinary.",
    });
  });

  it("updates the value too, with a token that is new", async () => {
    const { aws, secrets } = await withTwoVersions();
    const update = { SecretId: NAME, SecretString: "third", ClientRequestToken: V3 };
    expect((await secrets.send(new UpdateSecretCommand(update))).VersionId).toBe(V3);
    expect(aws.stages(NAME)).toEqual({ AWSPREVIOUS: V2, AWSCURRENT: V3 });
    await expect(secrets.send(new UpdateSecretCommand(update))).rejects.toMatchObject({
      name: "ResourceExistsException",
    });
  });

  it("keeps the value when an update brings none", async () => {
    const { aws, secrets } = await withTwoVersions();
    const update = new UpdateSecretCommand({ SecretId: NAME, Description: "of OpenAI" });
    expect((await secrets.send(update)).VersionId).toBeUndefined();
    expect(aws.secretString(NAME)).toBe("new");
  });
});

describe("a secret's versions", () => {
  it("are described by those that have a label", async () => {
    const { aws, secrets, arn, advance } = await withTwoVersions();
    advance(1_000);
    aws.putSecret(NAME, "third", { versionId: V3 });
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: NAME }));
    expect(described).toMatchObject({
      ARN: arn,
      Name: NAME,
      CreatedDate: new Date(STARTED_AT),
      LastChangedDate: new Date(STARTED_AT + 1_000),
      VersionIdsToStages: { [V2]: ["AWSPREVIOUS"], [V3]: ["AWSCURRENT"] },
    });
    expect(described.VersionIdsToStages).not.toHaveProperty(V1);
  });

  it.each([
    { IncludeDeprecated: false, ids: [V2, V3] },
    { IncludeDeprecated: true, ids: [V1, V2, V3] },
  ])("are listed (deprecated ones: $IncludeDeprecated)", async ({ IncludeDeprecated, ids }) => {
    const { aws, secrets } = await withTwoVersions();
    aws.putSecret(NAME, "third", { versionId: V3 });
    const list = await secrets.send(new ListSecretVersionIdsCommand({ SecretId: NAME, IncludeDeprecated }));
    expect(list.Versions?.map(({ VersionId }) => VersionId)).toEqual(ids);
    expect(list.Versions?.at(-1)).toMatchObject({
      VersionStages: ["AWSCURRENT"],
      CreatedDate: new Date(STARTED_AT),
    });
  });

  it("swap AWSCURRENT and AWSPREVIOUS on a rollback", async () => {
    const { aws, secrets } = await withTwoVersions();
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: NAME,
        VersionStage: "AWSCURRENT",
        MoveToVersionId: V1,
        RemoveFromVersionId: V2,
      }),
    );
    expect(aws.stages(NAME)).toEqual({ AWSCURRENT: V1, AWSPREVIOUS: V2 });
  });

  it("take and lose a label of the caller's own", async () => {
    const { aws, secrets } = await withTwoVersions();
    const label = { SecretId: NAME, VersionStage: "FLINK_READY" };
    await secrets.send(new UpdateSecretVersionStageCommand({ ...label, MoveToVersionId: V2 }));
    await secrets.send(new UpdateSecretVersionStageCommand({ ...label, MoveToVersionId: V2 }));
    expect(aws.stages(NAME)).toEqual({ AWSPREVIOUS: V1, AWSCURRENT: V2, FLINK_READY: V2 });
    await secrets.send(new UpdateSecretVersionStageCommand({ ...label, RemoveFromVersionId: V2 }));
    expect(aws.stages(NAME)).toEqual({ AWSPREVIOUS: V1, AWSCURRENT: V2 });
  });

  it.each([
    {
      title: "a move that does not say where from",
      input: { MoveToVersionId: V1 },
      name: "InvalidParameterException",
      message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${V2}, so you must explicitly reference that version in RemoveFromVersionId.`,
    },
    {
      title: "a move from where the label is not",
      input: { MoveToVersionId: V1, RemoveFromVersionId: V1 },
      name: "InvalidParameterException",
      message: expect.stringContaining("RemoveFromVersionId must be the version"),
    },
    {
      title: "a removal of AWSCURRENT",
      input: { RemoveFromVersionId: V2 },
      name: "InvalidParameterException",
      message: expect.stringContaining("can't be completely removed"),
    },
    {
      title: "a version that does not exist",
      input: { MoveToVersionId: V3, RemoveFromVersionId: V2 },
      name: "ResourceNotFoundException",
      message: expect.stringContaining(V3),
    },
    {
      title: "neither version",
      input: {},
      name: "InvalidParameterException",
      message: expect.stringContaining("or both"),
    },
  ])("refuse $title", async ({ input, name, message }) => {
    const { aws, secrets } = await withTwoVersions();
    const move = new UpdateSecretVersionStageCommand({
      SecretId: NAME,
      VersionStage: "AWSCURRENT",
      ...input,
    });
    await expect(secrets.send(move)).rejects.toMatchObject({ name, message });
    expect(aws.stages(NAME)).toEqual({ AWSPREVIOUS: V1, AWSCURRENT: V2 });
  });
});

describe("deleting a secret", () => {
  it("schedules it, refuses its value meanwhile, and can be taken back", async () => {
    const { secrets } = await withTwoVersions();
    const get = new GetSecretValueCommand({ SecretId: NAME });
    const deleted = await secrets.send(new DeleteSecretCommand({ SecretId: NAME, RecoveryWindowInDays: 7 }));
    expect(deleted.DeletionDate).toEqual(new Date(STARTED_AT + 7 * 86_400_000));
    const refusal = {
      name: "InvalidRequestException",
      message: "You can't perform this operation on the secret because it was marked for deletion.",
    };
    await expect(secrets.send(get)).rejects.toMatchObject(refusal);
    const put = new PutSecretValueCommand({ SecretId: NAME, SecretString: "x" });
    await expect(secrets.send(put)).rejects.toMatchObject(refusal);
    const create = new CreateSecretCommand({ Name: NAME, SecretString: "x" });
    await expect(secrets.send(create)).rejects.toThrow("already scheduled for deletion");
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: NAME }));
    expect(described.DeletedDate).toEqual(deleted.DeletionDate);
    await secrets.send(new RestoreSecretCommand({ SecretId: NAME }));
    expect((await secrets.send(get)).SecretString).toBe("new");
  });

  it("forgets it at once by force", async () => {
    const { secrets } = await withTwoVersions();
    await secrets.send(new DeleteSecretCommand({ SecretId: NAME, ForceDeleteWithoutRecovery: true }));
    await expect(secrets.send(new DescribeSecretCommand({ SecretId: NAME }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("gives thirty days where no window is named", async () => {
    const { secrets } = await withTwoVersions();
    const deleted = await secrets.send(new DeleteSecretCommand({ SecretId: NAME }));
    expect(deleted.DeletionDate).toEqual(new Date(STARTED_AT + 30 * 86_400_000));
  });

  it("refuses a window together with force", async () => {
    const { secrets } = await withTwoVersions();
    const both = { SecretId: NAME, ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 };
    await expect(secrets.send(new DeleteSecretCommand(both))).rejects.toMatchObject({
      name: "InvalidParameterException",
    });
  });
});
