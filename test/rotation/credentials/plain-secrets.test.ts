import { describe, expect, it } from "vitest";
import { options } from "../../support/builders.ts";
import {
  API_KEY,
  BASIC,
  BEARER,
  dataOf,
  faultOf,
  MARKER,
  OAUTH2,
  oauth2,
  SERVICE_ACCOUNT,
} from "../../support/credentials.ts";

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

  it.each(["12345", "k{1}", "a{b}", "true"])("%s is a plain secret", (text) => {
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
