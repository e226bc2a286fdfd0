import { readFileSync } from "node:fs";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { request } from "undici";
import { z } from "zod";

const Config = z.object({
  environments: z.record(
    z.string(),
    z.object({
      organizationId: z.string(),
      environmentId: z.string(),
      restEndpoint: z.string(),
      apiKeySecret: z.string(),
    }),
  ),
  connections: z.array(z.object({ name: z.string(), endpoint: z.string(), secret: z.string() })),
});
const ApiKey = z.object({ apiKey: z.string(), apiSecret: z.string() });
const Pushed = z.object({ OPENAI_API_KEY: z.string() });
const Connection = z.object({ name: z.string(), spec: z.object({ endpoint: z.string() }) });

const secrets = new SecretsManagerClient();
const topics = new SNSClient();

/** A dry run written without regard to cold starts. */
export const handler = async (event: { dryRun?: boolean }): Promise<object> => {
  const config = Config.parse(JSON.parse(readFileSync(process.env["CONNECTIONS_FILE"] ?? "", "utf8")));
  const [environment] = Object.values(config.environments);
  if (!environment) throw new Error("no environment");
  const { apiKey, apiSecret } = ApiKey.parse(await readSecret(environment.apiKeySecret));
  const authorization = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString("base64")}`;
  const base = `${environment.restEndpoint}/sql/v1/organizations/${environment.organizationId}/environments/${environment.environmentId}/connections`;
  const planned = config.connections.map(async ({ name, endpoint, secret }) => {
    const key = Pushed.parse(await readSecret(secret)).OPENAI_API_KEY;
    const { body } = await request(`${base}/${name}`, { headers: { authorization } });
    const isSame = Connection.parse(await body.json()).spec.endpoint === endpoint;
    return { name, isSame, bytes: JSON.stringify({ API_KEY: key, AUTH_TYPE: "API_KEY" }).length };
  });
  const report = await Promise.all(planned);
  if (!event.dryRun)
    await topics.send(new PublishCommand({ TopicArn: process.env["ALERT_TOPIC_ARN"], Message: "done" }));
  return { outcome: "succeeded", report };
};

async function readSecret(SecretId: string): Promise<unknown> {
  const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
  return JSON.parse(SecretString);
}
