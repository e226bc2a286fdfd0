import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type Operator, startOperator } from "../support/operator.ts";

const ONE = [{ name: "listed", secret: "openai" }];
const IDS = ["--organization", "org-1", "--environment", "env-1", "--api-key-secret", "confluent/key"];

/** A connections.json with comments, in an environment with one connection that it does not list. */
async function startCommented(): Promise<Operator & { readonly file: string; readonly text: string }> {
  const operator = await startOperator({ connections: ONE });
  const { confluent, env } = operator;
  confluent.addConnection("env-1", {
    name: "new",
    type: "OPENAI",
    endpoint: "https://e.example.com",
    data: {},
  });
  const file = env["CONNECTIONS_FILE"] ?? "";
  const text = `// who to call: ops\n${readFileSync(file, "utf8").replace("]", ", // more to come\n]")}`;
  writeFileSync(file, text);
  return { ...operator, file, text };
}

describe("an operator's connections.json", () => {
  it("row 74: keeps every comment and entry in a merge, contains nothing twice and remains valid", async () => {
    const { run, confluent, file, text } = await startCommented();
    const merge = ["discover", ...IDS, "--rest-endpoint", confluent.url, "--merge", file];
    expect(await run(merge)).toMatchObject({ code: 0 });
    const once = readFileSync(file, "utf8");
    for (const line of text.split("\n")) expect(once).toContain(line);
    expect(await run(merge)).toMatchObject({ code: 0 });
    expect(readFileSync(file, "utf8")).toBe(once);
    expect(await run(["check", "--offline"])).toMatchObject({ code: 0 });
  });

  it.each(["init", "discover"])("row 74: is not overwritten by %s", async (command) => {
    const { run, confluent, file, text } = await startCommented();
    const args = [command, ...IDS, "--rest-endpoint", confluent.url, "--output", file];
    expect(await run(args)).toMatchObject({ code: 2, err: expect.stringContaining("already exists.") });
    expect(readFileSync(file, "utf8")).toBe(text);
  });

  it("row 75: contains or names each connection, even if Terraform does not know everything about it yet", async () => {
    const { run, folder } = await startOperator({ connections: ONE });
    const resource = (name: string, values: object) => ({
      address: `confluent_flink_connection.${name}`,
      mode: "managed",
      type: "confluent_flink_connection",
      values,
    });
    const resources = [resource("a", { display_name: "a", type: "OPENAI" }), resource("b", {})];
    const plan = { format_version: "1.2", planned_values: { root_module: { resources } } };
    writeFileSync(join(folder, "plan.json"), JSON.stringify(plan));
    const { out, err } = await run(["discover", "--terraform", join(folder, "plan.json"), "--output", "-"]);
    expect(out).toContain('"name": "a"');
    expect(err).toContain("the endpoint of a is known only after apply");
    expect(err).toContain("confluent_flink_connection.b: the connection's name and type cannot be read here");
  });
});

describe("the command on a Node that is too old", () => {
  it("row 76: ends with 2 and says in one line which version it needs", async () => {
    const { folder } = await startOperator({ connections: ONE });
    const disguise = join(folder, "old.cjs");
    writeFileSync(disguise, 'Object.defineProperty(process.versions, "node", { value: "16.20.0" });');
    const launcher = resolve("bin/flink-connection-rotator.cjs");
    const { status, stderr } = spawnSync(process.execPath, ["--require", disguise, launcher, "check"], {
      encoding: "utf8",
    });
    expect(stderr).toMatch(
      /^flink-connection-rotator needs Node \d+\.\d+ or newer, and this is Node 16\.20\.0\.\n$/,
    );
    expect(status).toBe(2);
  });
});
