import { DescribeSecretCommand, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { STARTED_AT, startBench } from "../../support/aws.ts";

const NAME = "prod/openai";
const V1 = "11111111-1111-4111-8111-111111111111";
const V2 = "22222222-2222-4222-8222-222222222222";
const V3 = "33333333-3333-4333-8333-333333333333";

async function withTwoVersions() {
  const bench = await startBench();
  bench.aws.putSecret(NAME, "old", { versionId: V1 });
  bench.aws.putSecret(NAME, "new", { versionId: V2 });
  return bench;
}

describe("UpdateSecretVersionStage in the AWS stand-in", () => {
  it("swaps AWSCURRENT and AWSPREVIOUS on a rollback", async () => {
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

  it("moves and removes a custom label", async () => {
    const { aws, secrets } = await withTwoVersions();
    const label = { SecretId: NAME, VersionStage: "FLINK_READY" };
    await secrets.send(new UpdateSecretVersionStageCommand({ ...label, MoveToVersionId: V2 }));
    await secrets.send(new UpdateSecretVersionStageCommand({ ...label, MoveToVersionId: V2 }));
    expect(aws.stages(NAME)).toEqual({ AWSPREVIOUS: V1, AWSCURRENT: V2, FLINK_READY: V2 });
    await secrets.send(new UpdateSecretVersionStageCommand({ ...label, RemoveFromVersionId: V2 }));
    expect(aws.stages(NAME)).toEqual({ AWSPREVIOUS: V1, AWSCURRENT: V2 });
  });

  it("updates the secret's LastChangedDate if the label moves", async () => {
    const { secrets, advance } = await withTwoVersions();
    const changedAt = async () =>
      (await secrets.send(new DescribeSecretCommand({ SecretId: NAME }))).LastChangedDate;
    const label = { SecretId: NAME, VersionStage: "FLINK_READY", MoveToVersionId: V2 };
    expect(await changedAt()).toEqual(new Date(STARTED_AT));
    advance(5_000);
    await secrets.send(new UpdateSecretVersionStageCommand(label));
    advance(5_000);
    await secrets.send(new UpdateSecretVersionStageCommand(label));
    expect(await changedAt()).toEqual(new Date(STARTED_AT + 5_000));
  });

  it.each([
    {
      title: "a move without RemoveFromVersionId",
      input: { MoveToVersionId: V1 },
      name: "InvalidParameterException",
      message: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${V2}, so you must explicitly reference that version in RemoveFromVersionId.`,
    },
    {
      title: "a move from a version without the label",
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
      title: "a call without a version",
      input: {},
      name: "InvalidParameterException",
      message: expect.stringContaining("or both"),
    },
  ])("refuses $title", async ({ input, name, message }) => {
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
