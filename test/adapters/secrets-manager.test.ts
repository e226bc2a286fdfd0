import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { createSecretStore } from "../../src/adapters/secrets-manager.ts";
import type { Clock } from "../../src/rotation/clock.ts";
import type { SecretStore, SecretVersion } from "../../src/rotation/dependencies.ts";
import type { Secret } from "../../src/rotation/secret.ts";
import { STARTED_AT, startBench } from "../support/aws.ts";

const CURRENT = { stage: "AWSCURRENT" };
const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:openai-a1B2c3";
const VALUE = "sk-secret-value-0123456789";

const client = mockClient(SecretsManagerClient);

beforeEach(() => {
  client.reset();
});

/** `sleep` advances the clock at once. */
class SteppingClock implements Clock {
  #now = STARTED_AT;
  readonly now = () => this.#now;
  readonly sleep = (ms: number) => {
    this.#now += ms;
    return new Promise<void>(setImmediate);
  };
}

type Options = Parameters<typeof createSecretStore>[0];

function store({
  client: real,
  ...changes
}: Partial<Options> & { client?: ReturnType<Options["clientFor"]> } = {}): SecretStore {
  return createSecretStore({
    clientFor: () => real ?? new SecretsManagerClient({}),
    clock: new SteppingClock(),
    random: () => 0.5,
    deadlineAt: STARTED_AT + 60_000,
    onSecret: () => undefined,
    caller: "function",
    redact: (text) => text,
    ...changes,
  });
}

function named(name: string): Error {
  return Object.assign(new Error(`${name} about ${VALUE}`), { name });
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  if (error instanceof Error) return error;
  throw new Error("It did not fail.");
}

const revealed = (version: SecretVersion | undefined) => version?.value.reveal();

