import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const GOOD = { name: "good", secret: "good" };
const MARKER = "value-that-nobody-may-see";

describe("a secret that cannot be used", () => {
  it.each<[string, string | Uint8Array | undefined, object, RegExp]>([
    ["is no JSON where a field is asked for", MARKER, { fields: { "api-key": "KEY" } }, /has no field "KEY"/],
    ["begins like JSON and is none", `{"KEY": "${MARKER}"`, {}, /begins like JSON but cannot be parsed/],
    ["is binary", Buffer.from(MARKER), {}, /is binary/],
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
  ])("row 14: one that %s stops its own connection alone", async (_, value, entry, message) => {
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
    "row 14: one that Secrets Manager refuses with %s stops its own connection alone",
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

  it("row 14: one that is scheduled for deletion stops its own connection alone", async () => {
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

  it("row 14: a byte order mark and a line break that an editor added do not reach the connection", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", "\uFEFFnew\r\n");
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.keysPut("good")).toEqual(["new"]);
  });

  it("row 14: inside JSON nothing is changed", async () => {
    const world = await startWorld({ connections: [{ ...GOOD, fields: { "api-key": "KEY" } }] });
    world.aws.putSecret("good", `\uFEFF${JSON.stringify({ KEY: "\uFEFFnew\r\n" })}\n`);
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.keysPut("good")).toEqual(["\uFEFFnew\r\n"]);
  });

  it("row 14: a passing fault of Secrets Manager is survived", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", "new");
    world.aws.fail({ secretId: "good", error: "InternalServiceError", times: 2 });
    world.aws.fail({ secretId: "good", connection: "reset", times: 1 });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
  });

  it("row 14: one that Secrets Manager never answers for stops its own connection alone", async () => {
    const world = await startWorld({ connections: [{ name: "bad", secret: "bad-one" }, GOOD] });
    world.aws.putSecret("bad-one", MARKER);
    world.aws.putSecret("good", "new");
    world.aws.fail({ secretId: "bad-one", connection: "silence" });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 2 failed (secret)");
    expect([world.keysPut("bad"), world.keysPut("good")]).toEqual([[], ["new"]]);
  });
});
