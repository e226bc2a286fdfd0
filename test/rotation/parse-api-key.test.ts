import { describe, expect, it } from "vitest";
import { parseApiKey } from "../../src/rotation/api-key.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import { Secret } from "../../src/rotation/secret.ts";

describe("the rotator's API key", () => {
  it.each([
    `{"apiKey":"k","apiSecret":"s","serviceAccountId":"sa-1"}`,
    `{"api_key":"k","api_secret":"s"}`,
    `{"api-key":"k","api-secret":"s"}`,
    `{"key":"k","secret":"s"}`,
    "k:s",
  ])("is found in %s", (text) => {
    const { key, secret } = parseApiKey("our/key", new Secret(text));
    expect([key.reveal(), secret.reveal()]).toEqual(["k", "s"]);
  });

  it.each([
    "k : s\n",
    "\uFEFFk:s",
    '{"apiKey":" k","apiSecret":"s\\n"}',
    '{"key":"k\\t","secret":"s\\r\\n"}',
  ])("loses the white space around it in %j", (text) => {
    const { key, secret } = parseApiKey("our/key", new Secret(text));
    expect([key.reveal(), secret.reveal()]).toEqual(["k", "s"]);
  });

  it.each([
    ['"k:s"', "Secret our/key is in quotes; store it without them."],
    [
      "k:s\nt",
      "Secret our/key holds a line break or another control character inside a key; store the key alone.",
    ],
    [
      '{"apiKey":"k","apiSecret":"s\\nt"}',
      'Field "apiSecret" of secret our/key holds a line break or another control character inside a key; store the key alone.',
    ],
    [
      '{"api_key":"\\"k\\"","api_secret":"s"}',
      'Field "api_key" of secret our/key is in quotes; store it without them.',
    ],
  ])("is refused when it is broken, as in %j", (text, message) => {
    expect(() => parseApiKey("our/key", new Secret(text))).toThrow(new SecretError(message));
  });

  it("may have a colon in its secret", () => {
    expect(parseApiKey("our/key", new Secret("k:s:t")).secret.reveal()).toBe("s:t");
  });

  it("is taken from the first spelling that is whole", () => {
    const text = `{"apiKey":"x","apiSecret":" ","api_key":"k","api_secret":"s"}`;
    expect(parseApiKey("our/key", new Secret(text)).key.reveal()).toBe("k");
  });

  it.each([
    "",
    "k",
    ":s",
    "k:",
    "{k:s",
    "{}",
    `{"apiKey":"k"}`,
    `{"apiSecret":"s"}`,
    `{"apiKey":"k","secret":"s"}`,
    `{"apiKey":1,"apiSecret":"s"}`,
    `{"apiKey":"k","apiSecret":null}`,
  ])("is not found in %j", (text) => {
    expect(() => parseApiKey("our/key", new Secret(text))).toThrow(
      new SecretError(
        `Secret our/key holds no Flink API key. It must be JSON with "apiKey" and "apiSecret", or the text key:secret.`,
      ),
    );
  });
});
