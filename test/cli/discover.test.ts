import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startOperator } from "../support/operator.ts";

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "rest", type: "REST", fields: "token" },
];

function stateWith(resources: readonly object[]): string {
  return JSON.stringify({
    format_version: "1.0",
    values: { root_module: { child_modules: [{ resources }] } },
  });
}

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

describe("discover", () => {
  it("writes the connections of an environment, with empty values to fill in", async () => {
    const { run, folder, confluent } = await startOperator({ connections: TWO });
    const output = join(folder, "found.json");
    const ids = ["--organization", "org-1", "--environment", "env-1", "--api-key-secret", "confluent/key"];
    const { code, err } = await run([
      "discover",
      ...ids,
      "--rest-endpoint",
      confluent.url,
      "--name",
      "prod",
      "--output",
      output,
    ]);
    const endpoint = "https://api.example.com/v1";
    expect(JSON.parse(readFileSync(output, "utf8"))).toEqual({
      $schema: "./connections.schema.json",
      environments: {
        prod: {
          organizationId: "org-1",
          environmentId: "env-1",
          restEndpoint: confluent.url,
          apiKeySecret: "confluent/key",
        },
      },
      connections: [
        { name: "a", environment: "prod", type: "OPENAI", endpoint, secret: "", fields: { "api-key": "" } },
        expect.objectContaining({ name: "b", type: "REST" }),
      ],
    });
    expect(err).toContain("2 connections. Fill in the empty values");
    expect(err).toContain("REST: keep one of {username, password} or {token} or");
    expect(code).toBe(0);
  });

  it("writes a draft whose empty values check reports", async () => {
    const { run, folder, env } = await startOperator({ connections: TWO });
    const state = join(folder, "state.json");
    writeFileSync(state, stateWith([RESOURCE]));
    await run(["discover", "--terraform", state, "--output", env["CONNECTIONS_FILE"] ?? "", "--force"]);
    const { code, out } = await run(["check"]);
    expect(out).toContain("connections[0].secret (from-terraform): must not be empty");
    expect(out).toContain("environments.env-1.apiKeySecret: must not be empty");
    expect(code).toBe(2);
  });

  it("reads the connections of a Terraform state without their credentials", async () => {
    const { run, folder } = await startOperator({ connections: TWO });
    const state = join(folder, "state.json");
    const data = { ...RESOURCE, mode: "data" };
    writeFileSync(
      state,
      stateWith([RESOURCE, data, { mode: "managed", type: "confluent_kafka_topic", values: {} }]),
    );
    const { out, err, code } = await run(["discover", "--terraform", state, "--output", "-"]);
    expect(JSON.parse(out)).toMatchObject({
      environments: {
        "env-1": { organizationId: "org-1", cloud: "aws", region: "us-west-2", apiKeySecret: "" },
      },
      connections: [
        { name: "from-terraform", type: "BEDROCK", fields: { "aws-access-key": "", "aws-secret-key": "" } },
      ],
    });
    expect(`${out}${err}`).not.toMatch(/secret"?: "?(AKIA|also|never)|very-secret|never-to-be-seen/);
    expect(code).toBe(0);
  });

  it("accepts a state whose ids are in the provider configuration", async () => {
    const { run, folder } = await startOperator({ connections: TWO });
    const { organization: _, environment: __, rest_endpoint: ___, ...values } = RESOURCE.values;
    const state = join(folder, "state.json");
    writeFileSync(state, stateWith([{ ...RESOURCE, values: { ...values, type: "NEW_TYPE" } }]));
    const args = [
      "discover",
      "--terraform",
      state,
      "--output",
      "-",
      "--cloud",
      "aws",
      "--region",
      "eu-west-1",
    ];
    const { out } = await run(args);
    expect(JSON.parse(out)).toMatchObject({
      environments: { "env-1": { organizationId: "org-1", cloud: "aws", region: "eu-west-1" } },
      connections: [{ type: "NEW_TYPE", data: {} }],
    });
  });

  it("keeps the regions of an environment separate", async () => {
    const { run, folder } = await startOperator({ connections: TWO });
    const elsewhere = { ...RESOURCE.values, rest_endpoint: "https://flink.eu-west-1.aws.confluent.cloud" };
    const state = join(folder, "state.json");
    writeFileSync(state, stateWith([RESOURCE, { ...RESOURCE, values: elsewhere }]));
    const { out } = await run(["discover", "--terraform", state, "--output", "-"]);
    expect(Object.keys(JSON.parse(out).environments)).toEqual([
      "env-1 flink.us-west-2.aws.confluent.cloud",
      "env-1 flink.eu-west-1.aws.confluent.cloud",
    ]);
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
    ["the output exists", ["--output", "FILE"], "already exists."],
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
    const ids = ["--organization", "org-1", "--environment", "env-1", "--api-key-secret", "confluent/key"];
    const { code, err } = await run(["discover", ...ids, "--rest-endpoint", confluent.url, "--output", "-"]);
    expect(err).toBe(
      "Error: Confluent refused the rotator's Confluent API key (401).\nCheck the ids, the address and the secrets that the message names. Nothing was written.\n",
    );
    expect(code).toBe(1);
  });

  it("writes no file if there is no connection", async () => {
    const { run, folder } = await startOperator({ connections: TWO });
    writeFileSync(join(folder, "state.json"), stateWith([]));
    const { code, err } = await run(["discover", "--terraform", join(folder, "state.json"), "--output", "-"]);
    expect(err).toContain("No Flink connection was found.");
    expect(code).toBe(2);
  });
});
