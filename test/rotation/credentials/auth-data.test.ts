import { describe, expect, it } from "vitest";
import type { Connection } from "../../../src/rotation/connection.ts";
import { buildCredentials } from "../../../src/rotation/credentials/auth-data.ts";
import { CONNECTION_TYPES } from "../../../src/rotation/credentials/connection-types.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import { connection, options } from "../../support/builders.ts";

const apiKey = { "api-key": "k1" };
const basic = { username: "u1", password: "p1" };
const bearer = { token: "t1" };
const oauth2 = {
  "token-endpoint": "https://login.example.com/token",
  "client-id": "c1",
  "client-secret": "s1",
  scope: "all",
};
const aws = { "aws-access-key": "AKIA1", "aws-secret-key": "w1" };
const session = { ...aws, "aws-session-token": "x1" };

const API_KEY = { API_KEY: "k1", AUTH_TYPE: "API_KEY" };
const BASIC = { USERNAME: "u1", PASSWORD: "p1", AUTH_TYPE: "BASIC" };
const BEARER = { BEARER_TOKEN: "t1", AUTH_TYPE: "BEARER" };
const OAUTH2 = {
  OAUTH2_TOKEN_ENDPOINT: "https://login.example.com/token",
  OAUTH2_CLIENT_ID: "c1",
  OAUTH2_CLIENT_SECRET: "s1",
  OAUTH2_SCOPE: "all",
  AUTH_TYPE: "OAUTH2",
};
const AWS = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "w1" };
const SESSION = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "w1", AWS_SESSION_TOKEN: "x1" };

const TABLE = [
  { type: "OPENAI", secret: apiKey, data: API_KEY },
  { type: "AZUREML", secret: apiKey, data: API_KEY },
  { type: "AZUREOPENAI", secret: apiKey, data: API_KEY },
  { type: "ANTHROPIC", secret: apiKey, data: API_KEY },
  { type: "FIREWORKSAI", secret: apiKey, data: API_KEY },
  { type: "GOOGLEAI", secret: apiKey, data: API_KEY },
  { type: "PINECONE", secret: apiKey, data: API_KEY },
  { type: "COSMOSDB", secret: apiKey, data: API_KEY },
  { type: "BEDROCK", secret: aws, data: AWS },
  { type: "BEDROCK", secret: session, data: SESSION },
  { type: "SAGEMAKER", secret: aws, data: AWS },
  { type: "SAGEMAKER", secret: session, data: SESSION },
  { type: "S3VECTORS", secret: aws, data: AWS },
  { type: "S3VECTORS", secret: session, data: SESSION },
  { type: "VERTEXAI", secret: { "service-key": "{}" }, data: { SERVICE_KEY: "{}" } },
  { type: "MONGODB", secret: basic, data: BASIC },
  { type: "COUCHBASE", secret: basic, data: BASIC },
  { type: "CONFLUENT_JDBC", secret: basic, data: BASIC },
  { type: "ELASTIC", secret: apiKey, data: API_KEY },
  { type: "ELASTIC", secret: basic, data: BASIC },
  { type: "REST", secret: basic, data: BASIC },
  { type: "REST", secret: bearer, data: BEARER },
  { type: "REST", secret: oauth2, data: OAUTH2 },
  { type: "A2A", secret: basic, data: BASIC },
  { type: "A2A", secret: bearer, data: BEARER },
  { type: "A2A", secret: oauth2, data: OAUTH2 },
  { type: "A2A", secret: apiKey, data: API_KEY },
  { type: "MCP_SERVER", secret: basic, data: BASIC },
  { type: "MCP_SERVER", secret: bearer, data: BEARER },
  { type: "MCP_SERVER", secret: oauth2, data: OAUTH2 },
  { type: "MCP_SERVER", secret: apiKey, data: API_KEY },
  {
    type: "MCP_SERVER",
    secret: { ...apiKey, "sse-endpoint": "https://mcp.example.com/sse", "transport-type": "sse" },
    data: { ...API_KEY, SSE_ENDPOINT: "https://mcp.example.com/sse", TRANSPORT_TYPE: "SSE" },
  },
] as const;