describe("a read of a secret", () => {
  it("returns a version with its value, labels and age", async () => {
    const CreatedDate = new Date(STARTED_AT);
    client.on(GetSecretValueCommand, { SecretId: "openai", VersionStage: "AWSCURRENT" }).resolves({
      ARN,
      SecretString: VALUE,
      VersionId: "v-1",
      VersionStages: ["AWSCURRENT", "X"],
      CreatedDate,
    });
    const version = await store().read("openai", CURRENT);
    expect(version).toMatchObject({
      versionId: "v-1",
      arn: ARN,
      createdAt: STARTED_AT,
      stages: ["AWSCURRENT", "X"],
    });
    expect(revealed(version)).toBe(VALUE);
    expect(JSON.stringify(version)).not.toContain(VALUE);
  });

  it("requests a version by its id", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretString: VALUE });
    await store().read("openai", { versionId: "v-2" });
    expect(client.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: "openai",
      VersionId: "v-2",
    });
  });

  it("treats a version without metadata as old", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretString: VALUE });
    await expect(store().read("openai", CURRENT)).resolves.toMatchObject({
      versionId: "",
      createdAt: 0,
      stages: [],
    });
  });

  it("passes the value to the redactor before it returns it", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretString: `${VALUE}\n` });
    const seen: Secret[] = [];
    const version = await store({ onSecret: (value) => seen.push(value) }).read("openai", CURRENT);
    expect(seen).toEqual([version?.value]);
  });

  it.each([
    ["\uFEFFvalue", "value"],
    ["value\n", "value"],
    ["value\r\n\r\n", "value"],
    [" value ", " value "],
    ["va\nlue", "va\nlue"],
    ['{"a":"b\\n"}\n', '{"a":"b\\n"}'],
    ["\n", ""],
  ])("returns %j as %j", async (SecretString, expected) => {
    client.on(GetSecretValueCommand).resolves({ SecretString });
    expect(revealed(await store().read("openai", CURRENT))).toBe(expected);
  });

  it.each(["value", "\uFEFFvalue\r\n"])("decodes bytes that are UTF-8 text: %j", async (text) => {
    client.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from(text) });
    expect(revealed(await store().read("openai", CURRENT))).toBe("value");
  });

  it("keeps line breaks and non-ASCII letters of text in bytes", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from('{\n\t"ä": "😀"\r\n}') });
    expect(revealed(await store().read("openai", CURRENT))).toBe('{\n\t"ä": "😀"\r\n}');
  });

  it.each([
    [Buffer.from([0xff, 0xfe])],
    [Buffer.from([1, 2, 3])],
    [Buffer.from(`${VALUE}\u0000`)],
    [Buffer.from([])],
    [undefined],
  ])("refuses bytes that are not text (%#)", async (SecretBinary) => {
    client.on(GetSecretValueCommand).resolves(SecretBinary ? { SecretBinary } : {});
    const error = await failure(store().read("openai", CURRENT));
    expect(error).toMatchObject({
      name: "SecretError",
      message: "Secret openai is binary; it must be text.",
    });
  });

  it.each([
    ["ResourceNotFoundException", "does not exist", /^Check the name openai/],
    ["InvalidRequestException", "scheduled for deletion", /^Restore the secret/],
    ["AccessDeniedException", "may not be read", /^Allow the function's role .*GetSecretValue.*kms:Decrypt/],
    ["DecryptionFailure", "KMS key is disabled, denied or deleted", /kms:Decrypt is allowed/],
    ["KMSAccessDeniedException", "KMS key is denied", /^Allow the function's role .*kms:Decrypt/],
    ["KMSDisabledException", "KMS key is disabled", /^Enable the secret's KMS key/],
    ["TimeoutError", "Secrets Manager could not be reached", /VPC endpoint.*; then try again\.$/],
    ["InternalServiceError", "could not be read", /^Rotate again/],
  ])(
    "that fails with %s says why and what to do, without quoting unknown texts of AWS",
    async (name, words, step) => {
      client.on(GetSecretValueCommand).rejects(named(name));
      const error = await failure(store().read("openai", CURRENT));
      expect(error).toMatchObject({ name: "SecretError", errorClass: "secret" });
      expect(error.message).toContain(`Secret openai `);
      expect(error.message).toContain(words);
      expect(error.message).toContain(`(${name})`);
      expect(error).toMatchObject({ response: { nextStep: expect.stringMatching(step) } });
      expect(error.message).not.toContain(VALUE);
      expect(error.cause).toBeUndefined();
    },
  );

  it("that fails with a value that is not an Error says so", async () => {
    const odd: unknown = VALUE;
    const send = () => Promise.reject(odd);
    const error = await failure(store({ client: { send } }).read("openai", CURRENT));
    expect(error.message).toBe("Secret openai could not be read (unknown error).");
  });

  it.each([{ versionId: "v-2" }, { stage: "AWSPREVIOUS" }])(
    "returns undefined if there is no version %j",
    async (selector) => {
      client.on(GetSecretValueCommand).rejects(named("ResourceNotFoundException"));
      await expect(store().read("openai", selector)).resolves.toBeUndefined();
    },
  );

  it("waits while five reads are in progress", async () => {
    let underWay = 0;
    const seen: number[] = [];
    const send = async () => {
      underWay += 1;
      seen.push(underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return { SecretString: VALUE };
    };
    const clock = { now: () => STARTED_AT, sleep: () => new Promise<void>(setImmediate) };
    const { read } = store({ client: { send }, clock });
    const all = await Promise.all(Array.from({ length: 12 }, (_, index) => read(`s${index}`, CURRENT)));
    expect(all.map(revealed)).toEqual(Array(12).fill(VALUE));
    expect(Math.max(...seen)).toBe(5);
  });

  it("does not start after the deadline", async () => {
    await expect(store({ deadlineAt: STARTED_AT }).read("openai", CURRENT)).rejects.toMatchObject({
      name: "OutOfTimeError",
    });
    expect(client.calls()).toHaveLength(0);
  });
});

describe("a failed call to Secrets Manager", () => {
  const http = (httpStatusCode: number, name = "Unknown") =>
    Object.assign(named(name), { $metadata: { httpStatusCode } });
  const network = (code: string, facts: object = {}) => Object.assign(named("Error"), { code, ...facts });

  it.each([
    ["a service error", named("InternalServiceError"), 500],
    ["a 503 without a name", http(503), 503],
    ["an HTML page instead of a response", http(200, "SyntaxError"), 200],
    ["a throttled call", named("ThrottlingException"), 400],
    ["a throttled key", named("KMSThrottlingException"), 400],
    ["a 429", http(429), 429],
    ["a broken TCP connection", network("ECONNRESET"), 0],
    ["a name that does not resolve", network("EAI_AGAIN"), 0],
    ["an attempt that takes too long", named("AbortError"), 0],
  ])("is retried after %s until it succeeds", async (_, error, httpStatusCode) => {
    if (httpStatusCode >= 500) Object.assign(error, { $metadata: { httpStatusCode } });
    const failing = client.on(GetSecretValueCommand);
    for (let failures = 0; failures < 8; failures += 1) failing.rejectsOnce(error);
    failing.resolves({ SecretString: VALUE });
    const clock = new SteppingClock();
    expect(revealed(await store({ clock }).read("openai", CURRENT))).toBe(VALUE);
    expect(clock.now() - STARTED_AT).toBeGreaterThan(8_000);
  });

  it.each([
    [60_000, 30_000],
    [890_000, 300_000],
    [10_000, 5_000],
  ])("is retried for half of the remaining %i ms, for five minutes at most", async (leftMs, retriedMs) => {
    client.on(GetSecretValueCommand).rejects(http(503));
    const clock = new SteppingClock();
    await failure(store({ clock, deadlineAt: STARTED_AT + leftMs }).read("openai", CURRENT));
    expect(clock.now() - STARTED_AT).toBeLessThan(retriedMs);
    expect(clock.now() - STARTED_AT).toBeGreaterThan(retriedMs - 5_000);
  });

  it.each(["AccessDeniedException", "ResourceNotFoundException", "DecryptionFailure", "CERT_HAS_EXPIRED"])(
    "is not retried after %s",
    async (name) => {
      client.on(GetSecretValueCommand).rejects(named(name));
      await failure(store().read("openai", CURRENT));
      expect(client.calls()).toHaveLength(1);
    },
  );
});

describe("the region of a secret", () => {
  it.each([
    ["openai", undefined],
    ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-a1B2c3", "eu-west-1"],
    ["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:openai", "cn-north-1"],
  ])("of %s is used to read, label and describe it", async (secretId, region) => {
    client.on(GetSecretValueCommand).resolves({ SecretString: VALUE });
    const regions: (string | undefined)[] = [];
    const clientFor: Options["clientFor"] = (each) => {
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
});

describe("the last change of a secret", () => {
  it("is read with DescribeSecret", async () => {
    client
      .on(DescribeSecretCommand, { SecretId: "openai" })
      .resolves({ LastChangedDate: new Date(STARTED_AT) });
    await expect(store().lastChangedAt("openai")).resolves.toBe(STARTED_AT);
  });

  it("is an error that names the permission if the role may not read it", async () => {
    client.on(DescribeSecretCommand).rejects(named("AccessDeniedException"));
    const error = await failure(store().lastChangedAt("openai"));
    expect(error).toMatchObject({
      name: "SecretError",
      message: "Secret openai could not be described (AccessDeniedException).",
      response: { nextStep: expect.stringContaining("secretsmanager:DescribeSecret") },
    });
  });

  it("is not read after the deadline", async () => {
    await expect(store({ deadlineAt: STARTED_AT }).lastChangedAt("openai")).rejects.toMatchObject({
      name: "OutOfTimeError",
    });
  });
});

describe("a staging label", () => {
  const refusal = (message: string) =>
    Object.assign(new Error(message), { name: "InvalidParameterException", $metadata: {} });

  it.each(["InvalidParameterException", "InvalidRequestException"])(
    "of a replica fails with its own error and AWS's message (%s)",
    async (name) => {
      const words =
        "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
      client.on(UpdateSecretVersionStageCommand).rejects(Object.assign(refusal(words), { name }));
      client.on(GetSecretValueCommand).resolves({ SecretString: VALUE, VersionId: "v-1" });
      const error = await failure(store().moveLabel("openai", "FLINK_READY", { to: "v-2" }));
      expect(error).toMatchObject({
        name: "ReplicaError",
        errorClass: "secret",
        message: `The label FLINK_READY of secret openai, which is a replica, could not be moved. AWS says: ${words}`,
      });
    },
  );

  it.each([
    ["v-2", undefined],
    ["v-1", "SecretError"],
    [undefined, "SecretError"],
  ])(
    "whose move is refused counts as moved only if the right version has it: %s",
    async (holder, expected) => {
      client.on(UpdateSecretVersionStageCommand).rejects(refusal("The label is attached elsewhere."));
      if (holder === undefined) client.on(GetSecretValueCommand).rejects(named("ResourceNotFoundException"));
      else client.on(GetSecretValueCommand).resolves({ SecretString: VALUE, VersionId: holder });
      const moved = store().moveLabel("openai", "FLINK_READY", { from: "v-1", to: "v-2" });
      const error: unknown = await moved.catch((reason: unknown) => reason);
      expect(error instanceof Error ? error.name : error).toBe(expected);
    },
  );

  it("is not moved after the deadline", async () => {
    const { moveLabel } = store({ deadlineAt: STARTED_AT });
    await expect(moveLabel("openai", "FLINK_READY", { to: "v-2" })).rejects.toMatchObject({
      name: "OutOfTimeError",
    });
  });

  it.each([
    [{ to: "v-2" }, {}],
    [{ from: "v-1", to: "v-2" }, { RemoveFromVersionId: "v-1" }],
  ])("is moved by %j", async (move, expected) => {
    client.on(UpdateSecretVersionStageCommand).resolves({});
    await store().moveLabel("openai", "FLINK_READY", move);
    expect(client.commandCalls(UpdateSecretVersionStageCommand)[0]?.args[0].input).toEqual({
      SecretId: "openai",
      VersionStage: "FLINK_READY",
      MoveToVersionId: "v-2",
      ...expected,
    });
  });

  it("that cannot be moved is reported without unknown texts of AWS", async () => {
    client.on(UpdateSecretVersionStageCommand).rejects(named("LimitExceededException"));
    const error = await failure(store().moveLabel("openai", "FLINK_READY", { to: "v-2" }));
    expect(error).toMatchObject({
      name: "SecretError",
      message: "The label FLINK_READY of secret openai could not be moved (LimitExceededException).",
    });
    expect(error.cause).toBeUndefined();
  });
});

describe("the secret store over HTTP", () => {
  beforeEach(() => {
    client.restore();
  });

  it("reads by label, by version id, by name and by ARN", async () => {
    const { aws, secrets } = await startBench();
    const { arn, versionId } = aws.putSecret("openai", "first");
    aws.putSecret("openai", "second", { stages: ["AWSCURRENT"] });
    const real = store({ client: secrets });
    expect(revealed(await real.read("openai", CURRENT))).toBe("second");
    expect(revealed(await real.read(arn, { versionId }))).toBe("first");
    expect(revealed(await real.read(arn.slice(0, -7), { stage: "AWSPREVIOUS" }))).toBe("first");
  });

  it("does not find a version that does not exist, is only reserved, or is not visible yet", async () => {
    const { aws, secrets, advance } = await startBench();
    aws.putSecret("openai", "first");
    const reserved = aws.putSecret("openai", undefined, { stages: ["AWSPENDING"] });
    const fresh = aws.putSecret("openai", "second", { invisibleForMs: 2_000 });
    const real = store({ client: secrets });
    await expect(real.read("openai", { versionId: "f".repeat(36) })).resolves.toBeUndefined();
    await expect(real.read("openai", { versionId: reserved.versionId })).resolves.toBeUndefined();
    await expect(real.read("openai", { versionId: fresh.versionId })).resolves.toBeUndefined();
    advance(2_000);
    expect(revealed(await real.read("openai", { versionId: fresh.versionId }))).toBe("second");
  });

  it("moves a label", async () => {
    const { aws, secrets } = await startBench();
    const first = aws.putSecret("openai", "first");
    const second = aws.putSecret("openai", "second");
    const real = store({ client: secrets });
    await real.moveLabel("openai", "FLINK_READY", { to: first.versionId });
    await real.moveLabel("openai", "FLINK_READY", { from: first.versionId, to: second.versionId });
    expect(aws.stages("openai")).toMatchObject({ FLINK_READY: second.versionId });
  });

  it("rejects a binary secret", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret("openai", Buffer.from([1, 2, 3]));
    await expect(store({ client: secrets }).read("openai", CURRENT)).rejects.toThrow("is binary");
  });

  it("recovers if the response to a label move is lost", async () => {
    const { aws, secrets } = await startBench();
    const first = aws.putSecret("openai", "first");
    const second = aws.putSecret("openai", "second");
    const real = store({ client: secrets });
    await real.moveLabel("openai", "FLINK_READY", { to: first.versionId });
    aws.fail({ operation: "UpdateSecretVersionStage", connection: "lost-answer", times: 1 });
    await real.moveLabel("openai", "FLINK_READY", { from: first.versionId, to: second.versionId });
    expect(aws.stages("openai")).toMatchObject({ FLINK_READY: second.versionId });
  });

  it("stops waiting at the deadline", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret("openai", "first");
    aws.fail({ connection: "silence" });
    const error = await failure(
      store({ client: secrets, deadlineAt: STARTED_AT + 50 }).read("openai", CURRENT),
    );
    expect(error.message).toBe(
      "Secret openai could not be read: Secrets Manager could not be reached (AbortError): it did not respond in time.",
    );
  });
});
