import {
  GetSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { createSecretStore } from "../../src/adapters/secrets-manager.ts";
import type { SecretStore, SecretVersion } from "../../src/rotation/dependencies.ts";
import type { Secret } from "../../src/rotation/secret.ts";
import { STARTED_AT, startBench } from "../support/aws.ts";

const CURRENT = { stage: "AWSCURRENT" };
const VALUE = "sk-secret-value-0123456789";

const client = mockClient(SecretsManagerClient);

beforeEach(() => {
  client.reset();
});

function store(changes: Partial<Parameters<typeof createSecretStore>[0]> = {}): SecretStore {
  const clock = { now: () => STARTED_AT, sleep: () => new Promise<void>(setImmediate) };
  return createSecretStore({
    client: new SecretsManagerClient({}),
    clock,
    deadlineAt: STARTED_AT + 60_000,
    learn: () => undefined,
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

describe("a read", () => {
  it("gives a version with its value, its labels and its age", async () => {
    const CreatedDate = new Date(STARTED_AT);
    client
      .on(GetSecretValueCommand, { SecretId: "openai", VersionStage: "AWSCURRENT" })
      .resolves({ SecretString: VALUE, VersionId: "v-1", VersionStages: ["AWSCURRENT", "X"], CreatedDate });
    const version = await store().read("openai", CURRENT);
    expect(version).toMatchObject({ versionId: "v-1", createdAt: STARTED_AT, stages: ["AWSCURRENT", "X"] });
    expect(revealed(version)).toBe(VALUE);
    expect(JSON.stringify(version)).not.toContain(VALUE);
  });

  it("asks for a version by its id", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretString: VALUE });
    await store().read("openai", { versionId: "v-2" });
    expect(client.commandCalls(GetSecretValueCommand)[0]?.args[0].input).toEqual({
      SecretId: "openai",
      VersionId: "v-2",
    });
  });

  it("takes a version of which nothing but the value is told for an old one", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretString: VALUE });
    await expect(store().read("openai", CURRENT)).resolves.toMatchObject({
      versionId: "",
      createdAt: 0,
      stages: [],
    });
  });

  it("teaches the value before it gives it", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretString: `${VALUE}\n` });
    const learnt: Secret[] = [];
    const version = await store({ learn: (value) => learnt.push(value) }).read("openai", CURRENT);
    expect(learnt).toEqual([version?.value]);
  });

  it.each([
    ["\uFEFFvalue", "value"],
    ["value\n", "value"],
    ["value\r\n\r\n", "value"],
    [" value ", " value "],
    ["va\nlue", "va\nlue"],
    ['{"a":"b\\n"}\n', '{"a":"b\\n"}'],
    ["\n", ""],
  ])("gives %j as %j", async (SecretString, expected) => {
    client.on(GetSecretValueCommand).resolves({ SecretString });
    expect(revealed(await store().read("openai", CURRENT))).toBe(expected);
  });

  it.each(["value", "\uFEFFvalue\r\n"])("takes bytes for the UTF-8 text that they are: %j", async (text) => {
    client.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from(text) });
    expect(revealed(await store().read("openai", CURRENT))).toBe("value");
  });

  it("keeps line breaks and letters beyond ASCII of a text in bytes", async () => {
    client.on(GetSecretValueCommand).resolves({ SecretBinary: Buffer.from('{\n\t"ä": "😀"\r\n}') });
    expect(revealed(await store().read("openai", CURRENT))).toBe('{\n\t"ä": "😀"\r\n}');
  });

  it.each([
    [Buffer.from([0xff, 0xfe])],
    [Buffer.from([1, 2, 3])],
    [Buffer.from(`${VALUE}\u0000`)],
    [Buffer.from([])],
    [undefined],
  ])("refuses bytes that are no text (%#)", async (SecretBinary) => {
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
  ])("that AWS refuses with %s tells why and what to do, and never quotes AWS", async (name, words, step) => {
    client.on(GetSecretValueCommand).rejects(named(name));
    const error = await failure(store().read("openai", CURRENT));
    expect(error).toMatchObject({ name: "SecretError", errorClass: "secret" });
    expect(error.message).toContain(`Secret openai `);
    expect(error.message).toContain(words);
    expect(error.message).toContain(`(${name})`);
    expect(error).toMatchObject({ response: { nextStep: expect.stringMatching(step) } });
    expect(error.message).not.toContain(VALUE);
    expect(error.cause).toBeUndefined();
  });

  it("that fails with what is no error tells so", async () => {
    const odd: unknown = VALUE;
    const send = () => Promise.reject(odd);
    const error = await failure(store({ client: { send } }).read("openai", CURRENT));
    expect(error.message).toBe("Secret openai could not be read (unknown error).");
  });

  it.each([{ versionId: "v-2" }, { stage: "AWSPREVIOUS" }])(
    "gives nothing where there is no version %j",
    async (selector) => {
      client.on(GetSecretValueCommand).rejects(named("ResourceNotFoundException"));
      await expect(store().read("openai", selector)).resolves.toBeUndefined();
    },
  );

  it("waits for its turn where five are under way", async () => {
    let underWay = 0;
    const seen: number[] = [];
    const send = async () => {
      underWay += 1;
      seen.push(underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      return { SecretString: VALUE };
    };
    const { read } = store({ client: { send } });
    const all = await Promise.all(Array.from({ length: 12 }, (_, index) => read(`s${index}`, CURRENT)));
    expect(all.map(revealed)).toEqual(Array(12).fill(VALUE));
    expect(Math.max(...seen)).toBe(5);
  });

  it("is not begun after the run's time", async () => {
    await expect(store({ deadlineAt: STARTED_AT }).read("openai", CURRENT)).rejects.toMatchObject({
      name: "OutOfTimeError",
    });
    expect(client.calls()).toHaveLength(0);
  });
});

describe("a label", () => {
  it.each([
    [{ to: "v-2" }, {}],
    [{ from: "v-1", to: "v-2" }, { RemoveFromVersionId: "v-1" }],
  ])("is moved as %j says", async (move, expected) => {
    client.on(UpdateSecretVersionStageCommand).resolves({});
    await store().moveLabel("openai", "FLINK_READY", move);
    expect(client.commandCalls(UpdateSecretVersionStageCommand)[0]?.args[0].input).toEqual({
      SecretId: "openai",
      VersionStage: "FLINK_READY",
      MoveToVersionId: "v-2",
      ...expected,
    });
  });

  it("that AWS does not move is told of without AWS's words", async () => {
    client.on(UpdateSecretVersionStageCommand).rejects(named("LimitExceededException"));
    const error = await failure(store().moveLabel("openai", "FLINK_READY", { to: "v-2" }));
    expect(error).toMatchObject({
      name: "SecretError",
      message: "The label FLINK_READY of secret openai could not be moved (LimitExceededException).",
    });
    expect(error.cause).toBeUndefined();
  });
});

describe("the store over the wire", () => {
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

  it("knows no version that is not there, is reserved, or cannot be seen yet", async () => {
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

  it("refuses a secret that holds bytes", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret("openai", Buffer.from([1, 2, 3]));
    await expect(store({ client: secrets }).read("openai", CURRENT)).rejects.toThrow("is binary");
  });

  it("waits no longer than the run's time", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret("openai", "first");
    aws.fail({ connection: "silence" });
    const error = await failure(
      store({ client: secrets, deadlineAt: STARTED_AT + 50 }).read("openai", CURRENT),
    );
    expect(error.message).toBe(
      "Secret openai could not be read: Secrets Manager could not be reached (AbortError): it did not answer in time.",
    );
  });
});
