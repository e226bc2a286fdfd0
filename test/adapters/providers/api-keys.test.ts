import { describe, expect, it } from "vitest";
import { shownText } from "../../support/untrusted.ts";
import { ask, providers, withKey } from "./asking.ts";
import { questionTo } from "./good-keys.ts";

describe("OpenAI", () => {
  it.each([401, 403])("accepts a key without the scope to list models: HTTP %i", async (status) => {
    const { url, fail } = await providers();
    const message =
      "You have insufficient permissions for this operation. Missing scopes: api.model.read. Check that …";
    fail({ status, body: JSON.stringify({ error: { message, type: "invalid_request_error", code: null } }) });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "valid" });
  });

  it("quotes a part of the key, which the result does not show", async () => {
    const { url } = await providers({ accepts: () => false });
    const answer = await ask(questionTo(url, "OPENAI"));
    expect(shownText(answer.verdict === "refused" ? (answer.words ?? "") : "")).toBe(
      "Incorrect API key provided: [redacted] You can find your API key at https://platform.openai.com/account/api-keys.",
    );
  });
});

describe("Azure OpenAI", () => {
  it("does not refuse a key whose owner lacks a role", async () => {
    const { url, fail } = await providers();
    const error = { code: "PermissionDenied", message: "The principal lacks the required data action." };
    fail({ status: 401, body: JSON.stringify({ error }) });
    expect(await ask(questionTo(url, "AZUREOPENAI"))).toMatchObject({ verdict: "unknown" });
  });
});

describe("Pinecone", () => {
  it.each([
    ["text", "Invalid API Key", "HTTP 401"],
    [
      "JSON",
      '{"error":{"code":"UNAUTHENTICATED","message":"The key is not valid."},"status":401}',
      "HTTP 401, UNAUTHENTICATED",
    ],
  ])("refuses a key in %s", async (_form, body, code) => {
    const { url, fail } = await providers();
    fail({ status: 401, body });
    expect(await ask(questionTo(url, "PINECONE"))).toMatchObject({ verdict: "refused", code });
  });
});

describe("Elasticsearch", () => {
  it("does not refuse a key if a proxy removes it from the request", async () => {
    const { url, fail } = await providers();
    const reason = "missing authentication credentials for REST request [/_security/_authenticate]";
    fail({ status: 401, body: JSON.stringify({ error: { type: "security_exception", reason } }) });
    expect(await ask(questionTo(url, "ELASTIC"))).toMatchObject({ verdict: "unknown" });
  });

  it("receives a user name and a password, or an API key in base64 with its id", async () => {
    const { url, calls } = await providers();
    const question = questionTo(url, "ELASTIC");
    await ask({ ...question, data: { USERNAME: "flink", PASSWORD: "p:w", AUTH_TYPE: "BASIC" } });
    await ask({ ...question, data: { API_KEY: "id-1:key-1" } });
    expect(withKey(calls).map(({ headers }) => headers.authorization)).toEqual([
      `Basic ${Buffer.from("flink:p:w").toString("base64")}`,
      `ApiKey ${Buffer.from("id-1:key-1").toString("base64")}`,
    ]);
  });
});
