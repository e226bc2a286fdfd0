import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { type Operator, startOperator } from "../support/operator.ts";

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "rest", type: "REST", fields: "token" },
];
const IDS = ["--organization", "org-1", "--environment", "env-1", "--api-key-secret", "confluent/key"];

const RESOURCE = {
  mode: "managed",
  type: "confluent_flink_connection",
  values: {
    id: "org-1/env-1/from-terraform",
    display_name: "from-terraform",
    type: "BEDROCK",
    endpoint: "https://bedrock.example.com",
    aws_access_key: "AKIA-very-secret",
    aws_secret_key: "also-very-secret",
    organization: [{ id: "org-1" }],
    environment: [{ id: "env-1" }],
    rest_endpoint: "https://flink.us-west-2.aws.confluent.cloud",
    credentials: [{ key: "k", secret: "never-to-be-seen" }],
  },
};

function stateWith(resources: readonly object[]): string {
  return JSON.stringify({
    format_version: "1.0",
    values: { root_module: { child_modules: [{ resources }] } },
  });
}

/** Runs discover over a Terraform state and returns what it prints. */
async function discoverState(resources: readonly object[], args: readonly string[] = []) {
  const { run, folder } = await startOperator({ connections: TWO });
  const state = join(folder, "state.json");
  writeFileSync(state, stateWith(resources));
  return run(["discover", "--terraform", state, "--output", "-", ...args]);
}

/** The lines of a text that are comments, as entries. */
function commented(text: string): unknown[] {
  const lines = text.split("\n").flatMap((line) => /^ +\/\/ (.*),$/.exec(line)?.[1] ?? []);
  return lines.map((line) => parse(line.startsWith("{") ? line : `{${line}}`));
}

describe("discover", () => {
  it("writes the connections of an environment, as comments until their secrets are named", async () => {
    const { run, folder, confluent } = await startOperator({ connections: TWO });
    const output = join(folder, "found.json");
    const { code, err } = await run([
      "discover",
      ...IDS,
      "--rest-endpoint",
      confluent.url,
      "--name",
      "prod",
      "--output",
      output,
    ]);
    const text = readFileSync(output, "utf8");
    const environment = {
      organizationId: "org-1",
      environmentId: "env-1",
      restEndpoint: confluent.url,
      apiKeySecret: "confluent/key",
    };
    expect(parse(text)).toEqual({
      $schema: "./connections.schema.json",
      environments: { prod: environment },
      connections: [],
    });
    const endpoint = "https://api.example.com/v1";
    expect(commented(text)).toEqual([
      { name: "a", environment: "prod", type: "OPENAI", endpoint, secret: "" },
      { name: "b", environment: "prod", type: "REST", endpoint, secret: "" },
    ]);
    expect(err).toContain(
      "2 connections added: 0 complete, 2 as comments.\nTo do: name the secret of a, b.\n",
    );
    expect(err).toContain("REST needs one of {username, password} or {token} or");
    expect(err).toContain(`Next: flink-connection-rotator check --offline --config ${output}`);
    expect(code).toBe(0);
  });

  it("writes the JSON Schema that the file names", async () => {
    const { run, folder, confluent } = await startOperator({ connections: TWO });
    const output = join(folder, "found.json");
    await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--output", output]);
    const schema = readFileSync(join(folder, "connections.schema.json"), "utf8");
    expect(schema).toBe(readFileSync("connections.schema.json", "utf8"));
  });

  it("writes a draft with one fault, which goes away when a connection is completed", async () => {
    const { run, folder, confluent } = await startOperator({ connections: TWO });
    const output = join(folder, "found.json");
    await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--output", output]);
    const check = ["check", "--offline", "--config", output];
    expect(await run(check)).toMatchObject({
      code: 2,
      out: expect.stringMatching(
        /✗ configuration: connections: must list at least one connection\n\n1 of 1 check failed/,
      ),
    });
    const text = readFileSync(output, "utf8");
    writeFileSync(output, text.replace(/\/\/ (.*"name": "a".*)"secret": ""/, '$1"secret": "openai"'));
    expect(await run(check)).toMatchObject({ code: 0 });
  });

  it("reads the connections of a Terraform state without their credentials", async () => {
    const data = { ...RESOURCE, mode: "data" };
    const topic = { mode: "managed", type: "confluent_kafka_topic", values: {} };
    const { out, err, code } = await discoverState([RESOURCE, data, topic]);
    const [environment, connection, ...others] = commented(out);
    expect(environment).toEqual({
      "env-1": {
        organizationId: "org-1",
        environmentId: "env-1",
        cloud: "aws",
        region: "us-west-2",
        apiKeySecret: "",
      },
    });
    expect(connection).toMatchObject({ name: "from-terraform", type: "BEDROCK", secret: "" });
    expect(others).toEqual([]);
    expect(err).toContain("To do: environment env-1 lacks apiKeySecret.");
    expect(`${out}${err}`).not.toMatch(/very-secret|never-to-be-seen/);
    expect(code).toBe(0);
  });

  it("accepts a state whose ids are in the provider configuration, and an unknown type", async () => {
    const { organization: _, environment: __, rest_endpoint: ___, ...values } = RESOURCE.values;
    const { out, err } = await discoverState(
      [{ ...RESOURCE, values: { ...values, type: "NEW_TYPE" } }],
      ["--cloud", "aws", "--region", "eu-west-1", "--api-key-secret", "k"],
    );
    expect(parse(out).environments).toMatchObject({
      "env-1": { organizationId: "org-1", region: "eu-west-1" },
    });
    expect(commented(out)).toMatchObject([{ type: "NEW_TYPE", data: {} }]);
    expect(err).toContain("the type is not known to the rotator, so spell out its backend keys under data");
  });

  it("keeps the regions of an environment separate", async () => {
    const elsewhere = { ...RESOURCE.values, rest_endpoint: "https://flink.eu-west-1.aws.confluent.cloud" };
    const { out } = await discoverState(
      [RESOURCE, { ...RESOURCE, values: elsewhere }],
      ["--api-key-secret", "k"],
    );
    expect(Object.keys(parse(out).environments)).toEqual(["env-1-us-west-2", "env-1-eu-west-1"]);
  });

  it("does not give one region to several environments whose regions are not known", async () => {
    const { rest_endpoint: _, ...values } = RESOURCE.values;
    const other = { ...values, environment: [{ id: "env-2" }] };
    const { out, err } = await discoverState(
      [
        { ...RESOURCE, values },
        { ...RESOURCE, values: other },
      ],
      ["--cloud", "aws", "--region", "eu-west-1", "--api-key-secret", "k"],
    );
    expect(out).not.toContain("eu-west-1");
    expect(err).toContain(
      "The regions of env-1, env-2 are not in the file, and there are several. A plan names them:",
    );
    expect(err).toContain("To do: environment env-1 lacks cloud, region.");
  });

  it("says that a connection of one name twice is in several regions", async () => {
    const { rest_endpoint: _, ...values } = RESOURCE.values;
    const resource = { ...RESOURCE, values };
    const { out, err } = await discoverState([resource, resource]);
    expect(commented(out)).toHaveLength(2);
    expect(err).toContain("The regions of env-1 are not in the file, and there are several.");
  });

  it.each([
    [
      "ids are missing",
      ["--environment", "env-1"],
      "--organization, --api-key-secret, --cloud and --region must be given.",
    ],
    [
      "the endpoint is not safe",
      [
        "--organization",
        "o",
        "--environment",
        "e",
        "--api-key-secret",
        "k",
        "--rest-endpoint",
        "http://example.com",
      ],
      "restEndpoint must be an https URL",
    ],
    ["the output exists", ["--output", "FILE"], "already exists.\nAdd to it with --merge"],
    ["the file to merge into does not exist", ["--merge", "/nowhere.json"], "There is no /nowhere.json."],
    [
      "the state cannot be read",
      ["--terraform", "/nowhere/state.json"],
      "/nowhere/state.json cannot be read.",
    ],
    [
      "the state is not Terraform output",
      ["--terraform", "FILE"],
      "The file is not the output of terraform show -json.",
    ],
  ])("ends with 2 if %s", async (_what, args, message) => {
    const { run, env, folder } = await startOperator({ connections: TWO });
    const given = args.map((arg) => (arg === "FILE" ? (env["CONNECTIONS_FILE"] ?? "") : arg));
    const output = args.includes("--output") ? [] : ["--output", join(folder, "new.json")];
    const { code, out, err } = await run(["discover", ...given, ...output]);
    expect(err).toContain(message);
    expect({ code, out }).toEqual({ code: 2, out: "" });
  });

  it("says why an environment cannot be listed", async () => {
    const { run, confluent } = await startOperator({ connections: TWO });
    confluent.setApiKeys("env-1", []);
    const { code, err } = await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--output", "-"]);
    expect(err).toContain("Error: Confluent refused the rotator's Confluent API key (401).\n");
    expect(err).toContain("Nothing was written.");
    expect(code).toBe(1);
  });

  it("writes no file if there is no connection", async () => {
    const { code, err } = await discoverState([]);
    expect(err).toContain("No Flink connection was found.");
    expect(code).toBe(2);
  });
});

