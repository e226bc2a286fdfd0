import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SNSClient } from "@aws-sdk/client-sns";
import { onTestFinished } from "vitest";
import type { SecretLabelUpdated } from "../../src/sandbox/aws/secret-store.ts";
import { type AwsOptions, type AwsSandbox, startAws } from "../../src/sandbox/aws/server.ts";

export const STARTED_AT = Date.parse("2026-03-21T10:00:00.500Z");

export interface AwsBench {
  readonly aws: AwsSandbox;
  readonly secrets: SecretsManagerClient;
  readonly sns: SNSClient;
  readonly events: SecretLabelUpdated[];
  readonly sleeps: number[];
  /** Advances the sandbox's clock. */
  readonly advance: (ms: number) => void;
}

/** The stand-in for AWS with the real SDK clients, without retries, until the end of the test. */
export async function startBench(options: Partial<AwsOptions> = {}): Promise<AwsBench> {
  const events: SecretLabelUpdated[] = [];
  const sleeps: number[] = [];
  let nowMs = STARTED_AT;
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  const sleep = (ms: number): Promise<void> => {
    sleeps.push(ms);
    advance(ms);
    return Promise.resolve();
  };
  const aws = await startAws({
    clock: { now: () => nowMs, sleep },
    onEvent: (event) => events.push(event),
    ...options,
  });
  const settings = {
    endpoint: aws.url,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const secrets = new SecretsManagerClient(settings);
  const sns = new SNSClient(settings);
  onTestFinished(async () => {
    secrets.destroy();
    sns.destroy();
    await aws.close();
  });
  return { aws, secrets, sns, events, sleeps, advance };
}