const MARKER = "s3cr3t-marker";
const SERVICE_ACCOUNT = `{\n  "type": "service_account",\n  "private_key": "-----BEGIN\\n${MARKER}\\n",\n  "client_email": "me@example.com"\n}\n`;

function dataOf(overrides: Partial<Connection>, secret: unknown): unknown {
  const text = typeof secret === "string" ? secret : JSON.stringify(secret);
  return JSON.parse(buildCredentials(connection(overrides), new Secret(text)).data.reveal());
}

function faultOf(overrides: Partial<Connection>, secret: unknown): string {
  try {
    return `no fault: ${JSON.stringify(dataOf(overrides, secret))}`;
  } catch (error) {
    expect(error).toMatchObject({ name: "SecretError", errorClass: "secret" });
    expect(error).not.toHaveProperty("cause");
    expect(String((error as Error).stack)).not.toContain(MARKER);
    return (error as Error).message;
  }
}

describe("credentials of a type", () => {
  it("are tested for every type", () => {
    expect([...CONNECTION_TYPES.keys()]).toEqual([...new Set(TABLE.map(({ type }) => type))]);
    expect(CONNECTION_TYPES.size).toBe(19);
  });

  it.each(TABLE)("$type takes $secret", ({ type, secret, data }) => {
    expect(dataOf({ type }, secret)).toEqual(data);
    expect(dataOf({ type }, { ...secret, note: "not sent", nothing: null, n: 1 })).toEqual(data);
    expect(
      dataOf({ type, credentials: options({ fields: renamed(secret) }) }, { ...underNewNames(secret), n: 1 }),
    ).toEqual(data);
    expect(dataOf({ type, credentials: options({ values: secret }) }, { n: MARKER })).toEqual(data);
  });

  it.each(TABLE)("$type lacks each field that is missing from $secret", ({ type, secret }) => {
    const optional = ["aws-session-token", "sse-endpoint", "transport-type"];
    for (const option of Object.keys(secret).filter((each) => !optional.includes(each))) {
      const rest = Object.fromEntries(Object.entries(secret).filter(([key]) => key !== option));
      expect(faultOf({ type }, { ...rest, note: MARKER })).toMatch(
        /^Secret prod\/openai (lacks|has) the field/,
      );
    }
  });

  it("are listed without their values", () => {
    const secret = new Secret(JSON.stringify({ ...session, note: "n" }));
    expect(buildCredentials(connection({ type: "BEDROCK" }), secret).options).toEqual([
      "aws-access-key",
      "aws-secret-key",
      "aws-session-token",
    ]);
  });

  it("are secrets if they come from the secret, unless they only say how a credential is used", () => {
    const { "client-id": clientId, ...secret } = oauth2;
    const credentials = options({ values: { "client-id": clientId } });
    const text = new Secret(
      JSON.stringify({ ...secret, "sse-endpoint": "https://e", "transport-type": "sse" }),
    );
    const { secrets } = buildCredentials(connection({ type: "MCP_SERVER", credentials }), text);
    expect(secrets.map((each) => each.reveal())).toEqual(["s1"]);
  });

  it("are taken from AWS's managed MongoDB Atlas secret as it is", () => {
    const managed = { ...basic, clusterUrl: "mongodb+srv://c", databaseName: "d", groupId: "g" };
    expect(dataOf({ type: "MONGODB" }, managed)).toEqual(BASIC);
  });

  it.each(["constructor", "toString", "__proto__", "openai", "SNOWFLAKE"])(
    "are unknown for type %s",
    (type) => {
      expect(faultOf({ type }, apiKey)).toBe(
        `Type ${type} is not known; spell its backend keys out under "data".`,
      );
    },
  );
});

