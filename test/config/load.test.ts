import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parseConfig, readConfig } from "../../src/config/load.ts";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";

const parse = (file: unknown) => parseConfig(JSON.stringify(file), "connections.json");
const restEndpointOf = (overrides: Record<string, unknown>) =>
  parse(configFile({ environments: { prod: environmentEntry(overrides) } })).environments.get("prod")
    ?.restEndpoint;
const credentialsOf = (overrides: Record<string, unknown>) =>
  parse(configFile({ connections: [connectionEntry(overrides)] })).connections[0]?.credentials;

describe("a connections.json", () => {
  it("gets every default", () => {
    expect(parse(configFile())).toEqual({
      environments: new Map([
        [
          "prod",
          {
            name: "prod",
            organizationId: "9bb441c4-edef-46ac-8a41-c49e44a3fd9a",
            environmentId: "env-a1b2c3",
            restEndpoint: "https://flink.us-west-2.aws.confluent.cloud",
            apiKeySecret: "prod/confluent/flink-api-key",
          },
        ],
      ]),
      connections: [
        {
          name: "orders-openai",
          environment: "prod",
          type: "OPENAI",
          secret: "prod/openai",
          credentials: { kind: "options", values: {} },
          canary: false,
          provider: true,
        },
      ],
      rollout: { canary: true, onRejected: "keep" },
      timing: { readyTimeoutSeconds: 300, graceSeconds: 120, confirmSeconds: 10 },
      verification: { require: "auto", provider: true },
      refresh: "always",
    });
  });

  it("keeps explicit values", () => {
    const said = {
      rollout: { canary: false, onRejected: "rollback" },
      timing: { readyTimeoutSeconds: 60, graceSeconds: 0, confirmSeconds: 0 },
      verification: { require: "ready" },
      refresh: "when-stale",
      propagationLabel: "FLINK_READY",
    };
    const entry = { environment: "prod", endpoint: " https://e ", canary: true };
    const config = parse(configFile({ ...said, $schema: "./s.json", connections: [connectionEntry(entry)] }));
    expect(config).toMatchObject(said);
    expect(config).not.toHaveProperty("$schema");
    expect(config.connections[0]).toMatchObject(entry);
  });

  it("gets the defaults of keys that a section omits", () => {
    const config = parse(configFile({ rollout: { onRejected: "rollback" }, timing: { graceSeconds: 5 } }));
    expect(config.rollout).toEqual({ canary: true, onRejected: "rollback" });
    expect(config.timing).toEqual({ readyTimeoutSeconds: 300, graceSeconds: 5, confirmSeconds: 10 });
    expect(parse(configFile({ verification: {} })).verification).toEqual({ require: "auto", provider: true });
    expect(
      parse(configFile({ rollout: { canary: false }, timing: { readyTimeoutSeconds: 1 } })),
    ).toMatchObject({
      rollout: { canary: false, onRejected: "keep" },
      timing: { readyTimeoutSeconds: 1, graceSeconds: 120, confirmSeconds: 10 },
    });
  });

  it("may contain the same name in two environments", () => {
    const config = parse(
      configFile({
        environments: { prod: environmentEntry(), test: environmentEntry({ environmentId: "env-2" }) },
        connections: [connectionEntry({ environment: "prod" }), connectionEntry({ environment: "test" })],
      }),
    );
    expect(config.connections.map(({ environment }) => environment)).toEqual(["prod", "test"]);
  });

  it.each([
    [{ fields: "api-key" }, { kind: "options", values: {}, fields: "api-key" }],
    [{ fields: { "api-key": " K " } }, { kind: "options", values: {}, fields: { "api-key": " K " } }],
    [{ values: { "api-key": " k " } }, { kind: "options", values: { "api-key": " k " } }],
    [
      { type: "SNOWFLAKE", data: { A: { value: "" }, B: { field: "b" } } },
      { kind: "data", data: { A: { value: "" }, B: { field: "b" } } },
    ],
    [
      { type: "OPENAI", data: { A: { value: "v" } } },
      { kind: "data", data: { A: { value: "v" } } },
    ],
    [
      { type: "MCP_SERVER", values: { "transport-type": "sse", "sse-endpoint": "https://e" } },
      { kind: "options", values: { "transport-type": "sse", "sse-endpoint": "https://e" } },
    ],
  ])("accepts %j as the source of credentials", (entry, credentials) => {
    expect(credentialsOf(entry)).toEqual(credentials);
  });

  it.each([
    "openai",
    "prod/openai_key+=.@-1",
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/openai",
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:prod/openai-AbCdEf",
    "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:x",
    "rds!cluster-0a1b2c3d",
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:events!connection/orders/0a1b-AbCdEf",
    "s".repeat(512),
  ])("accepts %s as a secret", (secret) => {
    const file = configFile({
      environments: { prod: environmentEntry({ apiKeySecret: secret }) },
      connections: [connectionEntry({ secret })],
    });
    expect(parse(file).connections[0]?.secret).toBe(secret);
    expect(parse(file).environments.get("prod")?.apiKeySecret).toBe(secret);
  });

  it.each([
    ["https://flink.example.com", "https://flink.example.com"],
    ["https://flink.example.com//", "https://flink.example.com"],
    ["HTTPS://Flink.Example.com:8443/base/", "https://flink.example.com:8443/base"],
    ["http://127.0.0.1:8080", "http://127.0.0.1:8080"],
    ["http://127.9.8.7", "http://127.9.8.7"],
    ["http://[::1]:8080/", "http://[::1]:8080"],
    ["http://localhost:1", "http://localhost:1"],
  ])("accepts %s as a restEndpoint", (restEndpoint, url) => {
    expect(restEndpointOf({ restEndpoint, cloud: undefined, region: undefined })).toBe(url);
  });

  it.each(["aws", "azure", "gcp"])("derives the address from cloud %s and the region", (cloud) => {
    expect(restEndpointOf({ cloud, region: "r-1" })).toBe(`https://flink.r-1.${cloud}.confluent.cloud`);
  });

  it("may have comments and trailing commas, which are kept inside strings", () => {
    const text = `// ours
    { /* one */ "environments": { "prod": ${JSON.stringify(environmentEntry())}, },
      "connections": [{ "name": "a // b, }", "type": "OPENAI", "secret": "s", },], }`;
    expect(parseConfig(text, "f").connections.map(({ name }) => name)).toEqual(["a // b, }"]);
  });

  it("reports the line and column of a syntax error, comments included", () => {
    expect(() => parseConfig('// a comment\n{ "a": /* b */ 1 "c": 2 }', "f")).toThrow("line 2 column 18");
  });

  it("may begin with a byte order mark", () => {
    expect(parseConfig(`\uFEFF${JSON.stringify(configFile())}`, "f").refresh).toBe("always");
  });
});

describe("readConfig", () => {
  const folder = mkdtempSync(join(tmpdir(), "config-"));
  const file = join(folder, "connections.json");
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reads a file and names it in its errors", () => {
    writeFileSync(file, JSON.stringify(configFile()));
    expect(readConfig(file).connections).toHaveLength(1);
    writeFileSync(file, "{}");
    expect(() => readConfig(file)).toThrow(`${file} has 2 problems:`);
  });

  it("validates a file again only if it has changed", () => {
    writeFileSync(file, JSON.stringify(configFile()));
    const first = readConfig(file);
    expect(readConfig(file)).toBe(first);
    writeFileSync(file, JSON.stringify(configFile({ refresh: "when-stale" })));
    expect(readConfig(file).refresh).toBe("when-stale");
  });

  it("says why a file cannot be read", () => {
    expect(() => readConfig(`${file}.none`)).toThrow(
      `${file}.none has a problem:\n  - The file cannot be read (ENOENT). Set CONNECTIONS_FILE to use another file.`,
    );
  });

  it("accepts connections.example.json", () => {
    expect(readConfig("connections.example.json").connections.map(({ type }) => type)).toEqual([
      "OPENAI",
      "MCP_SERVER",
    ]);
  });
});
