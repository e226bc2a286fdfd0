import { generateKeyPairSync, verify } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { PROVIDERS } from "../../../src/adapters/providers/table.ts";
import type { Secret } from "../../../src/rotation/secret.ts";
import type { ProviderFault } from "../../../src/sandbox/providers/faults.ts";
import { serve } from "../../support/server.ts";
import { shownText } from "../../support/untrusted.ts";
import { ask, providers, type Question, withKey } from "./asking.ts";

const KEYS = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const SERVICE_ACCOUNT = {
  type: "service_account",
  client_email: "flink@demo.iam.gserviceaccount.com",
  private_key_id: "good-key-id",
  private_key: KEYS.privateKey,
  token_uri: "https://oauth2.googleapis.com/token",
};

/** What each type sends to its provider. */
const DATA: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OPENAI: { API_KEY: "sk-good-key-1" },
  ANTHROPIC: { API_KEY: "sk-ant-good-key-1" },
  GOOGLEAI: { API_KEY: "AIza-good-key-1" },
  AZUREOPENAI: { API_KEY: "good-key-1" },
  PINECONE: { API_KEY: "pc-good-key-1" },
  ELASTIC: { API_KEY: "good-key-1" },
  BEDROCK: { AWS_ACCESS_KEY_ID: "AKIAGOODKEY", AWS_SECRET_ACCESS_KEY: "good-key-1" },
  SAGEMAKER: { AWS_ACCESS_KEY_ID: "AKIAGOODKEY", AWS_SECRET_ACCESS_KEY: "good-key-1" },
  S3VECTORS: {
    AWS_ACCESS_KEY_ID: "ASIAGOODKEY",
    AWS_SECRET_ACCESS_KEY: "good-key-1",
    AWS_SESSION_TOKEN: "session-token-1",
  },
  VERTEXAI: { SERVICE_KEY: JSON.stringify(SERVICE_ACCOUNT) },
  REST: { OAUTH2_CLIENT_ID: "client-1", OAUTH2_CLIENT_SECRET: "good-key-1", OAUTH2_SCOPE: "read" },
  A2A: { OAUTH2_CLIENT_ID: "client-1", OAUTH2_CLIENT_SECRET: "good-key-1", OAUTH2_SCOPE: "read" },
  MCP_SERVER: { OAUTH2_CLIENT_ID: "client-1", OAUTH2_CLIENT_SECRET: "good-key-1", OAUTH2_SCOPE: "read" },
};
const TYPES = Object.keys(DATA);
const OAUTH2_TYPES = ["REST", "A2A", "MCP_SERVER"];

function questionTo(url: string, type: string): Question {
  const data = DATA[type] ?? {};
  const values = { "token-endpoint": `${url}/oauth2/token` };
  const isOAuth2 = OAUTH2_TYPES.includes(type);
  return {
    type,
    data,
    endpoint: isOAuth2 ? "https://api.example.com/v1" : `${url}/path/of/the/endpoint`,
    ...(isOAuth2 && { connection: { credentials: { kind: "options", values } } }),
  };
}

