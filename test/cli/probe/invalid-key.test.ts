import { describe, expect, it } from "vitest";
import { invalidData } from "../../../src/cli/probe/invalid-key.ts";
import { buildCredentials } from "../../../src/rotation/credentials/auth-data.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import { connection, options } from "../../support/builders.ts";

function invalidOf(type: string, value: string, values: Readonly<Record<string, string>> = {}): unknown {
  const credentials = buildCredentials(
    connection({ type, credentials: options({ values }) }),
    new Secret(value),
  );
  return JSON.parse(invalidData(credentials).reveal());
}

describe("the invalid key of probe", () => {
  it("has the format of the good one", () => {
    expect(invalidOf("OPENAI", "sk-proj-Ab12/+=é")).toEqual({
      API_KEY: "xx-xxxx-Xx00/+=x",
      AUTH_TYPE: "API_KEY",
    });
  });

  it("differs from a good one that matches its pattern", () => {
    expect(invalidOf("OPENAI", "XX-xx-00")).toMatchObject({ API_KEY: "YY-yy-11" });
    expect(invalidOf("OPENAI", "----")).toMatchObject({ API_KEY: "----x" });
  });

  it("replaces every credential but no setting", () => {
    const value = JSON.stringify({ clientId: "tickets", clientSecret: "cs-1", scope: "tickets.read" });
    const values = { "token-endpoint": "https://login.example.com/token" };
    expect(invalidOf("REST", value, values)).toEqual({
      OAUTH2_TOKEN_ENDPOINT: "https://login.example.com/token",
      OAUTH2_CLIENT_ID: "xxxxxxx",
      OAUTH2_CLIENT_SECRET: "xx-0",
      OAUTH2_SCOPE: "tickets.read",
      AUTH_TYPE: "OAUTH2",
    });
  });

  it("remains a JSON document with the same addresses for a service account", () => {
    const document = {
      type: "service_account",
      private_key: "-----BEGIN PRIVATE KEY-----\nAbC1\n",
      client_email: "a@b.iam",
      token_uri: "https://oauth2.googleapis.com/token",
    };
    const { SERVICE_KEY } = invalidOf("VERTEXAI", JSON.stringify(document)) as { SERVICE_KEY: string };
    expect(JSON.parse(SERVICE_KEY)).toEqual({
      type: "service_account",
      private_key: "-----XXXXX XXXXXXX XXX-----\nXxX0\n",
      client_email: "x@x.xxx",
      token_uri: "https://oauth2.googleapis.com/token",
    });
  });
});