describe("spellings", () => {
  it.each(["api-key", "api_key", "apiKey", "API_KEY"])("an API key is found under %s", (key) => {
    expect(dataOf({}, { [key]: "k1" })).toEqual(API_KEY);
  });

  it.each([
    ["aws-access-key", "aws-secret-key", "aws-session-token"],
    ["aws_access_key", "aws_secret_key", "aws_session_token"],
    ["awsAccessKey", "awsSecretKey", "awsSessionToken"],
    ["AWS_ACCESS_KEY", "AWS_SECRET_KEY", "AWS_SESSION_TOKEN"],
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"],
  ])("AWS keys are found under %s", (access, secret, token) => {
    expect(dataOf({ type: "BEDROCK" }, { [access]: "AKIA1", [secret]: "w1", [token]: "x1" })).toEqual(
      SESSION,
    );
  });

  it.each(["BEARER_TOKEN", "apikey", "ApiKey", "Api-Key"])("%s is not a usual spelling", (key) => {
    expect(faultOf({ type: key === "BEARER_TOKEN" ? "REST" : "OPENAI" }, { [key]: MARKER })).toContain(
      "field",
    );
  });

  it("two spellings with the same value are accepted", () => {
    expect(dataOf({}, { "api-key": "k1", API_KEY: "k1", api_key: null })).toEqual(API_KEY);
  });

  it("two spellings with different values are an error that names both", () => {
    expect(faultOf({}, { apiKey: "k1", "api-key": MARKER })).toBe(
      'Secret prod/openai has different values under "api-key" and "apiKey"; name the right one under "fields".',
    );
  });

  it("a third spelling with another value is an error too", () => {
    expect(faultOf({}, { "api-key": "k1", api_key: "k1", API_KEY: MARKER })).toContain(
      'under "api-key" and "API_KEY"',
    );
  });

  it("a configured field is used even if spellings disagree", () => {
    const credentials = options({ fields: { "api-key": "API_KEY" } });
    expect(dataOf({ credentials }, { "api-key": "old", API_KEY: "k1" })).toEqual(API_KEY);
  });
});

describe("fields and values", () => {
  it("an option without a configured field is found under its usual spellings", () => {
    const credentials = options({ fields: { "aws-access-key": "ID" } });
    const secret = { ID: "AKIA1", "aws-secret-key": "w1", "aws-session-token": "x1", "aws-access-key": "no" };
    expect(dataOf({ type: "BEDROCK", credentials }, secret)).toEqual(SESSION);
  });

  it("one field chooses its group", () => {
    const credentials = options({ fields: { username: "user" } });
    const secret = { ...apiKey, ...bearer, user: "u1", password: "p1" };
    expect(dataOf({ type: "A2A", credentials }, secret)).toEqual(BASIC);
    expect(dataOf({ type: "MCP_SERVER", credentials }, secret)).toEqual(BASIC);
  });

  it("one value chooses its group", () => {
    const credentials = options({ values: { username: "u1" } });
    expect(dataOf({ type: "A2A", credentials }, { ...apiKey, username: "no", password: "p1" })).toEqual(
      BASIC,
    );
  });

  it("an optional value chooses none", () => {
    const credentials = options({ values: { "transport-type": "streamable_http" } });
    expect(dataOf({ type: "MCP_SERVER", credentials }, bearer)).toEqual({
      ...BEARER,
      TRANSPORT_TYPE: "STREAMABLE_HTTP",
    });
  });

  it("two complete groups are an error that names them", () => {
    expect(faultOf({ type: "A2A" }, { ...basic, ...apiKey, password: MARKER })).toBe(
      'Secret prod/openai has the fields of {username, password} or {api-key}, which exclude each other: choose under "fields".',
    );
  });

  it("an incomplete group is ignored beside a complete one", () => {
    expect(dataOf({ type: "REST" }, { ...bearer, username: "u1", scope: "all" })).toEqual(BEARER);
  });

  it("no complete group is an error that lists the choices", () => {
    expect(faultOf({ type: "ELASTIC" }, { username: MARKER })).toBe(
      'Secret prod/openai has the fields of none of {api-key} or {username, password}; name its keys under "fields".',
    );
  });

  it("the missing options of a single group are named", () => {
    expect(faultOf({ type: "BEDROCK" }, { note: MARKER })).toBe(
      'Secret prod/openai lacks the field for aws-access-key, aws-secret-key; name its key under "fields".',
    );
    expect(faultOf({ type: "MONGODB" }, { username: MARKER })).toBe(
      'Secret prod/openai lacks the field for password; name its key under "fields".',
    );
  });

  it("a configured field that is missing is an error even beside a usual spelling", () => {
    const credentials = options({ fields: { "api-key": "KEY" } });
    expect(faultOf({ credentials }, { "api-key": MARKER })).toBe('Secret prod/openai lacks the field "KEY".');
  });
});

