import { describe, expect, it } from "vitest";
import { deploy } from "../support/deployment.ts";
import { captureOutput } from "../support/output.ts";
import { API_KEY, startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const GOOD = { name: "good", secret: "good" };
const MARKER = "value-that-nobody-may-see";

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
