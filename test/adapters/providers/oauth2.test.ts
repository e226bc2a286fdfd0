import { describe, expect, it } from "vitest";
import type { Secret } from "../../../src/rotation/secret.ts";
import { ask, providers } from "./asking.ts";
import { questionTo } from "./good-keys.ts";

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