describe("plain secrets", () => {
  it.each([
    "OPENAI",
    "AZUREML",
    "AZUREOPENAI",
    "ANTHROPIC",
    "FIREWORKSAI",
    "GOOGLEAI",
    "PINECONE",
    "COSMOSDB",
  ])("are used for the only option of %s", (type) => expect(dataOf({ type }, "k1")).toEqual(API_KEY));

  it.each(["12345", "k{1}", "a{b}", "null"])("%s is a plain secret", (text) => {
    expect(dataOf({}, text)).toEqual({ API_KEY: text, AUTH_TYPE: "API_KEY" });
  });

  it.each([
    ["BEDROCK", "{aws-access-key, aws-secret-key}"],
    ["MONGODB", "{username, password}"],
    ["ELASTIC", "{api-key} or {username, password}"],
    ["REST", "{username, password} or {token} or {token-endpoint, client-id, client-secret, scope}"],
    [
      "A2A",
      "{username, password} or {token} or {token-endpoint, client-id, client-secret, scope} or {api-key}",
    ],
    [
      "MCP_SERVER",
      "{username, password} or {token} or {token-endpoint, client-id, client-secret, scope} or {api-key}",
    ],
  ])("are an error for %s, which has a choice", (type, choices) => {
    expect(faultOf({ type }, MARKER)).toBe(
      `Secret prod/openai is not a JSON object, and the connection needs ${choices}: make it one, or name under "fields" the option that it is for.`,
    );
  });

  it("are used for the option that fields names", () => {
    expect(dataOf({ type: "A2A", credentials: options({ fields: "token" }) }, "t1")).toEqual(BEARER);
    const values = { username: "u1" };
    expect(dataOf({ type: "MONGODB", credentials: options({ fields: "password", values }) }, "p1")).toEqual(
      BASIC,
    );
  });

  it("are used for the one option that values leave open", () => {
    const { "client-secret": _, ...values } = oauth2;
    expect(dataOf({ type: "REST", credentials: options({ values }) }, "s1")).toEqual(OAUTH2);
  });

  it("are used for no other option than the one that fields names", () => {
    expect(faultOf({ type: "MONGODB", credentials: options({ fields: "password" }) }, MARKER)).toBe(
      'Secret prod/openai lacks the field for username; name its key under "fields".',
    );
    const credentials = options({ fields: "password" });
    const missing = 'Secret prod/openai lacks the field for username; name its key under "fields".';
    expect(faultOf({ type: "MONGODB", credentials }, { username: MARKER, password: "p1" })).toBe(missing);
    expect(faultOf({ type: "A2A", credentials }, MARKER)).toBe(missing);
  });

  it("are not used if values exclude each other", () => {
    const credentials = options({ values: { username: "u1", token: "t1" } });
    expect(faultOf({ type: "REST", credentials }, MARKER)).toContain("is not a JSON object");
  });

  it("have no fields", () => {
    expect(faultOf({ credentials: options({ fields: { "api-key": "KEY" } }) }, MARKER)).toBe(
      'Secret prod/openai is not a JSON object, so it has no field "KEY".',
    );
  });
});

