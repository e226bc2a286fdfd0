import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { ListSubscriptionsCommand, PublishCommand } from "@aws-sdk/client-sns";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/rotation/clock.ts";
import { startAws } from "../../../src/sandbox/aws/server.ts";
import { STARTED_AT, startBench } from "../../support/aws.ts";
import { eventually } from "../../support/eventually.ts";

const NAME = "prod/openai";
const V1 = "11111111-1111-4111-8111-111111111111";
const V2 = "22222222-2222-4222-8222-222222222222";
const get = new GetSecretValueCommand({ SecretId: NAME });

describe("an event of the AWS stand-in", () => {
  it("reports AWSCURRENT as EventBridge does", async () => {
    const { aws, events } = await startBench({ region: "eu-west-1", accountId: "111122223333" });
    const { arn } = aws.putSecret(NAME, "x", { versionId: V1 });
    expect(events).toEqual([
      {
        version: "0",
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        "detail-type": "Secret Label Updated",
        source: "aws.secretsmanager",
        account: "111122223333",
        time: "2026-03-21T10:00:00Z",
        region: "eu-west-1",
        resources: [arn],
        detail: { name: NAME, labelUpdated: "AWSCURRENT", versionId: V1 },
      },
    ]);
    expect(arn).toContain("arn:aws:secretsmanager:eu-west-1:111122223333:secret:");
  });

  it("reports every move of a label except AWSPENDING and AWSPREVIOUS", async () => {
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
    expect(events.map(({ detail }) => [detail.labelUpdated, detail.versionId])).toEqual([
      ["AWSCURRENT", V1],
      ["AWSCURRENT", V2],
      ["FLINK_READY", V2],
    ]);
  });

  it("reports a label after it has moved", async () => {
    const seen: unknown[] = [];
    const bench = await startBench({ onEvent: () => seen.push(bench.aws.stages(NAME)) });
    bench.aws.putSecret(NAME, "a", { versionId: V1 });
    bench.aws.putSecret(NAME, "b", { versionId: V2 });
    expect(seen).toEqual([{ AWSCURRENT: V1 }, { AWSPREVIOUS: V1, AWSCURRENT: V2 }]);
  });
});

describe("a request to the AWS stand-in", () => {
  it("is recorded even if it is refused", async () => {
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

  it("is delayed by the latency of the server or of a fault", async () => {
    const { aws, secrets, sleeps } = await startBench({ latencyMs: 50 });
    aws.putSecret(NAME, "x");
    await secrets.send(get);
    aws.fail({ operation: "GetSecretValue", latencyMs: 900 });
    await secrets.send(get);
    expect(sleeps).toEqual([50, 900]);
  });

  it("with an unknown operation is refused in its own protocol", async () => {
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

  it("that does not come from the SDK gets a generated version id", async () => {
    const { aws } = await startBench();
    aws.putSecret(NAME, "old");
    const response = await fetch(aws.url, {
      method: "POST",
      headers: { "x-amz-target": "secretsmanager.PutSecretValue" },
      body: JSON.stringify({ SecretId: NAME, SecretString: "x" }),
    });
    const current = aws.stages(NAME)["AWSCURRENT"];
    expect(current).toMatch(/^[\da-f-]{36}$/);
    expect(await response.json()).toMatchObject({ Name: NAME, VersionId: current });
  });

  it("loses its TCP connection if the receiver of the event throws", async () => {
    let isBroken = false;
    const { aws, secrets } = await startBench({
      onEvent: () => {
        if (isBroken) throw new Error("no receiver");
      },
    });
    aws.putSecret(NAME, "old");
    isBroken = true;
    const put = new PutSecretValueCommand({ SecretId: NAME, SecretString: "x" });
    await expect(secrets.send(put)).rejects.toThrow();
  });
});

describe("the AWS stand-in", () => {
  it("starts with only a clock", async () => {
    const aws = await startAws({ clock: systemClock });
    expect(aws.putSecret(NAME, "x").arn).toContain(NAME);
    await aws.close();
  });

  it("releases its port on close although a request is pending", async () => {
    const first = await startBench();
    first.aws.putSecret(NAME, "x");
    first.aws.fail({ connection: "silence" });
    const waiting = first.secrets.send(get);
    await eventually(() => expect(first.aws.requests).toHaveLength(1));
    await Promise.all([first.aws.close(), expect(waiting).rejects.toThrow()]);
    const second = await startBench({ port: Number(new URL(first.aws.url).port) });
    expect(second.aws.url).toBe(first.aws.url);
  });
});
