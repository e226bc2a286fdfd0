import { describe, expect, it } from "vitest";
import { createHandler } from "../../src/handler.ts";
import { selfSigned } from "../support/certificate.ts";
import { deploy } from "../support/deployment.ts";
import { captureText } from "../support/output.ts";
import { serveTls } from "../support/server.ts";
import { startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const ONE = [{ name: "a", secret: "openai" }];
const OLD = { createdAt: Date.parse("2026-03-20T10:00:00Z") };

describe("a topic that rejects the alert", () => {
  it.each([
    ["is deleted", { error: "NotFound" }, "NotFound"],
    ["is throttled", { error: "Throttled", status: 429 }, "Throttled"],
    ["may not use its KMS key", { error: "KMSAccessDenied" }, "KMSAccessDenied"],
    ["never responds", { connection: "silence" }, "Error"],
  ] as const)(
    "row 18: leaves the failures in the log and in the error if it %s",
    async (_, fault, reason) => {
      const world = await startWorld({ connections: ONE, confluent: { accepts: ["good"] } });
      world.aws.putSecret("openai", "bad", OLD);
      world.aws.fail({ operation: "Publish", ...fault });
      const output = captureText("INFO");
      const error = await world.invoke(SCHEDULE).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: "RotationFailedError",
        message: expect.stringMatching(
          new RegExp(`1 of 1 failed \\(rejected\\)\\n.*could not be sent.*${reason}`),
        ),
      });
      expect(output()).toMatch(/"code":"ALERT_FAILED".*"alert":"\[DOWN 1\] openai: new key refused/);
      expect(output()).toMatch(/"code":"CONNECTION".*Confluent refused the key\./);
    },
  );

  it("row 18: makes a successful run fail if the alert is about a remark", async () => {
    const world = await startWorld({ connections: ONE, confluent: { detail: "a remark" } });
    world.aws.putSecret("openai", "good");
    world.aws.fail({ operation: "Publish", error: "NotFound" });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("could not be sent");
  });
});

describe("an outage of the topic", () => {
  it.each([
    ["answers 503", { error: "Unavailable", status: 503 }],
    ["throttles", { error: "Throttled", status: 429 }],
    ["breaks every connection", { connection: "reset" }],
    ["answers nothing", { connection: "silence" }],
  ] as const)(
    "row 34: does not prevent the alert if SNS %s, even at the end of the run's time",
    async (_, fault) => {
      for (const [hang, untilMs] of [
        [false, 50_000],
        [true, 56_000],
      ] as const) {
        const world = await startWorld({ connections: ONE, confluent: { accepts: ["good"], hang } });
        world.aws.putSecret("openai", "bad", OLD);
        const end = world.aws.fail({ operation: "Publish", ...fault });
        const ended = world.clock.sleep(untilMs).then(end);
        const endsAt = world.clock.now() + 60_000;
        await expect(world.invoke(SCHEDULE, 60_000)).rejects.toThrow(/1 of 1 .*\((rejected|timeout)\)$/);
        await ended;
        expect(world.aws.published()).toHaveLength(1);
        expect(world.clock.now()).toBeLessThan(endsAt);
      }
    },
  );

  it("row 34: does not prevent the built function's alert if Secrets Manager fails, too", async () => {
    const { aws, invoke } = await deploy({ key: "bad", accepts: ["good"] });
    aws.fail({ operation: "GetSecretValue", error: "ThrottlingException", times: 4 });
    aws.fail({ operation: "Publish", error: "Unavailable", status: 503, times: 4 });
    const { error, lines } = await invoke(SCHEDULE);
    expect(error).toMatchObject({ message: expect.stringMatching(/1 of 2 failed.*\(rejected\)$/) });
    expect(lines.map(({ code }) => code)).toContain("ALERT_SENT");
    expect(aws.published()).toHaveLength(1);
  });
});

describe("an unusable topic", () => {
  it("is named in the log at the start, and in the error if the alert is lost", async () => {
    const topicArn = "arn:aws:sns:us-east-1:123456789012:alerts.fifo";
    const world = await startWorld({ connections: ONE, confluent: { accepts: ["good"] } });
    world.aws.putSecret("openai", "bad", OLD);
    const handler = createHandler({
      env: { ...world.env, ALERT_TOPIC_ARN: topicArn },
      clock: world.clock,
      random: () => 0.5,
    });
    const output = captureText("INFO");
    const invocation = { functionName: "rotator", getRemainingTimeInMillis: () => 60_000 };
    await expect(handler(SCHEDULE, invocation)).rejects.toThrow(
      `The alert could not be sent: Error: ALERT_TOPIC_ARN is ${topicArn}, a FIFO topic`,
    );
    expect(output()).toMatch(
      /"code":"NOTE","note":"Alerts cannot be sent: ALERT_TOPIC_ARN is \S+, a FIFO topic/,
    );
    expect(output()).toMatch(/"code":"ALERT_FAILED"/);
  });
});

describe("an unreachable host", () => {
  it.each([
    ["a name that does not resolve", "https://flink.invalid", "unreachable"],
    ["a port without a listener", "http://127.0.0.1:1", "unreachable"],
  ])("row 10: is retried for a while and then alerted if it has %s", async (_, restEndpoint, errorClass) => {
    const world = await startWorld({ connections: ONE, restEndpoint });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow(`1 of 1 failed (${errorClass})`);
    expect(world.aws.published()[0]?.message).toContain(new URL(restEndpoint).hostname);
    expect(world.alertedAfterMs()).toBeGreaterThan(20_000);
  });

  it("row 10: is alerted at once if it has an invalid certificate", async () => {
    const world = await startWorld({ connections: ONE, restEndpoint: await serveTls(selfSigned()) });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 1 failed (unreachable)");
    expect(world.aws.published()[0]?.message).toContain("SELF_SIGNED");
    expect(world.alertedAfterMs()).toBeLessThan(1_000);
  });
});
