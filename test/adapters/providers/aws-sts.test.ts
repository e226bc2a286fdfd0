import { describe, expect, it } from "vitest";
import { ask, providers } from "./asking.ts";
import { questionTo } from "./good-keys.ts";

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
