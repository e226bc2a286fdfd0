import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { captureOutput } from "../support/output.ts";
import type { World } from "../support/world.ts";
import { changeOf, codesOf, failure, invokeWith, SCHEDULE, worldOf } from "./invocation.ts";

describe("an invalid configuration", () => {
  async function worldWithInvalidConfig(): Promise<World> {
    const world = await worldOf();
    writeFileSync(world.configFile, "{}");
    return world;
  }

  it.each([
    ["a scheduled run", () => SCHEDULE],
    ["a run started by a secret change", changeOf],
  ])("is alerted and thrown by %s", async (_, eventOf) => {
    const world = await worldWithInvalidConfig();
    const error = await failure(world.invoke(eventOf(world)));
    expect(error).toMatchObject({ name: "ConfigError" });
    const [alert] = world.aws.published();
    expect(alert?.subject).toMatch(/^\[NOT STARTED\].*\(config\)$/);
    expect(JSON.parse(alert?.message ?? "")).toEqual({
      default: expect.stringContaining(error.message),
      sms: expect.stringContaining("[NOT STARTED]"),
    });
  });

  it("is thrown to a direct caller without an alert", async () => {
    const world = await worldWithInvalidConfig();
    await expect(world.invoke({})).rejects.toMatchObject({ name: "ConfigError" });
    expect(world.aws.published()).toEqual([]);
  });

  it("is the cause of the error if the alert cannot be sent", async () => {
    const world = await worldWithInvalidConfig();
    world.aws.fail({ operation: "Publish", error: "NotFound", message: "Topic does not exist" });
    const lines = captureOutput();
    const error = await failure(world.invoke(SCHEDULE));
    expect(error).toMatchObject({ name: "RotationFailedError", cause: { name: "ConfigError" } });
    expect(error.message).toMatch(/connections\.json has .*The alert could not be sent: .*does not exist/s);
    expect(codesOf(lines())).toEqual(["NOT_STARTED", "ALERT_FAILED"]);
  });

  it("is read from the bundle's folder if CONNECTIONS_FILE is empty", async () => {
    const world = await worldOf();
    await expect(invokeWith(world, { CONNECTIONS_FILE: "" }, {})).rejects.toThrow(
      /src[\\/]config[\\/]connections\.json has a problem:\n.*cannot be read \(ENOENT\)/,
    );
  });

  it("reports a thrown value that is not an Error, without quoting it", async () => {
    const world = await worldOf();
    const odd: unknown = "odd";
    const env = {
      get CONNECTIONS_FILE(): string {
        throw odd;
      },
    };
    await expect(invokeWith(world, env, SCHEDULE)).rejects.toThrow(
      /^Unexpected error\.\nThe alert could not be sent: /,
    );
  });
});
