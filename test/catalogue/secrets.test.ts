import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { captureOutput } from "../support/output.ts";
import { API_KEY, startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const GOOD = { name: "good", secret: "good" };
const MARKER = "value-that-nobody-may-see";

describe("a secret that cannot be used", () => {
  it.each<[string, string | Uint8Array | undefined, object, RegExp]>([
    ["is no JSON where a field is asked for", MARKER, { fields: { "api-key": "KEY" } }, /has no field "KEY"/],
    ["begins like JSON and is none", `{"KEY": "${MARKER}"`, {}, /begins like JSON but cannot be parsed/],
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

  it("row 14: a text in the binary part of a secret is taken like any other", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", Buffer.from("new\n"));
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.keysPut("good")).toEqual(["new"]);
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

describe("a key that was stored with something around it", () => {
  const NAMED = { ...GOOD, fields: { "api-key": "KEY" } };

  it.each(["new\n", " new", "\tnew\r\n", "\uFEFFnew"])(
    "row 33: loses the white space around it, as in %j",
    async (value) => {
      const world = await startWorld({ connections: [NAMED] });
      world.aws.putSecret("good", `\uFEFF${JSON.stringify({ KEY: value })}\n`);
      expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
      expect(world.keysPut("good")).toEqual(["new"]);
    },
  );

  it.each([
    ["is in JSON quotes", { KEY: `"${MARKER}"` }],
    ["is a JSON document", { KEY: `{"KEY":"${MARKER}"}` }],
    ["is a list", { KEY: [MARKER] }],
    ["is the text of a list", { KEY: `["${MARKER}"]` }],
    ["has a line break inside", { KEY: `${MARKER}\n${MARKER}` }],
    ["has the name of a scheme before it", { KEY: `Bearer ${MARKER}` }],
  ])("row 33: one that %s is refused by the run and by a dry run, and never put", async (_, value) => {
    const world = await startWorld({ connections: [NAMED] });
    world.aws.putSecret("good", JSON.stringify(value));
    const refusal = {
      outcome: "failed",
      errorClass: "secret",
      message: expect.stringMatching(/^Field "KEY" of secret good /),
    };
    expect(await world.invoke({ dryRun: true })).toMatchObject({ connections: [refusal] });
    expect(await world.invoke({})).toMatchObject({ connections: [refusal] });
    expect(world.keysPut("good")).toEqual([]);
    expect(JSON.stringify(world.aws.published())).not.toContain(MARKER);
  });

  it("row 33: a whole secret in JSON quotes is refused, and never put", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", `"${MARKER}"`);
    expect(await world.invoke({})).toMatchObject({
      connections: [{ errorClass: "secret", message: "Secret good is in quotes; store it without them." }],
    });
    expect(world.keysPut("good")).toEqual([]);
  });

  it("row 33: the rotator's Confluent API key loses the white space around it too", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", "new");
    world.aws.putSecret("confluent/key", ` ${API_KEY.key}:${API_KEY.secret}\n `);
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
  });

  it("row 33: a password is sent unchanged, and a dry run remarks on the white space around it", async () => {
    const mongo = { name: "good", type: "MONGODB", secret: "good" };
    const world = await startWorld({ connections: [mongo] });
    world.aws.putSecret("good", JSON.stringify({ username: "robot-user", password: " long-password\n" }));
    const remark = "The password from secret good begins or ends with white space; it is sent unchanged.";
    expect(await world.invoke({ dryRun: true })).toMatchObject({
      connections: [{ outcome: "planned", message: `Would send username, password. ${remark}` }],
    });
    const lines = captureOutput();
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.held("good")).toMatchObject({ PASSWORD: " long-password\n" });
    expect(lines()).toContainEqual(expect.objectContaining({ code: "NOTE", note: remark }));
    expect(world.aws.published()).toEqual([]);
  });
});
