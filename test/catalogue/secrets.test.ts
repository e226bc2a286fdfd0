import { DeleteSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { deploy } from "../support/deployment.ts";
import { captureOutput } from "../support/output.ts";
import { API_KEY, startWorld } from "../support/world.ts";

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

describe("a key with surrounding characters", () => {
  const NAMED = { ...GOOD, fields: { "api-key": "KEY" } };

  it.each(["new\n", " new", "\tnew\r\n", "\uFEFFnew"])(
    "row 33: white space around a key is removed: %j",
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
    ["is a list as a string", { KEY: `["${MARKER}"]` }],
    ["has a line break inside", { KEY: `${MARKER}\n${MARKER}` }],
    ["begins with an authentication scheme", { KEY: `Bearer ${MARKER}` }],
  ])("row 33: a key that %s is refused by runs and dry runs, and never sent", async (_, value) => {
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

  it.each([
    ["has its variable's name before it", `OPENAI_API_KEY=${MARKER}`, "begins with the name of a variable"],
    [
      "was copied from a shell script",
      `export OPENAI_API_KEY=${MARKER}`,
      "begins with the name of a variable",
    ],
    ["is masked", `sk-${"*".repeat(20)}${MARKER}`, "is a masked key"],
    ["is masked with dots", `sk-${"\u2022".repeat(8)}${MARKER}`, "is a masked key"],
  ])("row 48: a key that %s is refused, and never sent", async (_, value, words) => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", value);
    expect(await world.invoke({})).toMatchObject({
      connections: [
        { outcome: "failed", errorClass: "secret", message: expect.stringContaining(`Secret good ${words}`) },
      ],
    });
    expect(world.keysPut("good")).toEqual([]);
  });

  it.each(["MY_KEY==", "AB_CD_EF0123456789", "abc=def_ghi", "sk-***", "Aa_Bb=Cc", "KEY=x"])(
    "row 48: the ordinary key %s is sent",
    async (value) => {
      const world = await startWorld({ connections: [GOOD] });
      world.aws.putSecret("good", value);
      expect(await world.invoke({})).toMatchObject({ outcome: "succeeded" });
      expect(world.keysPut("good")).toEqual([value]);
    },
  );

  it("row 33: a whole secret in JSON quotes is refused, and never sent", async () => {
    const world = await startWorld({ connections: [GOOD] });
    world.aws.putSecret("good", `"${MARKER}"`);
    expect(await world.invoke({})).toMatchObject({
      connections: [{ errorClass: "secret", message: "Secret good is in quotes; store it without them." }],
    });
    expect(world.keysPut("good")).toEqual([]);
  });

  it.each([
    [" new\n", ["new", "new"], "succeeded"],
    [`["${MARKER}"]`, [], "failed"],
  ] as const)("row 33: the built function sends %j as %j", async (key, put, outcome) => {
    const { confluent, invoke } = await deploy({ key });
    const { report, printed } = await invoke({});
    expect(report).toMatchObject({ outcome });
    const puts = ["a", "b"].flatMap((name) => confluent.connection(name).puts);
    expect(puts.map(({ data }) => data["API_KEY"])).toEqual(put);
    expect(printed).not.toContain(MARKER);
  });

  it("row 33: white space around the rotator's Confluent API key is removed", async () => {
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
