import { describe, expect, it } from "vitest";
import { buildCredentials } from "../../../src/rotation/credentials/auth-data.ts";
import { CONNECTION_TYPES } from "../../../src/rotation/credentials/connection-types.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import { connection, options } from "../../support/builders.ts";
import {
  API_KEY,
  AWS,
  apiKey,
  aws,
  BASIC,
  BEARER,
  basic,
  bearer,
  dataOf,
  faultOf,
  MARKER,
  OAUTH2,
  oauth2,
  SESSION,
  session,
} from "../../support/credentials.ts";

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

  it("are keys if they are secrets that do not only name a key", () => {
    const keysOf = (type: string, fields: object) =>
      buildCredentials(connection({ type }), new Secret(JSON.stringify(fields))).keys.map((key) =>
        key.reveal(),
      );
    expect(keysOf("MONGODB", basic)).toEqual([basic.password]);
    expect(keysOf("BEDROCK", { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" })).toEqual(["key"]);
    expect(keysOf("A2A", oauth2)).toEqual(["s1"]);
  });

  it("are sent without a Basic header if a user name has no password", () => {
    const credentials = { kind: "data", data: { USERNAME: { field: "user" } } } as const;
    expect(buildCredentials(connection({ credentials }), new Secret('{"user":"svc"}')).headers).toEqual([]);
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

function renamed(secret: object): Record<string, string> {
  return Object.fromEntries(Object.keys(secret).map((option) => [option, `My ${option}`]));
}

function underNewNames(secret: object): Record<string, string> {
  return Object.fromEntries(Object.entries(secret).map(([option, value]) => [`My ${option}`, String(value)]));
}