describe("a service account", () => {
  const type = "VERTEXAI";

  it("is sent whole and unchanged", () => {
    expect(dataOf({ type }, SERVICE_ACCOUNT)).toEqual({ SERVICE_KEY: SERVICE_ACCOUNT });
    expect(dataOf({ type, credentials: options({ fields: "service-key" }) }, SERVICE_ACCOUNT)).toEqual({
      SERVICE_KEY: SERVICE_ACCOUNT,
    });
  });

  it.each(["private_key", "client_email"])("is not recognized without %s", (key) => {
    const { [key]: _, ...rest } = JSON.parse(SERVICE_ACCOUNT) as Record<string, string>;
    expect(faultOf({ type }, rest)).toContain("lacks the field for service-key");
  });

  it("may be in a field, as text or as an object", () => {
    const account = JSON.parse(SERVICE_ACCOUNT) as unknown;
    expect(dataOf({ type }, { service_key: SERVICE_ACCOUNT })).toEqual({ SERVICE_KEY: SERVICE_ACCOUNT });
    expect(dataOf({ type }, { serviceKey: account })).toEqual({ SERVICE_KEY: JSON.stringify(account) });
    const credentials = options({ fields: { "service-key": "gcp" } });
    expect(dataOf({ type, credentials }, { gcp: account })).toEqual({ SERVICE_KEY: JSON.stringify(account) });
  });

  it("is used for no other option", () => {
    expect(faultOf({ type: "OPENAI" }, SERVICE_ACCOUNT)).toContain("lacks the field for api-key");
  });

  it("may be a plain text", () => {
    expect(dataOf({ type }, "eyJ0eXBlIjo")).toEqual({ SERVICE_KEY: "eyJ0eXBlIjo" });
  });
});

describe("transport", () => {
  const type = "MCP_SERVER";

  it.each([
    ["sse", "SSE"],
    ["Streamable_Http", "STREAMABLE_HTTP"],
  ])("%s is sent as %s", (given, sent) => {
    const expected = { ...BEARER, TRANSPORT_TYPE: sent };
    expect(dataOf({ type }, { ...bearer, transportType: given })).toEqual(expected);
    expect(dataOf({ type, credentials: options({ values: { "transport-type": given } }) }, bearer)).toEqual(
      expected,
    );
  });

  it("is one of two values", () => {
    expect(faultOf({ type }, { ...bearer, "transport-type": MARKER })).toBe(
      "transport-type from secret prod/openai must be SSE or STREAMABLE_HTTP.",
    );
  });

  it("STREAMABLE_HTTP goes without an SSE endpoint", () => {
    const credentials = options({ values: { "transport-type": "STREAMABLE_HTTP" } });
    expect(faultOf({ type, credentials }, { ...bearer, SSE_ENDPOINT: MARKER })).toBe(
      "Secret prod/openai gives sse-endpoint, which does not go with STREAMABLE_HTTP.",
    );
  });

  it("an SSE endpoint needs no transport", () => {
    expect(dataOf({ type }, { ...bearer, sse_endpoint: "https://e" })).toEqual({
      ...BEARER,
      SSE_ENDPOINT: "https://e",
    });
  });
});

describe("credentials by backend key", () => {
  const data = { ACCOUNT: { value: "" }, PRIVATE: { field: "the key" } };

  it("have exactly the configured keys, for any type", () => {
    const credentials = { kind: "data", data } as const;
    expect(dataOf({ type: "SNOWFLAKE", credentials }, { "the key": "k1", api_key: "no" })).toEqual({
      ACCOUNT: "",
      PRIVATE: "k1",
    });
    const secret = new Secret(JSON.stringify({ "the key": "k1" }));
    expect(buildCredentials(connection({ credentials }), secret).options).toEqual(["ACCOUNT", "PRIVATE"]);
  });

  it.each([
    [{ other: MARKER }, 'Secret prod/openai lacks the field "the key".'],
    [MARKER, 'Secret prod/openai is not a JSON object, so it has no field "the key".'],
    [
      { "the key": { a: MARKER } },
      'Field "the key" of secret prod/openai is of type object; it must be a string.',
    ],
  ])("lack what is not in the secret", (secret, message) => {
    expect(faultOf({ credentials: { kind: "data", data } }, secret)).toBe(message);
  });
});

