import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";

const TYPES =
  "OPENAI, AZUREML, AZUREOPENAI, ANTHROPIC, FIREWORKSAI, GOOGLEAI, PINECONE, COSMOSDB, BEDROCK, SAGEMAKER, S3VECTORS, VERTEXAI, MONGODB, COUCHBASE, CONFLUENT_JDBC, ELASTIC, REST, A2A, MCP_SERVER";
const ADDRESS = "https://FLINK.us-west-2.aws.confluent.cloud/";
const SECRET_NAME = "must be a secret's name (letters, digits, /_+=.@!-), partial ARN or full ARN";
const OTHER_TYPE = "For any other type, list its backend keys under data.";
const GROUPS = "{username, password} or {token} or {token-endpoint, client-id, client-secret, scope}";

function issuesOfText(text: string): readonly string[] {
  try {
    parseConfig(text, "connections.json");
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

const issuesOf = (file: unknown) => issuesOfText(JSON.stringify(file));
const inConnection = (overrides: Record<string, unknown>) =>
  issuesOf(configFile({ connections: [connectionEntry(overrides)] }));
const inEnvironment = (overrides: Record<string, unknown>) =>
  issuesOf(configFile({ environments: { prod: environmentEntry(overrides) } }));

describe("issues of connections.json", () => {
  it("are empty for a valid file", () => {
    expect(issuesOf(configFile())).toEqual([]);
  });

  it("are listed all at once, those of one connection together", () => {
    const file = {
      environments: {
        prod: { organizationId: 5, cloud: "ibm", apiKeySecret: "a b", extra: 1 },
        unused: environmentEntry({ restEndpoint: "http://example.com" }),
      },
      connections: [
        { name: 5, type: "CASSANDRA", environment: "prod", secret: "", colour: "red" },
        { name: "a", environment: "staging", type: "MONGODB", fields: { token: "T" } },
        { name: "b", type: "REST", secret: "s", values: { username: "u", token: "t" } },
        { name: "b", type: "REST", secret: "s", data: {}, fields: 5 },
        "c",
      ],
      rollout: { canary: "yes" },
      timing: { readyTimeoutSeconds: 0, graceSeconds: 601 },
      propagationLabel: "AWSREADY",
      refresh: "never",
      more: true,
    };
    expect(issuesOf(file)).toEqual([
      "environments.prod.organizationId: must be a string, not a number",
      "environments.prod.environmentId: is missing",
      'environments.prod.cloud: must be "aws", "azure", or "gcp"',
      `environments.prod.apiKeySecret: ${SECRET_NAME}`,
      "environments.prod.extra: unknown key",
      "environments.unused.restEndpoint: must be an https URL without a query (http only for loopback addresses)",
      "environments.prod: needs either cloud and region, or restEndpoint",
      "environments.unused: needs either cloud and region, or restEndpoint",
      "environments.unused: no connection uses it",
      "connections[0].name: must be a string, not a number",
      "connections[0].secret: must not be empty",
      "connections[0].colour: unknown key",
      `connections[0].type: "CASSANDRA" is not a known type. Known types are ${TYPES}. ${OTHER_TYPE}`,
      "connections[1].secret (a): is missing",
      'connections[1].environment (a): there is no environment "staging". There are: prod, unused.',
      'connections[1].fields.token (a): MONGODB has no option "token". It takes username, password.',
      "connections[2].environment (b): is missing: there are several environments (prod, unused)",
      `connections[2] (b): username, token exclude each other; REST needs ${GROUPS}`,
      "connections[3].fields (b): must be an option, or a key of the secret for each option",
      "connections[3].data (b): must name at least one backend key",
      "connections[3].environment (b): is missing: there are several environments (prod, unused)",
      "connections[3] (b): the same connection as connections[2]",
      "connections[4]: must be an object, not a string",
      "connections[4].environment: is missing: there are several environments (prod, unused)",
      "rollout.canary: must be true or false, not a string",
      "timing.readyTimeoutSeconds: must be more than 0",
      "timing.graceSeconds: must be at most 600",
      "propagationLabel: must not begin with AWS: those labels belong to Secrets Manager",
      'refresh: must be "always" or "when-stale"',
      "more: unknown key",
    ]);
  });

  it.each([
    ["null", "null"],
    ["[]", "a list"],
    ["5", "a number"],
    ["true", "true"],
  ])("reject %s, which is not an object", (text, kind) => {
    expect(issuesOfText(text)).toEqual([`must be an object, not ${kind}`]);
  });

  it.each(["", "{", "{'a':1}", "/* no end"])("reject %j, which is not JSON", (text) => {
    expect(issuesOfText(text)).toEqual([expect.stringMatching(/^It is not valid JSON: .+/)]);
  });

  it("include missing and empty lists", () => {
    expect(issuesOf({})).toEqual(["environments: is missing", "connections: is missing"]);
    expect(issuesOf({ environments: {}, connections: [] })).toEqual([
      "environments: must name at least one environment",
      "connections: must list at least one connection",
    ]);
    expect(issuesOf({ environments: {}, connections: [connectionEntry()] })).toEqual([
      "environments: must name at least one environment",
    ]);
  });

  it("include an environment without a name", () => {
    expect(issuesOf(configFile({ environments: { "": environmentEntry() } }))).toEqual([
      "environments.: the key must not be empty",
    ]);
  });

  it("list an environment that is not an object once", () => {
    expect(issuesOf(configFile({ environments: { prod: 5 } }))).toEqual([
      "environments.prod: must be an object, not a number",
    ]);
  });
});

describe("issues of an environment", () => {
  it.each([
    [{ region: undefined }],
    [{ cloud: undefined }],
    [{ cloud: undefined, region: undefined }],
    [{ restEndpoint: "https://e" }],
    [{ restEndpoint: "https://e", cloud: undefined }],
    [{ restEndpoint: "https://e", region: undefined }],
  ])("%j does not give exactly one address", (overrides) => {
    expect(inEnvironment(overrides)).toEqual([
      "environments.prod: needs either cloud and region, or restEndpoint",
    ]);
  });

  it.each([
    "http://example.com",
    "http://127.0.0.1.example.com",
    "http://my.localhost",
    "http://localhost.example.com",
    "http://my127.0.0.1.example.com",
    "http://10.0.0.1",
    "http://[::2]",
    "ftp://127.0.0.1",
    "https://user@example.com",
    "https://:password@example.com",
    "https://example.com/?a=1",
    "https://example.com/?",
    "https://example.com/#a",
    "example.com",
    "",
  ])("rejects the restEndpoint %j", (restEndpoint) => {
    expect(inEnvironment({ restEndpoint, cloud: undefined, region: undefined })).toEqual([
      "environments.prod.restEndpoint: must be an https URL without a query (http only for loopback addresses)",
    ]);
  });

  it.each(["", "us west", "us-west-2.evil.com", "a/b", "US-WEST-2"])("rejects the region %j", (region) => {
    expect(inEnvironment({ region })).toEqual([
      "environments.prod.region: must be a region such as us-west-2",
    ]);
  });

  it("is listed under one key only", () => {
    const same = environmentEntry({ cloud: undefined, region: undefined, restEndpoint: ADDRESS });
    const others = {
      other: environmentEntry({ environmentId: "env-2" }),
      elsewhere: environmentEntry({ region: "eu-west-1" }),
      foreign: environmentEntry({ organizationId: "another" }),
    };
    const environments = { prod: environmentEntry(), ...others, again: same };
    const connections = Object.keys(environments).map((environment) => connectionEntry({ environment }));
    expect(issuesOf(configFile({ environments, connections }))).toEqual([
      "environments.again: the same environment as environments.prod: organization, environment and address are equal",
    ]);
  });

  it.each([{ organizationId: undefined }, { environmentId: undefined }, { restEndpoint: "nowhere" }])(
    "is not taken for another one if both lack %j",
    (overrides) => {
      const entry = environmentEntry(overrides);
      const connections = ["a", "b"].map((environment) => connectionEntry({ environment }));
      const issues = issuesOf(configFile({ environments: { a: entry, b: entry }, connections }));
      expect(issues.filter((issue) => issue.includes("the same environment"))).toEqual([]);
    },
  );

  it.each(["organizationId", "environmentId"])("rejects half a character in %s", (key) => {
    expect(inEnvironment({ [key]: "env-\ud800" })).toEqual([
      `environments.prod.${key}: contains half of a character (a lone surrogate), which no URL can carry`,
    ]);
  });

  it.each(["organizationId", "environmentId"])("rejects a blank %s", (key) => {
    expect(inEnvironment({ [key]: " " })).toEqual([`environments.prod.${key}: must not be empty`]);
  });
});

describe("issues of a connection", () => {
  it.each([
    "a b",
    "a:b",
    "a\n",
    "é",
    "s".repeat(513),
    "arn:aws:secretsmanager:us-west-2:123:secret:a",
    "arn:aws:secretsmanager:us-west-2:123456789012:secret:",
    "arn:aws:s3:us-west-2:123456789012:secret:a",
    "xarn:aws:secretsmanager:us-west-2:123456789012:secret:a",
  ])("rejects the secret %j", (secret) => {
    expect(inConnection({ secret })).toEqual([`connections[0].secret (orders-openai): ${SECRET_NAME}`]);
  });

  it.each(["endpoint", "name"])("rejects a blank %s", (key) => {
    expect(inConnection({ [key]: " " })).toEqual([
      key === "name"
        ? "connections[0].name ( ): must not be empty"
        : `connections[0].${key} (orders-openai): must not be empty`,
    ]);
  });

  it("rejects a blank key of the secret", () => {
    expect(inConnection({ fields: { "api-key": " " } })).toEqual([
      "connections[0].fields.api-key (orders-openai): must not be empty",
    ]);
    expect(inConnection({ values: { "api-key": "" } })).toEqual([
      "connections[0].values.api-key (orders-openai): must not be empty",
    ]);
  });

  it("rejects a name with half a character, and shows it escaped", () => {
    expect(inConnection({ name: "a\udc00\n" })).toEqual([
      "connections[0].name (a\\udc00\\n): contains half of a character (a lone surrogate), which no URL can carry",
    ]);
    expect(inConnection({ name: "größe-🙂" })).toEqual([]);
  });

  it("suggests the environment that differs in few letters", () => {
    expect(inConnection({ environment: "prodd" })).toEqual(
      [
        'connections[0].environment (orders-openai): there is no environment "prodd". Did you mean "prod"?',
        "environments.prod: no connection uses it",
      ].toReversed(),
    );
  });

  it("limits a name to 100 characters", () => {
    expect(inConnection({ name: "n".repeat(100) })).toEqual([]);
    expect(inConnection({ name: "n".repeat(101) })).toEqual([
      `connections[0].name (${"n".repeat(100)}): must have at most 100 characters`,
    ]);
  });

  it("rejects a connection that is listed twice", () => {
    const connections = [
      connectionEntry(),
      connectionEntry({ name: "b" }),
      connectionEntry({ environment: "prod" }),
    ];
    expect(issuesOf(configFile({ connections }))).toEqual([
      "connections[2] (orders-openai): the same connection as connections[0]",
    ]);
  });

  it("does not take two connections without a name for the same", () => {
    const nameless = connectionEntry({ name: undefined });
    expect(issuesOf(configFile({ connections: [nameless, nameless] }))).toEqual([
      "connections[0].name: is missing",
      "connections[1].name: is missing",
    ]);
  });

  it("does not check the options of a connection without a type", () => {
    expect(inConnection({ type: undefined, values: { colour: "red" } })).toEqual([
      "connections[0].type (orders-openai): is missing",
    ]);
  });

  it.each([
    ["constructor", `Known types are ${TYPES}.`],
    ["CASSANDRA", `Known types are ${TYPES}.`],
    ["openai", 'Did you mean "OPENAI"?'],
    ["MONGO_DB", 'Did you mean "MONGODB"?'],
  ])("%s is not a known type", (type, hint) => {
    expect(inConnection({ type, fields: "colour" })).toEqual([
      `connections[0].type (orders-openai): "${type}" is not a known type. ${hint} ${OTHER_TYPE}`,
    ]);
  });

  it.each<[Record<string, unknown>, string, string]>([
    [{ fields: "token" }, "fields", 'OPENAI has no option "token". It takes api-key.'],
    [
      { fields: { constructor: "a" } },
      "fields.constructor",
      'OPENAI has no option "constructor". It takes api-key.',
    ],
    [{ values: { colour: "red" } }, "values.colour", 'OPENAI has no option "colour". It takes api-key.'],
    [{ fields: { apikey: "K" } }, "fields.apikey", 'OPENAI has no option "apikey". Did you mean "api-key"?'],
    [
      { type: "BEDROCK", fields: "api-key" },
      "fields",
      'BEDROCK has no option "api-key". It takes aws-access-key, aws-secret-key, aws-session-token.',
    ],
    [
      { fields: "api-key", values: { "api-key": "k" } },
      "values.api-key",
      '"api-key" is also in fields; give it once',
    ],
    [
      { fields: { "api-key": "K" }, values: { "api-key": "k" } },
      "values.api-key",
      '"api-key" is also in fields; give it once',
    ],
    [
      { data: { A: { value: "a" } }, fields: "api-key" },
      "data",
      "replaces fields and values; give one or the other",
    ],
    [
      { data: { A: { value: "a" } }, values: {} },
      "data",
      "replaces fields and values; give one or the other",
    ],
    [{ data: { A: { feild: "a" } } }, "data.A", 'must be {"field": "…"} or {"value": "…"}'],
    [{ data: { A: { field: "a", value: "b" } } }, "data.A", 'must be {"field": "…"} or {"value": "…"}'],
    [{ data: { "": { value: "b" } } }, "data.", "the key must not be empty"],
    [
      { type: "MCP_SERVER", values: { "transport-type": "stdio" } },
      "values.transport-type",
      "must be SSE or STREAMABLE_HTTP",
    ],
    [
      { type: "MCP_SERVER", values: { "transport-type": "streamable_http", "sse-endpoint": "https://e" } },
      "values.sse-endpoint",
      "is not allowed with STREAMABLE_HTTP",
    ],
    [
      { type: "MCP_SERVER", values: { "transport-type": 5 } },
      "values.transport-type",
      "must be a string, not a number",
    ],
    [{ canary: "yes" }, "canary", "must be true or false, not a string"],
    [{ canary: null }, "canary", "must be true or false, not null"],
    [{ enviroment: "prod" }, "enviroment", 'unknown key. Did you mean "environment"?'],
    [{ colour: "red" }, "colour", "unknown key"],
  ])("rejects %j", (overrides, path, message) => {
    expect(inConnection(overrides)).toEqual([`connections[0].${path} (orders-openai): ${message}`]);
  });

  it("reports options that exclude each other beside other issues", () => {
    const entry = {
      type: "REST",
      fields: { username: "U", colour: "C" },
      values: { token: "t", username: "u" },
    };
    expect(inConnection(entry)).toEqual([
      'connections[0].fields.colour (orders-openai): REST has no option "colour". It takes username, password, token, token-endpoint, client-id, client-secret, scope.',
      'connections[0].values.username (orders-openai): "username" is also in fields; give it once',
      `connections[0] (orders-openai): username, token exclude each other; REST needs ${GROUPS}`,
    ]);
  });
});

describe("issues of the other sections", () => {
  it.each([
    [{ readyTimeoutSeconds: 900, graceSeconds: 600, confirmSeconds: 300 }, []],
    [{ readyTimeoutSeconds: 0.5 }, []],
    [{ readyTimeoutSeconds: 901 }, ["timing.readyTimeoutSeconds: must be at most 900"]],
    [{ confirmSeconds: 0 }, []],
    [{ confirmSeconds: 301 }, ["timing.confirmSeconds: must be at most 300"]],
    [{ confirmSeconds: -1 }, ["timing.confirmSeconds: must be at least 0"]],
    [{ graceSeconds: -1 }, ["timing.graceSeconds: must be at least 0"]],
    [{ seconds: 1 }, ["timing.seconds: unknown key"]],
  ])("of timing %j", (timing, issues) => {
    expect(issuesOf(configFile({ timing }))).toEqual(issues);
  });

  it.each([
    ["FLINK_READY", []],
    ["L".repeat(256), []],
    ["MY_AWS", []],
    ["L".repeat(257), ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["a b", ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["", ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["AWSCURRENT", ["propagationLabel: must not begin with AWS: those labels belong to Secrets Manager"]],
  ])("of propagationLabel %s", (propagationLabel, issues) => {
    expect(issuesOf(configFile({ propagationLabel }))).toEqual(issues);
  });

  it("include unknown keys and choices of verification", () => {
    expect(issuesOf(configFile({ verification: { require: "applied" } }))).toEqual([]);
    expect(issuesOf(configFile({ verification: { require: "never", provide: true } }))).toEqual([
      'verification.require: must be "auto", "ready", or "applied"',
      "verification.provide: unknown key",
    ]);
  });

  it("suggest keys and choices that differ in few letters", () => {
    const file = configFile({ rollouts: {}, rollout: { onReject: "keep" }, refresh: "when-stael" });
    expect(issuesOf(file)).toEqual([
      'rollout.onReject: unknown key. Did you mean "onRejected"?',
      'refresh: must be "always" or "when-stale". Did you mean "when-stale"?',
      'rollouts: unknown key. Did you mean "rollout"?',
    ]);
  });

  it("include unknown keys and choices of rollout", () => {
    expect(issuesOf(configFile({ rollout: { onRejected: "undo", waves: 2 } }))).toEqual([
      'rollout.onRejected: must be "keep" or "rollback"',
      "rollout.waves: unknown key",
    ]);
  });
});
