import { describe, expect, it } from "vitest";
import { options } from "../../support/builders.ts";
import {
  API_KEY,
  apiKey,
  BASIC,
  BEARER,
  basic,
  bearer,
  dataOf,
  faultOf,
  MARKER,
  SESSION,
} from "../../support/credentials.ts";

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
      'Secret prod/openai lacks the fields for aws-access-key and aws-secret-key; name their keys under "fields".',
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
