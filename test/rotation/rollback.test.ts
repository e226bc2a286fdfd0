import { describe, expect, it } from "vitest";
import { buildCredentials } from "../../src/rotation/credentials/auth-data.ts";
import { EnvironmentSession } from "../../src/rotation/environment.ts";
import { SupersededError } from "../../src/rotation/errors.ts";
import { Poller } from "../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../src/rotation/polling/schedule.ts";
import { rollBack } from "../../src/rotation/rollback.ts";
import { connection, flinkApiKey, HOUR_MS, secretVersion } from "../support/builders.ts";
import type { FakeConnectionOptions } from "../support/fake-connection.ts";
import { fakeWorld } from "../support/fake-world.ts";

const A = connection({ name: "a", secret: "openai" });
const REFUSAL = { outcome: "failed", errorClass: "rejected", message: "Confluent refused the key." } as const;

function open(versionIds: readonly string[], behaviour: FakeConnectionOptions = {}) {
  const { context, confluent, secrets, clock } = fakeWorld();
  const held = confluent.add("a", behaviour);
  for (const versionId of versionIds)
    secrets.add("openai", { versionId, value: `sk-${versionId}`, at: clock.now() - HOUR_MS });
  const api = context.connect("prod", flinkApiKey());
  const poller = new Poller(new ConnectionReader(api), clock, new PollSchedule(0));
  const session = new EnvironmentSession(api, poller, new Map());
  const version = secretVersion({ versionId: "v2" });
  const settings = { ...context.settings, graceMs: 0 };
  const restore = (assertCurrent = () => Promise.resolve()) => {
    const { data } = buildCredentials(A, version.value);
    const refused = { connection: A, version, data, isKeyProven: false, assertCurrent };
    return rollBack({ ...context, settings }, session, refused, REFUSAL);
  };
  return { held, restore };
}

describe("the restoring of the previous version", () => {
  it("is a roll-back when that is READY", async () => {
    const { held, restore } = open(["v1", "v2"]);
    expect(await restore()).toMatchObject({
      outcome: "rolled-back",
      errorClass: "rejected",
      phase: "READY",
      secretVersionId: "v1",
      message: "Confluent refused the key. The previous one was put back and is READY.",
    });
    expect(held.data).toEqual({ API_KEY: "sk-v1", AUTH_TYPE: "API_KEY" });
  });

  it("is a failure when that is refused too", async () => {
    const { restore } = open(["v1", "v2"], { accepts: [] });
    expect(await restore()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
      secretVersionId: "v1",
      message:
        "Confluent refused the key. The previous one was put back, but that is not READY either: Confluent refused the key.",
    });
  });

  it("is no roll-back if it does not become READY in time", async () => {
    const { restore } = open(["v1", "v2"], { timeToReadyMs: HOUR_MS });
    expect(await restore()).toMatchObject({ outcome: "failed", errorClass: "rejected", phase: "PENDING" });
  });

  it("does not happen if a newer version has become current", async () => {
    const { held, restore } = open(["v1", "v2"]);
    const { outcome, message } = await restore(() => Promise.reject(new SupersededError()));
    expect(outcome).toBe("failed");
    expect(String(message)).toContain("could not be put back");
    expect(held.puts).toEqual([]);
  });

  it.each([
    { versionIds: ["v2"], why: "there is none" },
    { versionIds: ["v2", "v3"], why: "that is the refused one" },
  ])("puts nothing when $why", async ({ versionIds }) => {
    const { held, restore } = open(versionIds);
    expect(await restore()).toEqual({
      ...REFUSAL,
      message:
        "Confluent refused the key. There is no AWSPREVIOUS version to put back, so it still holds the refused one.",
    });
    expect(held.puts).toEqual([]);
  });
});