describe("the provider of every type", () => {
  it("is in the table of providers", () => {
    expect([...PROVIDERS.keys()].toSorted()).toEqual(TYPES.toSorted());
  });

  it.each(TYPES)("accepts a good key: %s", async (type) => {
    const { url, calls } = await providers();
    expect(await ask(questionTo(url, type))).toEqual({ verdict: "valid", host: new URL(url).host });
    expect(withKey(calls)).toHaveLength(1);
    expect(calls[0]?.headers["user-agent"]).toMatch(/^flink-connection-rotator\//);
  });

  it.each([
    ["OPENAI", "HTTP 401, invalid_api_key"],
    ["ANTHROPIC", "HTTP 401, authentication_error"],
    ["GOOGLEAI", "HTTP 400, API_KEY_INVALID"],
    ["AZUREOPENAI", "HTTP 401"],
    ["PINECONE", "HTTP 401"],
    ["ELASTIC", "HTTP 401, security_exception"],
    ["BEDROCK", "HTTP 403, InvalidClientTokenId"],
    ["SAGEMAKER", "HTTP 403, InvalidClientTokenId"],
    ["S3VECTORS", "HTTP 403, InvalidClientTokenId"],
    ["VERTEXAI", "HTTP 400, invalid_grant"],
    ["REST", "HTTP 401, invalid_client"],
    ["A2A", "HTTP 401, invalid_client"],
    ["MCP_SERVER", "HTTP 401, invalid_client"],
  ])("refuses a bad key: %s", async (type, code) => {
    const { url } = await providers({ accepts: () => false });
    const answer = await ask(questionTo(url, type));
    expect(answer).toMatchObject({ verdict: "refused", host: new URL(url).host, code });
  });

  const ODD: readonly (readonly [string, ProviderFault, string])[] = [
    ["forbids the request", { status: 403, body: '{"error":{"message":"Forbidden"}}' }, "HTTP 403"],
    ["does not know the path", { status: 404, body: '{"error":{"message":"Not found"}}' }, "HTTP 404"],
    ["limits the rate", { status: 429, body: '{"error":{"code":"rate_limit_exceeded"}}' }, "HTTP 429"],
    [
      "does not allow the address",
      { status: 401, body: '{"error":{"code":"ip_not_authorized","message":"IP not authorized"}}' },
      "HTTP 401",
    ],
    ["refuses with an HTML page", { status: 401, body: "<html>Invalid API Key</html>" }, "HTTP 401"],
    ["returns 200 with an HTML page", { status: 200, body: "<html>Welcome</html>" }, "HTTP 200"],
    ["returns an empty body", { status: 401, body: "" }, "HTTP 401"],
    ["fails", { status: 500, body: "{}" }, "HTTP 500"],
    [
      "redirects",
      { status: 307, headers: { location: "http://127.0.0.1:1/elsewhere" }, body: "" },
      "HTTP 307",
    ],
  ];
  it.each(TYPES.flatMap((type) => ODD.map(([what, fault, reason]) => [what, type, fault, reason] as const)))(
    "leaves the key's validity unknown if it %s: %s",
    async (_what, type, fault, reason) => {
      const { url, fail, calls } = await providers();
      fail({ ...fault, times: 2 });
      const answer = await ask(questionTo(url, type));
      expect(answer).toEqual({ verdict: "unknown", host: new URL(url).host, reason });
      expect(calls).toHaveLength(1);
    },
  );
});

describe("a provider", () => {
  it("that does not respond is given three seconds", async () => {
    const { url, fail } = await providers();
    fail({ transfer: "hang" });
    const startedAt = performance.now();
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({
      verdict: "unknown",
      reason: "no response within 3 seconds",
    });
    expect(performance.now() - startedAt).toBeLessThan(4_500);
  });

  it("that stops in the middle of its response is given three seconds", async () => {
    const { url, fail } = await providers();
    fail({ transfer: "stall" });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({
      verdict: "unknown",
      reason: "no response within 3 seconds",
    });
  });

  it("that cannot be reached leaves the key's validity unknown", async () => {
    const sandbox = await providers();
    const question = questionTo("http://127.0.0.1:1", "OPENAI");
    expect(await ask(question)).toMatchObject({ verdict: "unknown", reason: "ECONNREFUSED" });
    expect(sandbox.calls).toEqual([]);
  });

  it("is asked a second time if the TCP connection breaks", async () => {
    const { url, fail, calls } = await providers();
    fail({ transfer: "reset" });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "valid" });
    expect(withKey(calls)).toHaveLength(2);
  });

  it("is not asked a third time", async () => {
    const { url, fail, calls } = await providers();
    fail({ transfer: "reset", times: 3 });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown", reason: /./ });
    expect(calls).toHaveLength(2);
  });

  it("may return a list of which only 64 kB are read", async () => {
    const { url, fail } = await providers();
    fail({ body: `{"data":["${"x".repeat(200_000)}"]}` });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "valid" });
  });

  it("that refuses a key in more than 64 kB leaves its validity unknown", async () => {
    const { url, fail } = await providers();
    const error = { code: "invalid_api_key", message: "x".repeat(70_000) };
    fail({ status: 401, body: JSON.stringify({ error }) });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown" });
  });

  it("that refuses a key in one word of 60 kB is understood within a second", async () => {
    const { url, fail } = await providers();
    fail({
      status: 401,
      body: JSON.stringify({ error: { code: "invalid_api_key", message: "x".repeat(60_000) } }),
    });
    const startedAt = performance.now();
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "refused" });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it("that sends an endless response is cut off", async () => {
    const { url, fail } = await providers();
    fail({ status: 401, transfer: { hugeBytes: 1e10 } });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown", reason: "HTTP 401" });
  });
});

