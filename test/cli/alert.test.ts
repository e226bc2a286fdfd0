import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const CONNECTIONS = { connections: [{ name: "a", secret: "openai" }] };

describe("alert --test", () => {
  it("sends an alert of each kind, marked as a test, with the attributes of real ones", async () => {
    const { run, aws } = await startOperator(CONNECTIONS);
    const { code, out } = await run(["alert", "--test"]);
    const published = aws.published();
    expect(published.map(({ subject }) => subject)).toEqual([
      "TEST [DOWN 1] test/openai: new key refused; 2 of 3 connections keep the previous one",
      "TEST [NOT KNOWN 1] test/openai: new key not confirmed",
      "TEST [NOT ROTATED 1] test/openai: secret cannot be used; it keeps the previous key",
      "TEST [NOTICE 1] test/openai: new key in use, with a remark",
      "TEST [NOT STARTED] Flink connection rotator: the run could not start (internal)",
    ]);
    expect(published.map(({ attributes }) => attributes["severity"]?.value)).toEqual([
      "critical",
      "warning",
      "warning",
      "info",
      "warning",
    ]);
    for (const { message, subject } of published) {
      expect(JSON.parse(message).default).toMatch(/^THIS IS A TEST\./);
      expect(out).toContain(`: ${subject}`);
    }
    expect(out).toContain("5 of 5 test alerts were sent to arn:aws:sns:");
    expect(code).toBe(0);
  });

  it("says why an alert could not be sent, and fails", async () => {
    const { run, aws } = await startOperator(CONNECTIONS);
    aws.fail({ operation: "Publish", error: "AuthorizationError", status: 403, message: "not authorized" });
    const { code, out } = await run(["alert", "--test", "--json"]);
    const { ok, alerts } = JSON.parse(out);
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(alerts[0]).toMatchObject({ kind: "down", sent: false, nextStep: expect.stringContaining("sns:") });
  });

  it("fits a narrow terminal", async () => {
    const { run } = await startOperator(CONNECTIONS);
    const { out } = await run(["alert", "--test"], { isTTY: true, columns: 60, env: { NO_COLOR: "1" } });
    expect(out).toMatch(/^✓ down: TEST .*\n {4}\w/);
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  it("says once why the alerts could not be sent, and how to find the right topic", async () => {
    const { run } = await startOperator(CONNECTIONS);
    const topic = "arn:aws:sns:eu-west-1:123456789012:alrts";
    const { code, out } = await run(["alert", "--test", "--topic", topic]);
    expect(out.match(/could not be sent \(NotFoundException\)/g)).toHaveLength(1);
    expect(out.match(/aws sns list-topics --region eu-west-1/g)).toHaveLength(1);
    expect(out).toContain(`0 of 5 test alerts were sent to ${topic}.`);
    expect(code).toBe(1);
  });

  it("fails once with exit code 2 if AWS does not accept the credentials", async () => {
    const { run, aws } = await startOperator(CONNECTIONS);
    aws.fail({ operation: "Publish", error: "ExpiredToken", status: 403, message: "expired", times: 9 });
    const { code, out, err } = await run(["alert", "--test"]);
    expect(err.match(/ExpiredToken/g)).toHaveLength(1);
    expect(err).toContain("Sign in again");
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it.each([
    ["no topic is configured", "", "No alert topic is configured."],
    ["the topic is FIFO", "arn:aws:sns:us-east-1:123456789012:alerts.fifo", "a FIFO topic"],
    ["the ARN is not a topic's", "arn:aws:sqs:us-east-1:123456789012:alerts", "not the ARN of an SNS topic"],
  ])("fails before anything is sent if %s", async (_what, topic, message) => {
    const { run, aws } = await startOperator(CONNECTIONS);
    const { code, err } = await run(["alert", "--test"], { env: { ALERT_TOPIC_ARN: topic } });
    expect(err).toContain(message);
    expect({ code, published: aws.published() }).toEqual({ code: 2, published: [] });
  });
});