describe("secrets that cannot be used", () => {
  it.each(["", " ", "\n\t "])("%j is empty", (text) => {
    expect(faultOf({}, text)).toBe("Secret prod/openai is empty.");
    const credentials = { kind: "data", data: { PRIVATE: { field: "key" } } } as const;
    expect(faultOf({ credentials }, text)).toBe("Secret prod/openai is empty.");
  });

  it.each([`{"api-key": "${MARKER}"`, `{'api-key': '${MARKER}'}`, `{${MARKER}}`, `  {"a": ${MARKER}}`, "{"])(
    "%s is malformed",
    (text) => expect(faultOf({}, text)).toBe("Secret prod/openai begins like JSON but cannot be parsed."),
  );

  it.each([
    [1234567890123, "number"],
    [true, "boolean"],
    [[MARKER], "array"],
    [{ value: MARKER }, "object"],
  ])("a field with %j has the wrong type", (value, type) => {
    const message = (key: string) =>
      `Field "${key}" of secret prod/openai is of type ${type}; it must be a string.`;
    expect(faultOf({}, { "api-key": value })).toBe(message("api-key"));
    expect(faultOf({ credentials: options({ fields: { "api-key": "K" } }) }, { K: value })).toBe(
      message("K"),
    );
  });

  it("a named field with null has the wrong type", () => {
    expect(faultOf({ credentials: options({ fields: { "api-key": "K" } }) }, { K: null })).toBe(
      'Field "K" of secret prod/openai is of type null; it must be a string.',
    );
  });

  it("a usual field with null is missing", () => {
    expect(faultOf({}, { "api-key": null, note: MARKER })).toContain("lacks the field for api-key");
  });

  it.each(["", "  "])("a field with %j is empty", (value) => {
    expect(faultOf({}, { "api-key": value })).toBe('Field "api-key" of secret prod/openai is empty.');
    expect(faultOf({ type: "MONGODB" }, { username: "u1", password: value })).toBe(
      'Field "password" of secret prod/openai is empty.',
    );
  });

  it.each(["constructor", "__proto__"])("%s is not a field unless the secret has it", (key) => {
    const credentials = options({ fields: { "api-key": key } });
    expect(faultOf({ credentials }, { note: MARKER })).toBe(`Secret prod/openai lacks the field "${key}".`);
    expect(dataOf({ credentials }, `{"${key}": "k1"}`)).toEqual(API_KEY);
  });
});

