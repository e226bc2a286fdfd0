import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const secrets = new SecretsManagerClient();
const topics = new SNSClient();

export const handler = async (): Promise<object> => {
  const { VersionId } = await secrets.send(new GetSecretValueCommand({ SecretId: "bench/openai-0" }));
  return { VersionId, topics, PublishCommand };
};