describe("a host that is not the provider's own", () => {
  it.each(["OPENAI", "ANTHROPIC", "GOOGLEAI", "AZUREOPENAI", "PINECONE", "ELASTIC"])(
    "leaves the key's validity unknown if it also accepts a request without a key: %s",
    async (type) => {
      const { url, fail, calls } = await providers();
      fail({ status: 200, body: '{"data":[]}', times: 2 });
      expect(await ask(questionTo(url, type))).toEqual({
        verdict: "unknown",
        host: new URL(url).host,
        reason: "it also accepts requests without a key",
      });
      expect(calls).toHaveLength(2);
      const [{ headers = {} } = {}, open] = calls;
      const secrets = Object.values(DATA[type] ?? {});
      expect(
        Object.values(headers).some((value) => secrets.some((each) => String(value).includes(each))),
      ).toBe(true);
      expect(secrets.filter((each) => JSON.stringify(open).includes(each))).toEqual([]);
    },
  );

  it("leaves the key's validity unknown if it does not answer the request without a key", async () => {
    const { url, fail } = await providers();
    fail({ status: 200, body: '{"data":[]}' });
    fail({ transfer: "reset", times: 2 });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown" });
  });
});

describe("a provider's compressed response", () => {
  const answerWith = (body: Buffer) =>
    serve((_request, response) => response.writeHead(401, { "content-type": "application/json" }).end(body));

  it("is decompressed although it was not requested", async () => {
    const error = { code: "invalid_api_key", message: "Incorrect API key provided." };
    const url = await answerWith(gzipSync(JSON.stringify({ error })));
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "refused" });
  });

  it.each([
    ["decompresses to more than 64 kB", gzipSync(" ".repeat(10_000_000))],
    ["is broken", gzipSync("{}").subarray(0, 12)],
  ])("leaves the key's validity unknown if it %s", async (_, body) => {
    expect(await ask(questionTo(await answerWith(body), "OPENAI"))).toMatchObject({ verdict: "unknown" });
  });
});

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

describe("AWS STS", () => {
  const errorBody = (code: string, message: string) =>
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

  it.each([
    [
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided.",
    ],
    ["ExpiredToken", "The security token included in the request is expired"],
  ])("refuses a key with %s", async (code, message) => {
    const { url, fail } = await providers();
    fail({ status: 403, body: errorBody(code, message) });
    expect(await ask(questionTo(url, "BEDROCK"))).toMatchObject({
      verdict: "refused",
      code: `HTTP 403, ${code}`,
      confirmAfterMs: 5_000,
    });
  });

  it.each(["Signature expired: 20260101T000000Z is now earlier than …", "Signature not yet current: …"])(
    "does not refuse a key because of the local clock: %s",
    async (message) => {
      const { url, fail } = await providers();
      fail({ status: 403, body: errorBody("SignatureDoesNotMatch", message) });
      expect(await ask(questionTo(url, "BEDROCK"))).toMatchObject({ verdict: "unknown" });
    },
  );

  it("never receives the secret access key", async () => {
    const { url, calls } = await providers();
    await ask(questionTo(url, "S3VECTORS"));
    const [call] = calls;
    expect(JSON.stringify(call)).not.toContain("good-key-1");
    expect(call?.headers["x-amz-security-token"]).toBe("session-token-1");
    expect(call?.body).toBe("Action=GetCallerIdentity&Version=2011-06-15");
  });
});

describe("Google", () => {
  it("receives an assertion signed by the service account's key, not the key", async () => {
    const { url, calls } = await providers();
    await ask(questionTo(url, "VERTEXAI"));
    const assertion = new URLSearchParams(calls[0]?.body).get("assertion") ?? "";
    const [header = "", claims = "", signature = ""] = assertion.split(".");
    const unsigned = Buffer.from(`${header}.${claims}`);
    expect(verify("RSA-SHA256", unsigned, KEYS.publicKey, Buffer.from(signature, "base64url"))).toBe(true);
    const { iss, aud, iat, exp } = JSON.parse(Buffer.from(claims, "base64url").toString());
    expect([iss, aud, exp - iat]).toEqual([SERVICE_ACCOUNT.client_email, `${url}/token`, 600]);
  });

  it.each([
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
    "Some other reason",
  ])("does not refuse a key because of the local clock: %s", async (error_description) => {
    const { url, fail } = await providers();
    fail({ status: 400, body: JSON.stringify({ error: "invalid_grant", error_description }) });
    expect(await ask(questionTo(url, "VERTEXAI"))).toMatchObject({ verdict: "unknown" });
  });

  it("is not asked if the key cannot sign or names another token endpoint", async () => {
    const { url, calls } = await providers();
    const question = questionTo(url, "VERTEXAI");
    const withKey = (changes: object) => ({
      ...question,
      data: { SERVICE_KEY: JSON.stringify({ ...SERVICE_ACCOUNT, ...changes }) },
    });
    expect(await ask(withKey({ private_key: "no PEM" }))).toMatchObject({ verdict: "unknown" });
    expect(
      await ask({
        ...withKey({ token_uri: "https://oauth2.googleapis.com.example.com/token" }),
        endpoint: "https://us-central1-aiplatform.googleapis.com/v1",
      }),
    ).toEqual({ verdict: "not-asked" });
    expect(calls).toEqual([]);
  });
});

