import { describe, expect, it } from "vitest";
import { captureOutput } from "../support/output.ts";
import { codesOf, failure, invokeWith, lineOf, REFUSED, SCHEDULE, worldOf } from "./invocation.ts";

describe("an alert that cannot be sent", () => {
  it.each([
    ["NotFound", "Topic does not exist"],
    ["AuthorizationError", "User is not authorized"],
    ["KMSAccessDenied", "The ciphertext refers to a key that you may not use"],
  ])("(%s) is logged in full and added to the error of the failed run", async (error, message) => {
    const world = await worldOf();
    world.aws.fail({ operation: "Publish", error, message });
    const lines = captureOutput();
    const thrown = await failure(world.invoke(SCHEDULE));
    expect(thrown.name).toBe("RotationFailedError");
    expect(thrown.message.split("\n")).toEqual([
      `[FAILED] Flink connections prod: ${REFUSED}`,
      expect.stringMatching(new RegExp(`^The alert could not be sent: .*${message}`)),
    ]);
    expect(lineOf(lines(), "ALERT_FAILED")).toMatchObject({
      level: "ERROR",
      reason: expect.stringContaining(message),
      alert: expect.stringMatching(/^\[DOWN 1\].*\n\nDOWN NOW: a\n.*aws lambda invoke/s),
    });
    expect(codesOf(lines()).slice(-2)).toEqual(["ALERT_FAILED", "RUN_FAILED"]);
  });

  it("because no topic is configured is reported with that reason", async () => {
    const world = await worldOf();
    const lines = captureOutput();
    const env = { CONNECTIONS_FILE: world.configFile };
    await expect(invokeWith(world, env, SCHEDULE)).rejects.toThrow(
      "The alert could not be sent: Error: ALERT_TOPIC_ARN is not set",
    );
    expect(lineOf(lines(), "ALERT_FAILED")).toHaveProperty("alert", expect.stringContaining("DOWN NOW: a"));
  });

  it("because SNS never responds is given up before Lambda's timeout", async () => {
    const world = await worldOf();
    world.aws.fail({ operation: "Publish", connection: "silence" });
    const endsAt = world.clock.now() + 60_000;
    await expect(world.invoke(SCHEDULE, 60_000)).rejects.toThrow("The alert could not be sent");
    expect(world.clock.now()).toBeLessThan(endsAt);
  });
});

describe("an alert", () => {
  it.each([
    [20, /--payload '\{"connections":\["prod\/c-0",.*"prod\/c-19"\]\}'/],
    [21, /--payload '\{\}'/],
  ])("about %i connections contains the command that rotates them again", async (size, payload) => {
    const connections = Array.from({ length: size }, (_, index) => ({
      name: `c-${index}`,
      secret: "openai",
    }));
    const world = await worldOf({ connections, missing: connections.map(({ name }) => name) });
    await world.invoke({});
    const { default: text } = JSON.parse(world.aws.published()[0]?.message ?? "");
    expect(text).toMatch(
      /npx \. invoke --function rotator\b.*aws lambda invoke .*--function-name rotator .*--invocation-type Event/s,
    );
    expect(text).toMatch(payload);
  });
});
