import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { type Operator, startOperator } from "../support/operator.ts";
import { IDS, RESOURCE, stateWith, TWO } from "./discovery.ts";

/** One listed connection and one that is not listed. */
async function startWithNew() {
  const operator = await startOperator({ connections: TWO.slice(0, 1) });
  operator.confluent.addConnection("env-1", { name: "new", type: "OPENAI", endpoint: "https://e", data: {} });
  return operator;
}

describe("discover --merge", () => {
  async function merge({ run, confluent, env }: Operator, args: readonly string[] = []) {
    const file = env["CONNECTIONS_FILE"] ?? "";
    return {
      file,
      ...(await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--merge", file, ...args])),
    };
  }

  it("adds connections that the file does not list and keeps its comments, order and format", async () => {
    const operator = await startOperator({ connections: TWO });
    const { confluent, env, run } = operator;
    const before = `// ours
{
  "environments": { "prod": { "organizationId": "org-1", "environmentId": "env-1", "restEndpoint": "${confluent.url}", "apiKeySecret": "confluent/key" } },
  "connections": [
    // the important one
    { "name": "b", "type": "REST", "secret": "rest", "fields": "token" } /* token */
  ], // end
}
`;
    writeFileSync(env["CONNECTIONS_FILE"] ?? "", before);
    const { file, err, code } = await merge(operator);
    const endpoint = "https://api.example.com/v1";
    const added = `    // { "name": "a", "environment": "prod", "type": "OPENAI", "endpoint": "${endpoint}", "secret": "" },\n`;
    expect(readFileSync(file, "utf8")).toBe(
      before.replace('"token" } /* token */\n', `"token" }, /* token */\n${added}`),
    );
    expect(err).toContain("1 connection is listed already.\n1 connection added: 0 complete, 1 as a comment.");
    expect(await run(["check"])).toMatchObject({ code: 0 });
    expect(code).toBe(0);
  });

  it("adds a complete entry if --use names the secret", async () => {
    const operator = await startWithNew();
    const { file, err, code } = await merge(operator, ["--use", "new=openai"]);
    expect(parse(readFileSync(file, "utf8")).connections.at(-1)).toMatchObject({
      name: "new",
      secret: "openai",
    });
    expect(err).toContain("1 connection added.");
    expect(code).toBe(0);
    expect(await merge(operator, ["--use", "nobody=openai"])).toMatchObject({ code: 2 });
  });

  it("adds nothing twice", async () => {
    const operator = await startWithNew();
    await merge(operator);
    const { file, err } = await merge(operator);
    expect(readFileSync(file, "utf8").match(/"new"/g)).toHaveLength(1);
    expect(err).toContain("2 connections are listed already.\nThere is nothing to add.");
  });

  it("adds a new environment as a comment until a connection uses it", async () => {
    const operator = await startOperator({ connections: TWO.slice(0, 1) });
    const state = join(operator.folder, "state.json");
    writeFileSync(state, stateWith([RESOURCE]));
    const file = operator.env["CONNECTIONS_FILE"] ?? "";
    await operator.run(["discover", "--terraform", state, "--merge", file, "--api-key-secret", "k"]);
    expect(readFileSync(file, "utf8")).toMatch(/\n +\/\/ "env-1": \{ "organizationId": "org-1"/);
    expect(await operator.run(["check", "--offline"])).toMatchObject({ code: 0 });
  });

  it("rejects a file that is not an object and writes no schema", async () => {
    const operator = await startOperator({ connections: TWO });
    writeFileSync(operator.env["CONNECTIONS_FILE"] ?? "", "[]");
    const { code, err } = await merge(operator);
    expect(err).toContain("is not a JSON object.");
    expect(existsSync(join(operator.folder, "connections.schema.json"))).toBe(false);
    expect(code).toBe(2);
  });
});