describe("discover --merge", () => {
  async function merge({ run, confluent, env }: Operator, args: readonly string[] = []) {
    const file = env["CONNECTIONS_FILE"] ?? "";
    return {
      file,
      ...(await run(["discover", ...IDS, "--rest-endpoint", confluent.url, "--merge", file, ...args])),
    };
  }

  it("adds what the file does not list, and keeps its comments, order and form", async () => {
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
    const operator = await startOperator({ connections: TWO.slice(0, 1) });
    operator.confluent.addConnection("env-1", {
      name: "new",
      type: "OPENAI",
      endpoint: "https://e",
      data: {},
    });
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
    const operator = await startOperator({ connections: TWO.slice(0, 1) });
    operator.confluent.addConnection("env-1", {
      name: "new",
      type: "OPENAI",
      endpoint: "https://e",
      data: {},
    });
    await merge(operator);
    const { file, err } = await merge(operator);
    expect(readFileSync(file, "utf8").match(/"new"/g)).toHaveLength(1);
    expect(err).toContain("2 connections are listed already.\nNothing is new.");
  });

  it("leaves a new environment as a comment until a connection uses it", async () => {
    const operator = await startOperator({ connections: TWO.slice(0, 1) });
    const state = join(operator.folder, "state.json");
    writeFileSync(state, stateWith([RESOURCE]));
    const file = operator.env["CONNECTIONS_FILE"] ?? "";
    await operator.run(["discover", "--terraform", state, "--merge", file, "--api-key-secret", "k"]);
    expect(readFileSync(file, "utf8")).toMatch(/\n +\/\/ "env-1": \{ "organizationId": "org-1"/);
    expect(await operator.run(["check", "--offline"])).toMatchObject({ code: 0 });
  });

  it("leaves no schema behind and rejects what is not an object", async () => {
    const operator = await startOperator({ connections: TWO });
    writeFileSync(operator.env["CONNECTIONS_FILE"] ?? "", "[]");
    const { code, err } = await merge(operator);
    expect(err).toContain("is not a JSON object.");
    expect(existsSync(join(operator.folder, "connections.schema.json"))).toBe(false);
    expect(code).toBe(2);
  });
});
