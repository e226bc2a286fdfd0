import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import type { Secret } from "../../src/rotation/secret.ts";
import { STARTED_AT } from "../support/aws.ts";
import { CURRENT, failure, mockSecretsManager, named, revealed, store, VALUE } from "./secret-store.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:openai-a1B2c3";

const client = mockSecretsManager();

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
    [Buffer.from("\uFEFFvalue", "utf16le")],
  ])("refuses bytes that are not text (%#)", async (SecretBinary) => {
    client.on(GetSecretValueCommand).resolves({ SecretBinary });
    const error = await failure(store().read("openai", CURRENT));
    expect(error).toMatchObject({
      name: "SecretError",
      message: "Secret openai is binary; it must be text.",
    });
  });

  it.each([{}, { SecretString: 5 as unknown as string }])(
    "refuses a response without a text or bytes: %j",
    async (output) => {
      client.on(GetSecretValueCommand).resolves(output);
      const error = await failure(store().read("openai", CURRENT));
      expect(error.message).toBe("Secrets Manager returned secret openai without a value.");
    },
  );

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
    const error = await failure(
      store({ client: Object.assign(new SecretsManagerClient({}), { send }) }).read("openai", CURRENT),
    );
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
    const { read } = store({ client: Object.assign(new SecretsManagerClient({}), { send }), clock });
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
