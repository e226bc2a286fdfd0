import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { PublishCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { startBench } from "../../support/aws.ts";
import { eventually } from "../../support/eventually.ts";

const NAME = "prod/openai";
const V1 = "11111111-1111-4111-8111-111111111111";
const V2 = "22222222-2222-4222-8222-222222222222";
const get = new GetSecretValueCommand({ SecretId: NAME });

describe("a fault of the AWS stand-in", () => {
  it("returns its error `times` times, only for its operation and secret", async () => {
    const { aws, secrets } = await startBench();
    const { arn } = aws.putSecret(NAME, "x");
    aws.putSecret("other", "y");
    aws.fail({
      operation: "GetSecretValue",
      secretId: arn,
      error: "AccessDeniedException",
      message: "Access to KMS is not allowed",
      times: 1,
    });
    await secrets.send(new GetSecretValueCommand({ SecretId: "other" }));
    await secrets.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: "x" }));
    await expect(secrets.send(get)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "Access to KMS is not allowed",
      $metadata: { httpStatusCode: 400 },
    });
    expect((await secrets.send(get)).SecretString).toBe("x");
  });

  it("without `times` lasts until it is removed", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x");
    const withdraw = aws.fail({ error: "InternalServiceError" });
    const refusal = { name: "InternalServiceError", $metadata: { httpStatusCode: 500 } };
    await expect(secrets.send(get)).rejects.toMatchObject(refusal);
    await expect(secrets.send(get)).rejects.toMatchObject(refusal);
    withdraw();
    expect((await secrets.send(get)).SecretString).toBe("x");
  });

  it("of a topic is returned in the protocol of SNS", async () => {
    const { aws, sns } = await startBench();
    const broken = aws.createTopic("broken");
    aws.fail({ topicArn: broken, error: "AuthorizationError", message: "not <yours> & mine" });
    aws.fail({ operation: "Publish", error: "Throttled", status: 429, times: 1 });
    aws.fail({ operation: "Publish", error: "InternalError", times: 1 });
    await expect(sns.send(new PublishCommand({ TopicArn: broken, Message: "m" }))).rejects.toMatchObject({
      name: "AuthorizationErrorException",
      message: "not <yours> & mine",
      $metadata: { httpStatusCode: 403 },
    });
    const alerts = aws.createTopic("alerts");
    await expect(sns.send(new PublishCommand({ TopicArn: alerts, Message: "m" }))).rejects.toMatchObject({
      $metadata: { httpStatusCode: 429 },
    });
    await expect(sns.send(new PublishCommand({ TopicArn: alerts, Message: "m" }))).rejects.toMatchObject({
      name: "InternalErrorException",
      $fault: "server",
    });
    await sns.send(new PublishCommand({ TopicArn: alerts, Message: "m" }));
    expect(aws.published()).toHaveLength(1);
  });

  it.each([
    { connection: "reset", published: 0 },
    { connection: "lost-answer", published: 1 },
  ] as const)("breaks the TCP connection: $connection", async ({ connection, published }) => {
    const { aws, sns } = await startBench();
    const TopicArn = aws.createTopic("alerts");
    aws.fail({ operation: "Publish", connection });
    await expect(sns.send(new PublishCommand({ TopicArn, Message: "m" }))).rejects.toThrow();
    expect(aws.published()).toHaveLength(published);
  });

  it("can leave a call without a response", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x");
    aws.fail({ connection: "silence" });
    const abort = new AbortController();
    const waiting = secrets.send(get, { abortSignal: abort.signal });
    await eventually(() => expect(aws.requests).toHaveLength(1));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });

  it("hides a new version and its label from reads for a while", async () => {
    const { aws, secrets, events, advance } = await startBench();
    aws.putSecret(NAME, "old", { versionId: V1 });
    aws.fail({ operation: "PutSecretValue", invisibleForMs: 3_000, times: 1 });
    await secrets.send(
      new PutSecretValueCommand({ SecretId: NAME, SecretString: "new", ClientRequestToken: V2 }),
    );
    const byId = new GetSecretValueCommand({ SecretId: NAME, VersionId: V2 });
    expect(events.at(-1)?.detail.versionId).toBe(V2);
    advance(2_999);
    await expect(secrets.send(byId)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    expect((await secrets.send(get)).SecretString).toBe("old");
    advance(1);
    expect((await secrets.send(byId)).SecretString).toBe("new");
    expect((await secrets.send(get)).SecretString).toBe("new");
  });

  it("hides a version that was added in process", async () => {
    const { aws, secrets, advance } = await startBench();
    aws.putSecret(NAME, Uint8Array.of(1), { invisibleForMs: 1_000 });
    await expect(secrets.send(get)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    advance(1_000);
    expect((await secrets.send(get)).SecretBinary).toEqual(Uint8Array.of(1));
    expect(aws.secretString(NAME)).toBeUndefined();
    expect(aws.secretString("unknown")).toBeUndefined();
    expect(aws.stages("unknown")).toEqual({});
  });

  it("can be added over HTTP", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x");
    const order = (fault: object) =>
      fetch(`${aws.url}/_sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
    expect((await order({ secretId: NAME, error: "DecryptionFailure", times: 1 })).status).toBe(200);
    await expect(secrets.send(get)).rejects.toMatchObject({ name: "DecryptionFailure" });
    expect((await secrets.send(get)).SecretString).toBe("x");
    const refused = await order({ eror: "DecryptionFailure" });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("eror")]);
  });

  it("are cleared by a DELETE", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x");
    aws.fail({ error: "DecryptionFailure" });
    expect((await fetch(`${aws.url}/_sandbox/faults`, { method: "DELETE" })).status).toBe(200);
    expect((await secrets.send(get)).SecretString).toBe("x");
  });
});
