import { describe, expect, it } from "vitest";
import { STARTED_AT, startBench } from "../support/aws.ts";
import { CURRENT, failure, revealed, store } from "./secret-store.ts";

describe("the secret store over HTTP", () => {
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
