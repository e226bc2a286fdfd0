import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const GOOD = { name: "good", secret: "good" };
const MARKER = "value-that-nobody-may-see";

describe("an unusable secret", () => {
  it.each<[string, string | Uint8Array | undefined, object, RegExp]>([
    [
      "is not JSON although a field is configured",
      MARKER,
      { fields: { "api-key": "KEY" } },
      /has no field "KEY"/,
    ],
    ["begins like JSON but is invalid", `{"KEY": "${MARKER}"`, {}, /begins like JSON but cannot be parsed/],
    ["is binary", Buffer.from([0, 255, 1]), {}, /is binary/],
    ["is empty", " \n", {}, /is empty/],
    ["lacks the field", `{"OTHER":"${MARKER}"}`, { fields: { "api-key": "KEY" } }, /lacks the field "KEY"/],
    [
      "has a number",
      `{"KEY":12345678,"x":"${MARKER}"}`,
      { fields: { "api-key": "KEY" } },
      /"KEY" .* of type number/,
    ],
    [
      "has an empty field",
      `{"KEY":"","x":"${MARKER}"}`,
      { fields: { "api-key": "KEY" } },
      /"KEY" .* is empty/,
    ],
    ["has two spellings", `{"api_key":"${MARKER}","apiKey":"x"}`, {}, /"api_key" and "apiKey"/],
    ["is longer than 4,000 bytes", MARKER.repeat(200), {}, /takes 4000 at most/],
    ["does not exist", undefined, {}, /does not exist/],
  ])("row 14: a secret that %s stops only its own connections", async (_, value, entry, message) => {
    const world = await startWorld({ connections: [{ name: "bad", secret: "bad-one", ...entry }, GOOD] });
    if (value !== undefined) world.aws.putSecret("bad-one", value);
    world.aws.putSecret("good", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 2 failed (secret)");
    expect(world.keysPut("bad")).toEqual([]);
    expect(world.keysPut("good")).toEqual(["new"]);
    const text = world.aws.published()[0]?.message ?? "";
    expect(JSON.parse(text)).toMatchObject({ default: expect.stringMatching(message) });
    expect(text).toContain("bad-one");
    expect(text).not.toContain(MARKER);
  });

  it.each(["AccessDeniedException", "DecryptionFailure", "KMSAccessDeniedException", "KMSDisabledException"])(
    "row 14: a secret that Secrets Manager refuses with %s stops only its own connections",
    async (error) => {
      const world = await startWorld({ connections: [{ name: "bad", secret: "bad-one" }, GOOD] });
      world.aws.putSecret("bad-one", MARKER);
      world.aws.putSecret("good", "new");
      world.aws.fail({ secretId: "bad-one", error });
      await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 2 failed (secret)");
      expect([world.keysPut("bad"), world.keysPut("good")]).toEqual([[], ["new"]]);
      expect(world.aws.published()[0]?.message).toMatch(new RegExp(`Secret bad-one .*KMS|${error}`, "i"));
    },
  );

  it("row 14: a secret that is scheduled for deletion stops only its own connections", async () => {
    const world = await startWorld({ connections: [{ name: "bad", secret: "bad-one" }, GOOD] });
    world.aws.putSecret("bad-one", MARKER);
    world.aws.putSecret("good", "new");
    const client = new SecretsManagerClient({});
    await client.send(new DeleteSecretCommand({ SecretId: "bad-one" }));
    client.destroy();
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 2 failed (secret)");
    expect([world.keysPut("bad"), world.keysPut("good")]).toEqual([[], ["new"]]);
    expect(world.aws.published()[0]?.message).toContain("scheduled for deletion");
  });

  it("row 14: a byte order mark and a line break that an editor added are not sent", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", "\uFEFFnew\r\n");
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.keysPut("good")).toEqual(["new"]);
  });

  it("row 14: text in SecretBinary is sent like text in SecretString", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", Buffer.from("new\n"));
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.keysPut("good")).toEqual(["new"]);
  });

  it("row 14: a transient error of Secrets Manager does not make the run fail", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", "new");
    world.aws.fail({ secretId: "good", error: "InternalServiceError", times: 2 });
    world.aws.fail({ secretId: "good", connection: "reset", times: 1 });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
  });

  it("row 14: a secret that Secrets Manager never returns stops only its own connections", async () => {
    const world = await startWorld({ connections: [{ name: "bad", secret: "bad-one" }, GOOD] });
    world.aws.putSecret("bad-one", MARKER);
    world.aws.putSecret("good", "new");
    world.aws.fail({ secretId: "bad-one", connection: "silence" });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 2 failed (secret)");
    expect([world.keysPut("bad"), world.keysPut("good")]).toEqual([[], ["new"]]);
  });
});

describe("an outage of Secrets Manager", () => {
  it.each([
    ["throttles", { error: "ThrottlingException" }],
    ["answers 503", { error: "Unavailable", status: 503 }],
    ["breaks every connection", { connection: "reset" }],
    ["answers nothing", { connection: "silence" }],
  ] as const)("row 34: a run succeeds after Secrets Manager %s for half a minute", async (_, fault) => {
    for (const secretId of ["good", "confluent/key"]) {
      const world = await startWorld({ connections: [GOOD] });
      world.aws.putSecret("good", "new");
      const end = world.aws.fail({ secretId, ...fault });
      const ended = world.clock.sleep(30_000).then(end);
      const report = await world.invoke(SCHEDULE);
      await ended;
      expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
      expect(report.durationMs).toBeGreaterThan(25_000);
      expect(world.aws.published()).toEqual([]);
    }
  });

  it("row 34: a run with a minute left alerts in time if the outage lasts", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", "new");
    world.aws.fail({ operation: "GetSecretValue", error: "ThrottlingException" });
    await expect(world.invoke(SCHEDULE, 60_000)).rejects.toThrow("1 of 1 failed (secret)");
    expect(world.aws.published()).toHaveLength(1);
    expect(world.alertedAfterMs()).toBeLessThan(50_000);
  });
});
