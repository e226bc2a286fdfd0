import { describe, expect, it } from "vitest";
import { selfSigned } from "../support/certificate.ts";
import { captureText } from "../support/output.ts";
import { serveTls } from "../support/server.ts";
import { startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const ONE = [{ name: "a", secret: "openai" }];
const OLD = { createdAt: Date.parse("2026-03-20T10:00:00Z") };

describe("a topic that refuses the alert", () => {
  it.each([
    ["is deleted", { error: "NotFound" }, "NotFound"],
    ["is throttled", { error: "Throttled", status: 429 }, "Throttled"],
    ["may not use its KMS key", { error: "KMSAccessDenied" }, "KMSAccessDenied"],
    ["never answers", { connection: "silence" }, "Error"],
  ] as const)(
    "row 18: one that %s leaves the failures in the log and in the error",
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
      expect(output()).toMatch(/"code":"ALERT_FAILED".*"alert":"The current key is not in use in a;/);
      expect(output()).toMatch(/"code":"CONNECTION".*Confluent refused the key\./);
    },
  );

  it("row 18: a run in which all is well and only a remark cannot be sent still fails", async () => {
    const world = await startWorld({ connections: ONE, confluent: { detail: "a remark" } });
    world.aws.putSecret("openai", "good");
    world.aws.fail({ operation: "Publish", error: "NotFound" });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("could not be sent");
  });
});

describe("a host that cannot be called", () => {
  it.each([
    ["a name that does not resolve", "https://flink.invalid", "unreachable"],
    ["a port that nobody listens on", "http://127.0.0.1:1", "unreachable"],
  ])("row 10: %s is tried again for a while, then alerted", async (_, restEndpoint, errorClass) => {
    const world = await startWorld({ connections: ONE, restEndpoint });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow(`1 of 1 failed (${errorClass})`);
    expect(world.aws.published()[0]?.message).toContain(new URL(restEndpoint).hostname);
    expect(world.alertedAfterMs()).toBeGreaterThan(20_000);
  });

  it("row 10: a certificate that is not valid is alerted at once", async () => {
    const world = await startWorld({ connections: ONE, restEndpoint: await serveTls(selfSigned()) });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 1 failed (unreachable)");
    expect(world.aws.published()[0]?.message).toContain("SELF_SIGNED");
    expect(world.alertedAfterMs()).toBeLessThan(1_000);
  });
});