describe("characters around a key", () => {
  const fields = (option: string) => ({ credentials: options({ fields: { [option]: "K" } }) });

  it.each(["k1\n", "k1\r\n", " k1", "\tk1 ", "\uFEFFk1", "k1\u200B", "\u00A0k1\u2028"])(
    "are removed from a field and a plain secret if they are white space: %j",
    (text) => {
      expect(dataOf({}, { "api-key": text })).toEqual(API_KEY);
      expect(dataOf(fields("api-key"), { K: text })).toEqual(API_KEY);
      expect(dataOf({}, text)).toEqual(API_KEY);
      expect(
        dataOf({ credentials: { kind: "data", data: { API_KEY: { field: "K" } } } }, { K: text }),
      ).toEqual({ API_KEY: "k1" });
    },
  );

  it.each([
    ...["api-key", "aws-access-key", "aws-secret-key", "aws-session-token"],
    ...["token", "client-id", "client-secret", "service-key", "token-endpoint", "scope"],
    ...["sse-endpoint"],
  ])("are removed from the option %s", (option) => {
    const [type, rest] =
      {
        "api-key": ["OPENAI", {}] as const,
        token: ["REST", {}] as const,
        "service-key": ["VERTEXAI", {}] as const,
        "sse-endpoint": ["MCP_SERVER", apiKey] as const,
      }[option] ?? (option.startsWith("aws") ? (["BEDROCK", session] as const) : (["REST", oauth2] as const));
    expect(dataOf({ type }, { ...rest, [option]: " a1\n" })).toEqual(
      dataOf({ type }, { ...rest, [option]: "a1" }),
    );
  });

  it("do not make two spellings of one value disagree", () => {
    expect(dataOf({}, { "api-key": "k1", apiKey: "k1\n" })).toEqual(API_KEY);
  });

  it.each([
    [`"${MARKER}"`, "is in quotes; store it without them."],
    [` "${MARKER}"\n`, "is in quotes; store it without them."],
    [`\\"${MARKER}\\"`, "is in quotes; store it without them."],
    [`["${MARKER}"]`, "holds a JSON list where a key is expected; store the key alone."],
    [`{"key": "${MARKER}"}`, "holds a JSON document where a key is expected; store the key alone."],
    [`"${MARKER}`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`${MARKER}"`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`'${MARKER}'`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`\u201C${MARKER}\u201D`, "holds a key with a quotation mark at its beginning or end; store it without."],
    [`Bearer ${MARKER}`, "begins with the name of an authorization scheme; store the key alone."],
    [
      `${MARKER}\n${MARKER}`,
      "holds a line break or another control character inside a key; store the key alone.",
    ],
    [`${MARKER}\u0000`, "holds a line break or another control character inside a key; store the key alone."],
    [
      `sk-\u200B${MARKER}`,
      "holds a line break or another control character inside a key; store the key alone.",
    ],
    [`${MARKER}\\n`, "holds a key that ends in an escape sequence such as \\n; store it without."],
    ["\u200B", "is empty."],
  ])("are refused in a field: %j", (value, words) => {
    expect(faultOf({}, { "api-key": value })).toBe(`Field "api-key" of secret prod/openai ${words}`);
    expect(faultOf(fields("api-key"), { K: value })).toBe(`Field "K" of secret prod/openai ${words}`);
    const credentials = { kind: "data", data: { BEARER_TOKEN: { field: "K" } } } as const;
    expect(faultOf({ credentials }, { K: value })).toBe(`Field "K" of secret prod/openai ${words}`);
  });

  it.each([
    [`"${MARKER}"`, "Secret prod/openai is in quotes; store it without them."],
    [JSON.stringify(`{"api-key": "${MARKER}"}`), "Secret prod/openai is in quotes; store it without them."],
    [`["${MARKER}"]`, "Secret prod/openai holds a JSON list where a key is expected; store the key alone."],
    [
      `${MARKER}\n${MARKER}`,
      "Secret prod/openai holds a line break or another control character inside a key; store the key alone.",
    ],
  ])("are refused in a plain secret: %j", (text, message) => {
    expect(faultOf({}, text)).toBe(message);
    expect(faultOf({ type: "ELASTIC", credentials: options({ fields: "api-key" }) }, text)).toBe(message);
  });

  it("are refused around a service account", () => {
    const type = "VERTEXAI";
    expect(faultOf({ type }, { "service-key": `"{\\"a\\":\\"${MARKER}\\"}"` })).toContain("is in quotes");
    expect(faultOf({ type }, { "service-key": `{"a":"${MARKER}"` })).toBe(
      'Field "service-key" of secret prod/openai begins like JSON but cannot be parsed.',
    );
  });

  it("may be anything but quotes if the form of a value is unknown", () => {
    const credentials = { kind: "data", data: { PEM: { field: "K" } } } as const;
    const pem = "-----BEGIN\nabc\n-----END";
    expect(dataOf({ credentials }, { K: `${pem}\n` })).toEqual({ PEM: pem });
    expect(dataOf({ credentials }, { K: '{"a": ["b"]}' })).toEqual({ PEM: '{"a": ["b"]}' });
    expect(faultOf({ credentials }, { K: `"${MARKER}"` })).toContain("is in quotes");
    expect(faultOf({ credentials }, { K: "\u200B" })).toBe('Field "K" of secret prod/openai is empty.');
  });
});