describe("an OAuth 2.0 token endpoint", () => {
  it("may require the client credentials in the body", async () => {
    const { url, fail, calls } = await providers();
    fail({ status: 401, body: '{"error":"invalid_client"}' });
    expect(await ask(questionTo(url, "REST"))).toMatchObject({ verdict: "valid" });
    expect(calls.map(({ headers }) => headers.authorization !== undefined)).toEqual([true, false]);
    expect(calls[1]?.body).toBe(
      "grant_type=client_credentials&scope=read&client_id=client-1&client_secret=good-key-1",
    );
  });

  it("may require the client credentials unescaped", async () => {
    const { url, fail, calls } = await providers();
    fail({ status: 401, body: '{"error":"invalid_client"}', times: 2 });
    const question = questionTo(url, "REST");
    const data = { ...question.data, OAUTH2_CLIENT_SECRET: "a/b+c=" };
    expect(await ask({ ...question, data })).toMatchObject({ verdict: "valid" });
    const shown = calls.map(({ headers }) => headers.authorization?.replace("Basic ", "") ?? "");
    expect(shown.map((basic) => Buffer.from(basic, "base64").toString())).toEqual([
      "client-1:a%2Fb%2Bc%3D",
      "",
      "client-1:a/b+c=",
    ]);
  });

  it.each(["invalid_scope", "unauthorized_client", "invalid_request"])(
    "does not refuse a key with %s",
    async (error) => {
      const { url, fail } = await providers();
      fail({ status: 400, body: JSON.stringify({ error }) });
      expect(await ask(questionTo(url, "REST"))).toMatchObject({ verdict: "unknown" });
    },
  );

  it("issues a token that is redacted, as the request's Authorization header is", async () => {
    const { url } = await providers();
    const learned: Secret[] = [];
    await ask({ ...questionTo(url, "REST"), onSecret: (secret) => learned.push(secret) });
    const patterns = [/^Y2xpZW50LTE6Z29vZC1rZXktMQ==$/, /^token-[0-9a-f-]{36}$/];
    expect(learned.map((secret, index) => secret.matches(patterns[index] ?? /none/))).toEqual([true, true]);
  });

  it("is not asked if only the secret contains its address", async () => {
    const { url, calls } = await providers();
    const question = questionTo(url, "REST");
    expect(
      await ask({
        ...question,
        data: { ...question.data, OAUTH2_TOKEN_ENDPOINT: `${url}/oauth2/token` },
        connection: { credentials: { kind: "options", values: {} } },
      }),
    ).toEqual({ verdict: "not-asked" });
    expect(calls).toEqual([]);
  });

  it("may be given under data", async () => {
    const { url } = await providers();
    const data = { OAUTH2_TOKEN_ENDPOINT: { value: `${url}/oauth2/token` } };
    const answer = await ask({
      ...questionTo(url, "A2A"),
      connection: { credentials: { kind: "data", data } },
    });
    expect(answer).toMatchObject({ verdict: "valid" });
  });
});

describe("no provider is asked", () => {
  it.each([
    ["REST", { BEARER_TOKEN: "t" }],
    ["MCP_SERVER", { API_KEY: "k" }],
    ["MONGODB", { USERNAME: "u", PASSWORD: "p" }],
    ["COSMOSDB", { API_KEY: "k" }],
    ["FIREWORKSAI", { API_KEY: "k" }],
    ["OPENAI", {}],
    ["ELASTIC", {}],
    ["PINECONE", {}],
    ["BEDROCK", { AWS_ACCESS_KEY_ID: "a" }],
    ["VERTEXAI", {}],
  ])("about %s with %o", async (type, data) => {
    const { url, calls } = await providers();
    expect(await ask({ ...questionTo(url, type), data })).toEqual({ verdict: "not-asked" });
    expect(calls).toEqual([]);
  });
});
