import { describe, expect, it } from "vitest";
import { configFile, connectionEntry } from "../support/builders.ts";
import { GROUPS, inConnection, issuesOf, OTHER_TYPE, SECRET_NAME, TYPES } from "./issues.ts";

describe("the validation of a connection", () => {
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

  it("rejects a name with half a surrogate pair and shows it escaped", () => {
    expect(inConnection({ name: "a\udc00\n" })).toEqual([
      "connections[0].name (a\\udc00\\n): must not contain line breaks or control characters",
      "connections[0].name (a\\udc00\\n): contains half of a character (a lone surrogate), which no URL can carry",
    ]);
    expect(inConnection({ name: "größe-🙂" })).toEqual([]);
  });

  it.each(["name", "type", "endpoint", "environment"])("rejects a line break in %s", (key) => {
    const issue = inConnection({ [key]: "a\nDOWN NOW: b" }).join("\n");
    expect(issue).toMatch(/^connections\[0\]\..*: must not contain line breaks or control characters$/m);
  });

  it("suggests an environment with a similar name", () => {
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

  it("does not treat two connections without a name as the same", () => {
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
  ])("rejects the type %s", (type, hint) => {
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

  it("reports mutually exclusive options together with other issues", () => {
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