describe("a user name and a password", () => {
  const remark = (name: string) =>
    `The ${name} from secret prod/openai begins or ends with white space; it is sent unchanged.`;
  const remarksOf = (overrides: Partial<Connection>, secret: object) =>
    buildCredentials(connection(overrides), new Secret(JSON.stringify(secret))).remarks;

  it.each([" p", "p\n", '"p"', "[p]", "a b", "a\tb", "{}"])("are sent as they are: %j", (text) => {
    expect(dataOf({ type: "MONGODB" }, { username: text, password: text })).toEqual({
      USERNAME: text,
      PASSWORD: text,
      AUTH_TYPE: "BASIC",
    });
  });

  it("may be a whole secret with quotation marks that are not around it", () => {
    const credentials = options({ fields: "password", values: { username: "u1" } });
    for (const text of ['"a" and more', 'more and "a"'])
      expect(dataOf({ type: "MONGODB", credentials }, text)).toMatchObject({ PASSWORD: text });
    expect(faultOf({ type: "MONGODB", credentials }, `"${MARKER}"`)).toContain("is in quotes");
  });

  it("cause a remark if they begin or end with white space", () => {
    const type = "MONGODB";
    expect(remarksOf({ type }, { username: " u", password: "p\n" })).toEqual([
      remark("username"),
      remark("password"),
    ]);
    expect(remarksOf({ type }, { username: "u", password: "a b" })).toEqual([]);
    const data = { USER: { field: "u" }, DB_PASS: { field: "p" }, X: { value: " " } };
    expect(remarksOf({ credentials: { kind: "data", data } }, { u: "u", p: "p " })).toEqual([
      remark("DB_PASS"),
    ]);
  });

  it("cause no remark if they are not sent", () => {
    expect(remarksOf({ type: "REST" }, { token: " t1", username: " u" })).toEqual([]);
  });

  it("are the only values that cause one: a service account may end in a line break", () => {
    expect(remarksOf({ type: "VERTEXAI" }, { "service-key": SERVICE_ACCOUNT })).toEqual([]);
  });
});

describe("the limit of 4,000 bytes", () => {
  const overhead = JSON.stringify({ API_KEY: "", AUTH_TYPE: "API_KEY" }).length;

  it("accepts data of exactly that size", () => {
    const key = "k".repeat(4_000 - overhead);
    expect(dataOf({}, key)).toEqual({ API_KEY: key, AUTH_TYPE: "API_KEY" });
  });

  it("refuses one byte more and names the options", () => {
    expect(faultOf({}, MARKER.padEnd(4_001 - overhead, "k"))).toBe(
      "Secret prod/openai is too long: api-key come to 4001 bytes; Confluent takes 4000 at most.",
    );
  });

  it("counts bytes, not characters", () => {
    expect(faultOf({}, MARKER + "é".repeat(1_990))).toContain("4029 bytes");
  });

  it("names every option that adds to it", () => {
    expect(faultOf({ type: "MONGODB" }, { username: "u1", password: MARKER.repeat(400) })).toContain(
      "username, password come to",
    );
  });
});

function renamed(secret: object): Record<string, string> {
  return Object.fromEntries(Object.keys(secret).map((option) => [option, `My ${option}`]));
}

function underNewNames(secret: object): Record<string, string> {
  return Object.fromEntries(Object.entries(secret).map(([option, value]) => [`My ${option}`, String(value)]));
}
