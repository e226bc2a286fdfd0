import { describe, expect, it } from "vitest";
import { PROVIDERS } from "../../../src/adapters/providers/table.ts";
import type { ProviderFault } from "../../../src/sandbox/providers/faults.ts";
import { ask, providers, withKey } from "./asking.ts";
import { questionTo, TYPES } from "./good-keys.ts";

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
