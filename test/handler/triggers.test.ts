import { describe, expect, it } from "vitest";
import { captureOutput } from "../support/output.ts";
import {
  changeOf,
  codesOf,
  failure,
  invokeWith,
  lineOf,
  REFUSED,
  SCHEDULE,
  wellWorld,
  worldOf,
} from "./invocation.ts";

describe("a scheduled run", () => {
  it("returns its report and sends no alert if everything succeeded", async () => {
    const world = await wellWorld();
    const report = await world.invoke(SCHEDULE);
    expect(report).toMatchObject({
      outcome: "succeeded",
      trigger: { kind: "schedule" },
      counts: { ready: 1 },
    });
    expect(report.requests).toBe(world.confluent.requests.length);
    expect(world.aws.published()).toEqual([]);
  });

  it("throws after the alert if a connection failed", async () => {
    const world = await worldOf();
    const error = await failure(world.invoke(SCHEDULE));
    expect(error).toMatchObject({
      name: "RotationFailedError",
      message: `[FAILED] Flink connections prod: ${REFUSED}`,
    });
    expect(world.aws.published()).toMatchObject([
      { subject: "[DOWN 1] openai: new key refused", topicArn: world.topicArn },
    ]);
  });

  it("returns its report and sends an alert if a connection is ready with a detail", async () => {
    const world = await wellWorld({ confluent: { detail: "Lookup failed: ai.openai.com" } });
    await expect(world.invoke(SCHEDULE)).resolves.toMatchObject({ outcome: "succeeded" });
    expect(world.aws.published()).toHaveLength(1);
  });

  it("throws if that alert cannot be sent", async () => {
    const world = await wellWorld({ confluent: { detail: "Lookup failed: ai.openai.com" } });
    world.aws.fail({ operation: "Publish", error: "NotFound" });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow(/^\[NOTICE\].*\nThe alert could not be sent: /);
  });
});

describe("a run started by a secret change", () => {
  it("throws after the alert if a connection failed", async () => {
    const world = await worldOf();
    const error = await failure(world.invoke(changeOf(world)));
    expect(error).toMatchObject({ name: "RotationFailedError", message: expect.stringContaining(REFUSED) });
    expect(world.aws.published()).toHaveLength(1);
  });

  it("updates the connections of that secret only", async () => {
    const world = await wellWorld({
      connections: [
        { name: "a", secret: "openai" },
        { name: "b", secret: "other" },
      ],
    });
    await expect(world.invoke(changeOf(world))).resolves.toMatchObject({
      trigger: { kind: "secret-change" },
      connections: [{ name: "a", outcome: "ready" }],
    });
  });

  it("changes nothing if no connection uses the secret, and logs a note", async () => {
    const world = await wellWorld();
    const { arn } = world.aws.putSecret("stranger", "value");
    const lines = captureOutput();
    const calls = world.aws.requests.length;
    await expect(world.invoke(changeOf(world))).resolves.toMatchObject({
      outcome: "succeeded",
      connections: [],
      requests: 0,
    });
    expect(lineOf(lines(), "NOTE")).toMatchObject({
      note: "No listed connection uses this secret.",
      secret: arn,
    });
    expect([world.aws.requests.length, world.confluent.requests.length]).toEqual([calls, 0]);
  });
});

describe("an event to ignore", () => {
  it("results in an empty report and one log line with the reason", async () => {
    const world = await worldOf();
    const lines = captureOutput();
    const event = { ...Object(changeOf(world)), detail: { labelUpdated: "AWSPENDING" } };
    const report = await invokeWith(world, {}, event);
    expect(report).toMatchObject({ outcome: "succeeded", connections: [], requests: 0, durationMs: 0 });
    expect(lines()).toMatchObject([
      { code: "RUN_IGNORED", trigger: { reason: expect.stringContaining("AWSPENDING") } },
    ]);
    expect(world.confluent.requests).toEqual([]);
  });
});

describe("an unsupported event", () => {
  it("is refused before anything is read or sent", async () => {
    const world = await worldOf();
    const lines = captureOutput();
    const calls = world.aws.requests.length;
    await expect(world.invoke({ Records: [] })).rejects.toMatchObject({ name: "EventError" });
    expect(codesOf(lines())).toEqual(["NOT_STARTED"]);
    expect(world.aws.requests).toHaveLength(calls);
  });
});

describe("a direct call", () => {
  it("returns the report of a failed run after the alert", async () => {
    const world = await worldOf();
    await expect(world.invoke({})).resolves.toMatchObject({
      outcome: "failed",
      connections: [{ errorClass: "rejected" }],
    });
    expect(world.aws.published()).toHaveLength(1);
  });

  it("returns the report even if the alert cannot be sent", async () => {
    const world = await worldOf();
    world.aws.fail({ operation: "Publish", error: "NotFound" });
    await expect(world.invoke({})).resolves.toMatchObject({ outcome: "failed" });
  });

  it("changes nothing and sends no alert in a dry run, even if it fails", async () => {
    const world = await worldOf({
      connections: [
        { name: "a", secret: "openai" },
        { name: "b", secret: "openai" },
      ],
      missing: ["b"],
    });
    const report = await world.invoke({ dryRun: true });
    expect(report).toMatchObject({ outcome: "failed", counts: { planned: 1, failed: 1 } });
    expect(world.held("a")).toEqual({ API_KEY: "old-key" });
    expect(world.aws.published()).toEqual([]);
  });

  it("that names an unlisted connection is refused with the listed names and without an alert", async () => {
    const world = await worldOf();
    const error = await failure(world.invoke({ connections: ["z"] }));
    expect(error).toMatchObject({ name: "EventError", message: expect.stringContaining("Listed: a.") });
    expect(world.aws.published()).toEqual([]);
  });
});
