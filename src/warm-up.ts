import { Readable } from "node:stream";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { configFileOf, readConfig } from "./config.ts";

const answer = () => ({ statusCode: 200, headers: {}, body: Readable.from([Buffer.from("{}")]) });

/**
 * Does once, to no end, what every run does: Lambda starts a function with a whole processor, of which its memory setting
 * leaves it a part once it is called. What fails here fails again in the run, which says so.
 */
export async function warmUp(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  await Promise.allSettled([Promise.try(readConfig, configFileOf(env)), readNothing()]);
}

/** Goes the SDK's whole way, without sending anything. */
async function readNothing(): Promise<void> {
  const client = new SecretsManagerClient({
    region: "none",
    credentials: { accessKeyId: "none", secretAccessKey: "none" },
    requestHandler: { handle: () => Promise.resolve({ response: answer() }) },
  });
  await client.send(new GetSecretValueCommand({ SecretId: "none" }));
}
