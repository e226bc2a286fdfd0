import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { ListSubscriptionsCommand, PublishCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/rotation/clock.ts";
import { startAws } from "../../../src/sandbox/aws/server.ts";
import { STARTED_AT, startBench } from "../../support/aws.ts";

const NAME = "prod/openai";
const V1 = "11111111-1111-4111-8111-111111111111";
const V2 = "22222222-2222-4222-8222-222222222222";
const get = new GetSecretValueCommand({ SecretId: NAME });

describe("events", () => {
  it("tell of AWSCURRENT as EventBridge would", async () => {
    const { secrets, events } = await startBench({ region: "eu-west-1", accountId: "111122223333" });
    const { ARN } = await secrets.send(
      new CreateSecretCommand({ Name: NAME, SecretString: "x", ClientRequestToken: V1 }),
    );
    expect(events).toEqual([
      {
        version: "0",
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        "detail-type": "Secret Label Updated",
        source: "aws.secretsmanager",
        account: "111122223333",
        time: "2026-03-21T10:00:00Z",
        region: "eu-west-1",
        resources: [ARN],
        detail: { name: NAME, labelUpdated: "AWSCURRENT", versionId: V1 },
      },
    ]);
    expect(ARN).toContain("arn:aws:secretsmanager:eu-west-1:111122223333:secret:");
  });

  it("follow every way to move a label, but not AWSPENDING and AWSPREVIOUS", async () => {
    const { aws, secrets, events } = await startBench();
    aws.putSecret(NAME, "a", { versionId: V1 });
    const secret = { SecretId: NAME };
    const pending = { ClientRequestToken: V2, SecretString: "b", VersionStages: ["AWSPENDING"] };
    await secrets.send(new PutSecretValueCommand({ ...secret, ...pending }));
    const current = { VersionStage: "AWSCURRENT", MoveToVersionId: V2, RemoveFromVersionId: V1 };
    await secrets.send(new UpdateSecretVersionStageCommand({ ...secret, ...current }));
    const ready = { VersionStage: "FLINK_READY", MoveToVersionId: V2 };
    await secrets.send(new UpdateSecretVersionStageCommand({ ...secret, ...ready }));
    await secrets.send(new UpdateSecretVersionStageCommand({ ...secret, ...ready }));
    const { VersionId } = await secrets.send(new UpdateSecretCommand({ ...secret, SecretString: "c" }));
    expect(events.map(({ detail }) => [detail.labelUpdated, detail.versionId])).toEqual([
      ["AWSCURRENT", V1],
      ["AWSCURRENT", V2],
      ["FLINK_READY", V2],
      ["AWSCURRENT", VersionId],
    ]);
  });

  it("come when the labels have arrived", async () => {
    const seen: unknown[] = [];
    const bench = await startBench({ onEvent: () => seen.push(bench.aws.stages(NAME)) });
    bench.aws.putSecret(NAME, "a", { versionId: V1 });
    bench.aws.putSecret(NAME, "b", { versionId: V2 });
    expect(seen).toEqual([{ AWSCURRENT: V1 }, { AWSPREVIOUS: V1, AWSCURRENT: V2 }]);
  });
});

describe("requests", () => {
  it("are recorded, the refused ones too", async () => {
    const { aws, secrets, sns } = await startBench();
    await expect(
      secrets.send(new GetSecretValueCommand({ SecretId: NAME, VersionId: V1 })),
    ).rejects.toThrow();
    await expect(sns.send(new PublishCommand({ TopicArn: "arn:aws:sns:x", Message: "m" }))).rejects.toThrow();
    expect(aws.requests).toMatchObject([
      { operation: "GetSecretValue", secretId: NAME, versionId: V1, at: STARTED_AT },
      { operation: "Publish", secretId: undefined, topicArn: "arn:aws:sns:x", at: STARTED_AT },
    ]);
  });

  it("wait for the latency that was asked for", async () => {
    const { aws, secrets, sleeps } = await startBench({ latencyMs: 50 });
    aws.putSecret(NAME, "x");
    await secrets.send(get);
    aws.fail({ operation: "GetSecretValue", latencyMs: 900 });
    await secrets.send(get);
    expect(sleeps).toEqual([50, 900]);
  });

  it("that AWS does not know are refused in their protocol", async () => {
    const { aws, sns } = await startBench();
    await expect(sns.send(new ListSubscriptionsCommand({}))).rejects.toMatchObject({ name: "InvalidAction" });
    const call = (target: string, body: string) =>
      fetch(aws.url, { method: "POST", body, headers: { "x-amz-target": target } });
    const unknown = await call("secretsmanager.RotateSecret", "{}");
    expect(unknown.status).toBe(400);
    expect(await unknown.json()).toMatchObject({ __type: "UnknownOperationException" });
    const malformed = await call("secretsmanager.GetSecretValue", "[");
    expect(await malformed.json()).toMatchObject({ __type: "SerializationException" });
    expect((await fetch(`${aws.url}/elsewhere`)).status).toBe(404);
    expect(await (await fetch(aws.url, { method: "POST" })).text()).toContain("<Code>InvalidAction</Code>");
  });

  it("need no SDK: a token is made where none was sent", async () => {
    const { aws } = await startBench();
    const answer = await fetch(aws.url, {
      method: "POST",
      headers: { "x-amz-target": "secretsmanager.CreateSecret" },
      body: JSON.stringify({ Name: NAME, SecretString: "x" }),
    });
    const current = aws.stages(NAME)["AWSCURRENT"];
    expect(current).toMatch(/^[\da-f-]{36}$/);
    expect(await answer.json()).toMatchObject({ Name: NAME, VersionId: current });
  });

  it("break off when the receiver of the event fails", async () => {
    const { secrets } = await startBench({
      onEvent: () => {
        throw new Error("no receiver");
      },
    });
    const create = new CreateSecretCommand({ Name: NAME, SecretString: "x" });
    await expect(secrets.send(create)).rejects.toThrow();
  });
});

describe("faults", () => {
  it("answer with the ordered error, so often and for that secret only", async () => {
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
    await secrets.send(new DescribeSecretCommand({ SecretId: NAME }));
    await expect(secrets.send(get)).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: "Access to KMS is not allowed",
      $metadata: { httpStatusCode: 400 },
    });
    expect((await secrets.send(get)).SecretString).toBe("x");
  });

  it("last until they are withdrawn", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x");
    const withdraw = aws.fail({ error: "InternalServiceError" });
    const refusal = { name: "InternalServiceError", $metadata: { httpStatusCode: 500 } };
    await expect(secrets.send(get)).rejects.toMatchObject(refusal);
    await expect(secrets.send(get)).rejects.toMatchObject(refusal);
    withdraw();
    expect((await secrets.send(get)).SecretString).toBe("x");
  });

  it("reach a topic in the errors of its protocol", async () => {
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
  ] as const)("break the connection: $connection", async ({ connection, published }) => {
    const { aws, sns } = await startBench();
    const TopicArn = aws.createTopic("alerts");
    aws.fail({ operation: "Publish", connection });
    await expect(sns.send(new PublishCommand({ TopicArn, Message: "m" }))).rejects.toThrow();
    expect(aws.published()).toHaveLength(published);
  });

  it("leave a caller without an answer until the sandbox is closed", async () => {
    const { aws, secrets } = await startBench();
    aws.putSecret(NAME, "x");
    aws.fail({ connection: "silence" });
    const abort = new AbortController();
    const waiting = secrets.send(get, { abortSignal: abort.signal });
    await expect.poll(() => aws.requests.length).toBe(1);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });

  it("hide a new version from its readers for a while, and its label with it", async () => {
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
    const described = await secrets.send(new DescribeSecretCommand({ SecretId: NAME }));
    expect(described.VersionIdsToStages).toEqual({ [V1]: ["AWSCURRENT"] });
    advance(1);
    expect((await secrets.send(byId)).SecretString).toBe("new");
    expect((await secrets.send(get)).SecretString).toBe("new");
  });

  it("hide a version that a test puts itself", async () => {
    const { aws, secrets, advance } = await startBench();
    aws.putSecret(NAME, Uint8Array.of(1), { invisibleForMs: 1_000 });
    await expect(secrets.send(get)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    advance(1_000);
    expect((await secrets.send(get)).SecretBinary).toEqual(Uint8Array.of(1));
    expect(aws.secretString(NAME)).toBeUndefined();
    expect(aws.secretString("unknown")).toBeUndefined();
    expect(aws.stages("unknown")).toEqual({});
  });
});

describe("the sandbox", () => {
  it("needs nothing but a clock", async () => {
    const aws = await startAws({ clock: systemClock });
    expect(aws.putSecret(NAME, "x").arn).toContain(NAME);
    await aws.close();
  });

  it("gives its port back on close, whatever was still connected", async () => {
    const first = await startBench();
    first.aws.putSecret(NAME, "x");
    first.aws.fail({ connection: "silence" });
    const waiting = first.secrets.send(get);
    await expect.poll(() => first.aws.requests.length).toBe(1);
    await Promise.all([first.aws.close(), expect(waiting).rejects.toThrow()]);
    const second = await startBench({ port: Number(new URL(first.aws.url).port) });
    expect(second.aws.url).toBe(first.aws.url);
  });
});
