import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";

const TYPES =
  "OPENAI, AZUREML, AZUREOPENAI, ANTHROPIC, FIREWORKSAI, GOOGLEAI, PINECONE, COSMOSDB, BEDROCK, SAGEMAKER, S3VECTORS, VERTEXAI, MONGODB, COUCHBASE, CONFLUENT_JDBC, ELASTIC, REST, A2A, MCP_SERVER";
const GROUPS = "{username, password} or {token} or {token-endpoint, client-id, client-secret, scope}";

function faultsOfText(text: string): readonly string[] {
  try {
    parseConfig(text, "connections.json");
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

const faultsOf = (file: unknown) => faultsOfText(JSON.stringify(file));
const inConnection = (overrides: Record<string, unknown>) =>
  faultsOf(configFile({ connections: [connectionEntry(overrides)] }));
const inEnvironment = (overrides: Record<string, unknown>) =>
  faultsOf(configFile({ environments: { prod: environmentEntry(overrides) } }));

describe("faults of connections.json", () => {
  it("are none where all is well", () => {
    expect(faultsOf(configFile())).toEqual([]);
  });

  it("are named all at once, whatever else is wrong", () => {
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
    expect(faultsOf(file).toSorted()).toEqual(
      [
        "environments.prod.organizationId: Invalid input: expected string, received number",
        "environments.prod.environmentId: Invalid input: expected string, received undefined",
        'environments.prod.cloud: Invalid option: expected one of "aws"|"azure"|"gcp"',
        "environments.prod.apiKeySecret: must be a secret's name (letters, digits, /_+=.@-), partial ARN or full ARN",
        "environments.prod.extra: unknown key",
        "environments.prod: needs either cloud and region, or restEndpoint",
        "environments.unused.restEndpoint: must be an https URL without a query (http only for loopback addresses)",
        "environments.unused: needs either cloud and region, or restEndpoint",
        "environments.unused: no connection uses it",
        "connections[0].name: Invalid input: expected string, received number",
        "connections[0].secret: must be a secret's name (letters, digits, /_+=.@-), partial ARN or full ARN",
        "connections[0].colour: unknown key",
        `connections[0].type: "CASSANDRA" is not one of ${TYPES}; for another type, spell its backend keys out under data`,
        "connections[1].secret: Invalid input: expected string, received undefined",
        'connections[1].environment: "staging" is not one of prod, unused',
        'connections[1].fields.token: MONGODB takes no option "token"; it takes username, password',
        "connections[2].environment: must be given, since there are several: prod, unused",
        `connections[2]: username, token exclude each other; REST needs ${GROUPS}`,
        "connections[3].data: must name at least one backend key",
        "connections[3].fields: must be an option, or a key of the secret for each option",
        "connections[3].environment: must be given, since there are several: prod, unused",
        "connections[3]: the same connection as connections[2]",
        "connections[4]: Invalid input: expected object, received string",
        "connections[4].environment: must be given, since there are several: prod, unused",
        "rollout.canary: Invalid input: expected boolean, received string",
        "timing.readyTimeoutSeconds: Too small: expected number to be >0",
        "timing.graceSeconds: Too big: expected number to be <=600",
        "propagationLabel: must not begin with AWS: those labels belong to Secrets Manager",
        'refresh: Invalid option: expected one of "always"|"when-stale"',
        "more: unknown key",
      ].toSorted(),
    );
  });

  it.each([
    ["null", "null"],
    ["[]", "array"],
    ["5", "number"],
  ])("%s is no object", (text, type) => {
    expect(faultsOfText(text)).toEqual([`Invalid input: expected object, received ${type}`]);
  });

  it.each(["", "{", "{'a':1}"])("%j is no JSON", (text) => {
    expect(faultsOfText(text)).toEqual([expect.stringMatching(/^It is not valid JSON: .+/)]);
  });

  it("both lists must be there and have something in them", () => {
    expect(faultsOf({})).toEqual([
      "environments: Invalid input: expected record, received undefined",
      "connections: Invalid input: expected array, received undefined",
    ]);
    expect(faultsOf({ environments: {}, connections: [] })).toEqual([
      "environments: must name at least one environment",
      "connections: must list at least one connection",
    ]);
    expect(faultsOf({ environments: {}, connections: [connectionEntry()] })).toEqual([
      "environments: must name at least one environment",
    ]);
  });

  it("an environment has a name", () => {
    expect(faultsOf(configFile({ environments: { "": environmentEntry() } }))).toEqual([
      "environments.: the key must not be empty",
    ]);
  });

  it("an environment that is no object is named once", () => {
    expect(faultsOf(configFile({ environments: { prod: 5 } }))).toEqual([
      "environments.prod: Invalid input: expected object, received number",
    ]);
  });
});

describe("faults of an environment", () => {
  it.each([
    [{ region: undefined }],
    [{ cloud: undefined }],
    [{ cloud: undefined, region: undefined }],
    [{ restEndpoint: "https://e" }],
    [{ restEndpoint: "https://e", cloud: undefined }],
    [{ restEndpoint: "https://e", region: undefined }],
  ])("%j leaves its address open", (overrides) => {
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
  ])("%j is no restEndpoint", (restEndpoint) => {
    expect(inEnvironment({ restEndpoint, cloud: undefined, region: undefined })).toEqual([
      "environments.prod.restEndpoint: must be an https URL without a query (http only for loopback addresses)",
    ]);
  });

  it.each(["", "us west", "us-west-2.evil.com", "a/b", "US-WEST-2"])("%j is no region", (region) => {
    expect(inEnvironment({ region })).toEqual([
      "environments.prod.region: must be a region such as us-west-2",
    ]);
  });

  it.each(["organizationId", "environmentId"])("a blank %s is empty", (key) => {
    expect(inEnvironment({ [key]: " " })).toEqual([`environments.prod.${key}: must not be empty`]);
  });
});

describe("faults of a connection", () => {
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
  ])("%j is no secret", (secret) => {
    expect(inConnection({ secret })).toEqual([
      "connections[0].secret: must be a secret's name (letters, digits, /_+=.@-), partial ARN or full ARN",
    ]);
  });

  it.each(["endpoint", "name"])("a blank %s is empty", (key) => {
    expect(inConnection({ [key]: " " })).toEqual([`connections[0].${key}: must not be empty`]);
  });

  it("a blank key of the secret is empty", () => {
    expect(inConnection({ fields: { "api-key": " " } })).toEqual([
      "connections[0].fields.api-key: must not be empty",
    ]);
    expect(inConnection({ values: { "api-key": "" } })).toEqual([
      "connections[0].values.api-key: must not be empty",
    ]);
  });

  it("its name has at most 100 characters", () => {
    expect(inConnection({ name: "n".repeat(100) })).toEqual([]);
    expect(inConnection({ name: "n".repeat(101) })).toEqual([
      "connections[0].name: must have at most 100 characters",
    ]);
  });

  it("is there once", () => {
    const connections = [
      connectionEntry(),
      connectionEntry({ name: "b" }),
      connectionEntry({ environment: "prod" }),
    ];
    expect(faultsOf(configFile({ connections }))).toEqual([
      "connections[2]: the same connection as connections[0]",
    ]);
  });

  it("two without a name are not the same", () => {
    const nameless = connectionEntry({ name: undefined });
    expect(faultsOf(configFile({ connections: [nameless, nameless] }))).toEqual([
      "connections[0].name: Invalid input: expected string, received undefined",
      "connections[1].name: Invalid input: expected string, received undefined",
    ]);
  });

  it("without a type is not judged by one", () => {
    expect(inConnection({ type: undefined, values: { colour: "red" } })).toEqual([
      "connections[0].type: Invalid input: expected string, received undefined",
    ]);
  });

  it.each(["constructor", "openai", "CASSANDRA"])("%s is no type", (type) => {
    expect(inConnection({ type, fields: "colour" })).toEqual([
      `connections[0].type: "${type}" is not one of ${TYPES}; for another type, spell its backend keys out under data`,
    ]);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ fields: "token" }, 'fields: OPENAI takes no option "token"; it takes api-key'],
    [
      { fields: { constructor: "a" } },
      'fields.constructor: OPENAI takes no option "constructor"; it takes api-key',
    ],
    [{ values: { colour: "red" } }, 'values.colour: OPENAI takes no option "colour"; it takes api-key'],
    [
      { type: "BEDROCK", fields: "api-key" },
      'fields: BEDROCK takes no option "api-key"; it takes aws-access-key, aws-secret-key, aws-session-token',
    ],
    [
      { fields: "api-key", values: { "api-key": "k" } },
      'values.api-key: "api-key" is also in fields; give it once',
    ],
    [
      { fields: { "api-key": "K" }, values: { "api-key": "k" } },
      'values.api-key: "api-key" is also in fields; give it once',
    ],
    [
      { data: { A: { value: "a" } }, fields: "api-key" },
      "data: takes the place of fields and values; give one or the other",
    ],
    [
      { data: { A: { value: "a" } }, values: {} },
      "data: takes the place of fields and values; give one or the other",
    ],
    [{ data: { A: { feild: "a" } } }, 'data.A: must be {"field": "…"} or {"value": "…"}'],
    [{ data: { A: { field: "a", value: "b" } } }, 'data.A: must be {"field": "…"} or {"value": "…"}'],
    [{ data: { "": { value: "b" } } }, "data.: the key must not be empty"],
    [
      { type: "MCP_SERVER", values: { "transport-type": "stdio" } },
      "values.transport-type: must be SSE or STREAMABLE_HTTP",
    ],
    [
      { type: "MCP_SERVER", values: { "transport-type": "streamable_http", "sse-endpoint": "https://e" } },
      "values.sse-endpoint: does not go with STREAMABLE_HTTP",
    ],
    [
      { type: "MCP_SERVER", values: { "transport-type": 5 } },
      "values.transport-type: Invalid input: expected string, received number",
    ],
    [{ canary: "yes" }, "canary: Invalid input: expected boolean, received string"],
    [{ enviroment: "prod" }, "enviroment: unknown key"],
  ])("%j is wrong", (overrides, fault) => {
    expect(inConnection(overrides)).toEqual([`connections[0].${fault}`]);
  });

  it("options of two groups exclude each other, beside other faults", () => {
    const entry = {
      type: "REST",
      fields: { username: "U", colour: "C" },
      values: { token: "t", username: "u" },
    };
    expect(inConnection(entry)).toEqual([
      `connections[0].fields.colour: REST takes no option "colour"; it takes username, password, token, token-endpoint, client-id, client-secret, scope`,
      'connections[0].values.username: "username" is also in fields; give it once',
      `connections[0]: username, token exclude each other; REST needs ${GROUPS}`,
    ]);
  });
});

