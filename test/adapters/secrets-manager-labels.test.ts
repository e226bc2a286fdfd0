import { GetSecretValueCommand, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { STARTED_AT } from "../support/aws.ts";
import { failure, mockSecretsManager, named, store, VALUE } from "./secret-store.ts";

const client = mockSecretsManager();

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
