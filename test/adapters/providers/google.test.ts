import { verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ask, providers } from "./asking.ts";
import { KEYS, questionTo, SERVICE_ACCOUNT } from "./good-keys.ts";

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