describe("faults of the rest", () => {
  it.each([
    [{ readyTimeoutSeconds: 900, graceSeconds: 600, confirmSeconds: 300 }, []],
    [{ readyTimeoutSeconds: 0.5 }, []],
    [{ readyTimeoutSeconds: 901 }, ["timing.readyTimeoutSeconds: Too big: expected number to be <=900"]],
    [{ confirmSeconds: 0 }, []],
    [{ confirmSeconds: 301 }, ["timing.confirmSeconds: Too big: expected number to be <=300"]],
    [{ confirmSeconds: -1 }, ["timing.confirmSeconds: Too small: expected number to be >=0"]],
    [{ graceSeconds: -1 }, ["timing.graceSeconds: Too small: expected number to be >=0"]],
    [{ seconds: 1 }, ["timing.seconds: unknown key"]],
  ])("timing %j", (timing, faults) => {
    expect(faultsOf(configFile({ timing }))).toEqual(faults);
  });

  it.each([
    ["FLINK_READY", []],
    ["L".repeat(256), []],
    ["MY_AWS", []],
    ["L".repeat(257), ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["a b", ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["", ["propagationLabel: must be a staging label: letters, digits and /_+=.@-"]],
    ["AWSCURRENT", ["propagationLabel: must not begin with AWS: those labels belong to Secrets Manager"]],
  ])("propagationLabel %s", (propagationLabel, faults) => {
    expect(faultsOf(configFile({ propagationLabel }))).toEqual(faults);
  });

  it("verification knows its keys and choices", () => {
    expect(faultsOf(configFile({ verification: { require: "applied" } }))).toEqual([]);
    expect(faultsOf(configFile({ verification: { require: "never", provide: true } }))).toEqual([
      'verification.require: Invalid option: expected one of "auto"|"ready"|"applied"',
      "verification.provide: unknown key",
    ]);
  });

  it("rollout knows its keys and choices", () => {
    expect(faultsOf(configFile({ rollout: { onRejected: "undo", waves: 2 } }))).toEqual([
      'rollout.onRejected: Invalid option: expected one of "keep"|"rollback"',
      "rollout.waves: unknown key",
    ]);
  });
});
