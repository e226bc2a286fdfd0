import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, beforeEach } from "vitest";
import { createSecretStore } from "../../src/adapters/secrets-manager.ts";
import type { SecretStore, SecretVersion } from "../../src/rotation/dependencies.ts";
import { STARTED_AT } from "../support/aws.ts";
import { SteppingClock } from "../support/stepping-clock.ts";

export const CURRENT = { stage: "AWSCURRENT" };
export const VALUE = "sk-secret-value-0123456789";

/** Simulates the SDK's client; each test starts without responses. */
export function mockSecretsManager() {
  const client = mockClient(SecretsManagerClient);
  beforeEach(() => {
    client.reset();
  });
  afterAll(() => {
    client.restore();
  });
  return client;
}

export type StoreOptions = Parameters<typeof createSecretStore>[0];

export function store({
  client: real,
  ...changes
}: Partial<StoreOptions> & { client?: ReturnType<StoreOptions["clientFor"]> } = {}): SecretStore {
  return createSecretStore({
    clientFor: () => real ?? new SecretsManagerClient({}),
    clock: new SteppingClock(STARTED_AT),
    random: () => 0.5,
    deadlineAt: STARTED_AT + 60_000,
    onSecret: () => undefined,
    caller: "function",
    redact: (text) => text,
    ...changes,
  });
}

export function named(name: string): Error {
  return Object.assign(new Error(`${name} about ${VALUE}`), { name });
}

export async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof Error) return error;
  throw new Error("It did not fail.");
}

export const revealed = (version: SecretVersion | undefined) => version?.value.reveal();
