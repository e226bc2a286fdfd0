import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import {
  CURRENT,
  failure,
  mockSecretsManager,
  named,
  type StoreOptions,
  store,
  VALUE,
} from "./secret-store.ts";

const client = mockSecretsManager();

describe("the region of a secret", () => {
  it.each([
    ["openai", undefined],
    ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-a1B2c3", "eu-west-1"],
    ["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:openai", "cn-north-1"],
  ])("of %s is used to read, label and describe it", async (secretId, region) => {
    client.on(GetSecretValueCommand).resolves({ SecretString: VALUE });
    const regions: (string | undefined)[] = [];
    const clientFor: StoreOptions["clientFor"] = (each) => {
      regions.push(each);
      return new SecretsManagerClient({});
    };
    const { read, moveLabel, lastChangedAt } = store({ clientFor });
    await read(secretId, CURRENT);
    client.on(UpdateSecretVersionStageCommand).resolves({});
    await moveLabel(secretId, "FLINK_READY", { to: "v-2" });
    client.on(DescribeSecretCommand).resolves({});
    await lastChangedAt(secretId);
    expect(regions).toEqual([region, region, region]);
  });

  it.each([
    ["openai", "eu-central-1", " --region eu-central-1"],
    [
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-a1B2c3",
      "eu-west-1",
      " --region eu-west-1",
    ],
    ["open ai", undefined, ""],
  ])("of %s is in the command that restores it (%s)", async (secretId, region, option) => {
    client.on(GetSecretValueCommand).rejects(named("InvalidRequestException"));
    const known = () =>
      region === undefined ? Promise.reject(new Error("Region is missing")) : Promise.resolve(region);
    const clientFor: StoreOptions["clientFor"] = () => new SecretsManagerClient({ region: known });
    const id = secretId.includes(" ") ? `'${secretId}'` : secretId;
    expect(await failure(store({ clientFor }).read(secretId, CURRENT))).toMatchObject({
      response: {
        nextStep: `Restore the secret (aws secretsmanager restore-secret${option} --secret-id ${id}), or remove its connections from connections.json.`,
      },
    });
  });
});
