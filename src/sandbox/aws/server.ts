import { randomUUID } from "node:crypto";
import type { Clock } from "../../rotation/clock.ts";
import { listenOnLoopback } from "../loopback.ts";
import { type AwsFault, AwsFaults } from "./faults.ts";
import { type AwsRequest, awsListener } from "./listener.ts";
import { type SecretLabelUpdated, SecretStore, type SecretValue, versionWith } from "./secret-store.ts";
import { addTopic, type PublishedMessage, type Subscriptions, type Topics } from "./sns.ts";

export interface AwsOptions {
  readonly clock: Clock;
  readonly region?: string;
  readonly accountId?: string;
  /** Any free port by default. */
  readonly port?: number;
  readonly latencyMs?: number;
  /** Receives each event for EventBridge before the response to the call that caused it. */
  readonly onEvent?: (event: SecretLabelUpdated) => void;
}

interface PutSecretOptions {
  readonly versionId?: string;
  readonly createdAt?: number;
  readonly stages?: readonly string[];
  readonly invisibleForMs?: number;
}

/** Secrets Manager and SNS on one port of the loopback interface. */
export interface AwsSandbox {
  /** The value for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly requests: readonly AwsRequest[];
  readonly published: () => readonly PublishedMessage[];
  readonly createTopic: (name: string, subscriptions?: Subscriptions) => string;
  /** Adds a version and, if necessary, the secret. Without a value the version is only reserved, as by a rotation. */
  readonly putSecret: (
    name: string,
    value: string | Uint8Array | undefined,
    options?: PutSecretOptions,
  ) => { readonly arn: string; readonly versionId: string };
  readonly secretString: (secretId: string, stage?: string) => string | undefined;
  /** Version ids by staging label. */
  readonly stages: (secretId: string) => Readonly<Record<string, string>>;
  /** Adds a fault for later calls. @returns a function that removes it. */
  readonly fail: (fault: AwsFault) => () => void;
  readonly close: () => Promise<void>;
}

/** Starts a local stand-in for AWS Secrets Manager and Amazon SNS. */
export async function startAws({
  clock,
  latencyMs = 0,
  port = 0,
  ...options
}: AwsOptions): Promise<AwsSandbox> {
  const { region = "us-east-1", accountId = "123456789012", onEvent = () => undefined } = options;
  const store = new SecretStore({ clock, region, accountId, onEvent });
  const topics: Topics = {
    arnPrefix: `arn:aws:sns:${region}:${accountId}:`,
    subscriptions: new Map(),
    published: [],
  };
  const faults = new AwsFaults((secretId) => store.find(secretId)?.arn ?? secretId);
  const requests: AwsRequest[] = [];
  const listener = awsListener({ clock, latencyMs, store, topics, faults, requests });
  const { url, close } = await listenOnLoopback(listener, port);

  return {
    url,
    requests,
    published: () => topics.published,
    createTopic: (name, subscriptions) => addTopic(topics, name, subscriptions),
    putSecret: (name, value, putOptions) => putSecret(store, name, value, putOptions),
    secretString: (secretId, stage = "AWSCURRENT") => secretString(store, secretId, stage),
    stages: (secretId) => stagesOf(store, secretId),
    fail: (fault) => faults.add(fault),
    close,
  };
}

function putSecret(
  store: SecretStore,
  name: string,
  value: string | Uint8Array | undefined,
  options: PutSecretOptions = {},
): { arn: string; versionId: string } {
  const { versionId = randomUUID(), createdAt, stages = ["AWSCURRENT"], invisibleForMs } = options;
  const secret = store.find(name) ?? store.create(name);
  if (invisibleForMs !== undefined) store.freeze(secret, invisibleForMs);
  store.addVersion(secret, { id: versionId, value: secretValue(value), stages, createdAt });
  return { arn: secret.arn, versionId };
}

function secretValue(value: string | Uint8Array | undefined): SecretValue | undefined {
  if (value === undefined) return undefined;
  return typeof value === "string"
    ? { SecretString: value }
    : { SecretBinary: Buffer.from(value).toString("base64") };
}

function secretString(store: SecretStore, secretId: string, stage: string): string | undefined {
  const value = versionWith(store.find(secretId)?.versions ?? new Map(), stage)?.value;
  return value && "SecretString" in value ? value.SecretString : undefined;
}

function stagesOf(store: SecretStore, secretId: string): Readonly<Record<string, string>> {
  const versions = [...(store.find(secretId)?.versions.values() ?? [])];
  return Object.fromEntries(versions.flatMap(({ id, stages }) => [...stages].map((stage) => [stage, id])));
}
