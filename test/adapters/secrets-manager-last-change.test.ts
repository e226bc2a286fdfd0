import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { STARTED_AT } from "../support/aws.ts";
import { failure, mockSecretsManager, named, store } from "./secret-store.ts";

const client = mockSecretsManager();

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
