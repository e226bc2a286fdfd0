import {
  DeleteSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
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

describe("GetSecretValue in the AWS stand-in", () => {
  it("finds a secret by name, by full ARN and by ARN without its suffix", async () => {
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
  ])("finds a version by $title", async ({ input, value }) => {
    const { secrets } = await withTwoVersions();
    const answer = await secrets.send(new GetSecretValueCommand({ SecretId: NAME, ...input }));
    expect(answer.SecretString).toBe(value);
  });

  it("returns each version's labels and its creation date", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x", { createdAt: STARTED_AT - 3_600_000 });
    const answer = await secrets.send(new GetSecretValueCommand({ SecretId: NAME }));
    expect(answer.VersionStages).toEqual(["AWSCURRENT"]);
    expect(answer.CreatedDate?.getTime()).toBe(STARTED_AT - 3_600_000);
  });

  it("returns a binary value byte by byte", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, Uint8Array.of(0, 255, 10));
    const { SecretString, SecretBinary } = await secrets.send(new GetSecretValueCommand({ SecretId: NAME }));
    expect(SecretString).toBeUndefined();
    expect([...(SecretBinary ?? [])]).toEqual([0, 255, 10]);
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

  it("does not return the value of a version that a rotation has only reserved", async () => {
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

describe("PutSecretValue in the AWS stand-in", () => {
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

  it("does not move AWSCURRENT for a pending version", async () => {
    const { aws, secrets } = await withTwoVersions();
    await secrets.send(
      new PutSecretValueCommand({ SecretId: NAME, SecretString: "next", VersionStages: ["AWSPENDING"] }),
    );
    expect(aws.secretString(NAME)).toBe("new");
    expect(aws.secretString(NAME, "AWSPENDING")).toBe("next");
  });

  it("accepts the same token with the same value, and refuses it with another value", async () => {
    const { secrets, events } = await withTwoVersions();
    const again = { SecretId: NAME, ClientRequestToken: V1 };
    const before = events.length;
    await secrets.send(new PutSecretValueCommand({ ...again, SecretString: "old" }));
    expect(events).toHaveLength(before);
    const other = secrets.send(new PutSecretValueCommand({ ...again, SecretString: "changed" }));
    await expect(other).rejects.toMatchObject({ name: "ResourceExistsException" });
  });

  it("refuses a call without a value", async () => {
    const { secrets } = await withTwoVersions();
    await expect(secrets.send(new PutSecretValueCommand({ SecretId: NAME }))).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringContaining("SecretString"),
    });
  });
});

describe("ListSecrets in the AWS stand-in", () => {
  it("returns pages of names and ARNs, without secrets that are scheduled for deletion", async () => {
    const { aws, secrets } = await withTwoVersions();
    for (const name of ["a", "b"]) aws.putSecret(name, "v");
    await secrets.send(new DeleteSecretCommand({ SecretId: "a" }));
    const first = await secrets.send(new ListSecretsCommand({ MaxResults: 1 }));
    expect(first.SecretList).toMatchObject([{ Name: NAME, ARN: expect.stringContaining(NAME) }]);
    const rest = await secrets.send(new ListSecretsCommand({ NextToken: first.NextToken }));
    expect(rest.SecretList).toMatchObject([{ Name: "b" }]);
    expect(rest.NextToken).toBeUndefined();
  });
});

describe("DeleteSecret in the AWS stand-in", () => {
  it.each([
    { window: { RecoveryWindowInDays: 7 }, days: 7 },
    { window: {}, days: 30 },
  ])(
    "schedules the deletion after $days days and refuses to return the value from then on",
    async ({ window, days }) => {
      const { secrets } = await withTwoVersions();
      const deleted = await secrets.send(new DeleteSecretCommand({ SecretId: NAME, ...window }));
      expect(deleted.DeletionDate).toEqual(new Date(STARTED_AT + days * 86_400_000));
      const refusal = {
        name: "InvalidRequestException",
        message: "You can't perform this operation on the secret because it was marked for deletion.",
      };
      const get = new GetSecretValueCommand({ SecretId: NAME });
      await expect(secrets.send(get)).rejects.toMatchObject(refusal);
      const put = new PutSecretValueCommand({ SecretId: NAME, SecretString: "x" });
      await expect(secrets.send(put)).rejects.toMatchObject(refusal);
    },
  );
});
