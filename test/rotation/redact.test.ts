import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySecret, anyText, expectNoRunOf, redactorOf } from "../support/redaction.ts";

const KEY = 'sk-proj/Ab+"\\é 0123456789 z';

describe("redaction removes a secret", () => {
  it("when the text is cut to any length", async () => {
    await fc.assert(
      fc.property(anySecret(8), anyText, fc.integer({ min: 1, max: 80 }), (secret, before, limit) => {
        const clean = redactorOf(secret).redact(before + secret + before, limit);
        expect(clean.length).toBeLessThanOrEqual(limit);
        expect(clean).not.toContain(secret);
      }),
    );
  });

  it("when only its beginning would be shown", () => {
    for (let length = 0; length < KEY.length; length += 1) {
      const clean = redactorOf(KEY).redact(`${"x".repeat(length)}${KEY.repeat(400)}`, 40);
      expectNoRunOf(KEY, clean);
      expect(clean.length).toBeLessThanOrEqual(40);
    }
  });

  it("when a PEM is quoted without its first line, in one line", () => {
    const body = [
      "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC",
      "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
      "MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3S",
    ];
    const pem = `-----BEGIN PRIVATE KEY-----\n${body.join("\n")}\n-----END PRIVATE KEY-----\n`;
    const redactor = redactorOf(JSON.stringify({ type: "service_account", private_key: pem }));
    for (const text of [body.join(""), body.join("\n"), body.join("\\n"), body.join(" "), body[1] ?? ""]) {
      const clean = redactor.redact(`not a key: ${text}.`);
      for (const line of body) expectNoRunOf(line, clean);
    }
  });

  it.each([
    "it's%20(a)%2Fb!*",
    "it's%20(a)%2fb!*",
    "it's+(a)%2Fb!*",
    "it%27s%20%28a%29%2Fb%21%2A",
    "it%27s+%28a%29%2fb%21%2a",
  ])("when it is URL-encoded as %s", (quoted) => {
    expect(redactorOf("it's (a)/b!*").redact(`<${quoted}>`)).toBe("<[redacted]>");
  });

  it("when it is URL-encoded by RFC 3986 in upper case", () => {
    expect(redactorOf("*/abcdefghijk").redact("<%2A%2Fabcdefghijk>")).toBe("<[redacted]>");
  });

  it.each([
    ["abcdef", "<YWJjZGVm>", "<[redacted]>"],
    ["abcdef12", "<xYWJjZGVmMTIx>", "<x[redacted]Ix>"],
    ["abcdefgh", "<eGFiY2RlZmdoeXo=>", "<eG[redacted]eXo=>"],
    ["abcdefgh", "<eHhhYmNkZWZnaHl6>", "<eHh[redacted]Hl6>"],
    ["~~~???~~~???", "<fn5+Pz8/fn5+Pz8/>", "<[redacted]>"],
    ["~~~???~~~???", "<fn5-Pz8_fn5-Pz8_>", "<[redacted]>"],
    ["abcdefgh12", "<YWJjZGVmZ2gxMg==>", "<[redacted]g==>"],
  ])("when %s is in base64 as %s", (secret, text, clean) =>
    expect(redactorOf(secret).redact(text)).toBe(clean),
  );

  it("when letters that are not ASCII change their case", () => {
    expect(redactorOf("ÄÖÜÉÈÀÂÊÎÔÛÇ").redact("refused äöüéèàâêîôûç.")).toBe("refused [redacted].");
    expect(redactorOf("äöüéèàâêîôûç").redact("refused ÄÖÜÉÈÀÂÊÎÔÛÇ.")).toBe("refused [redacted].");
  });

  it("when several overlap", () => {
    const redactor = redactorOf("abcdefgh", "efghijkl", "bcdefghi");
    expect(redactor.redact("-abcdefghijkl-")).toBe("-[redacted]-");
    expect(redactor.redact("-ghijkl abcdefghi-")).toBe("-ghijkl [redacted]-");
  });

  it("when a longer one begins like a shorter one", () => {
    expect(redactorOf("abcdefghijkl", "abcdefghijklmnop", "abcd").redact("abcdefghijklmnop.")).toBe(
      "[redacted].",
    );
    expect(redactorOf("abcdefghijklmnop", "abcdefghijkl").redact("abcdefghijklmnop.")).toBe("[redacted].");
  });

  it("in a list or a document inside the JSON of a secret", () => {
    const redactor = redactorOf(
      JSON.stringify({ keys: ["first-key"], inner: JSON.stringify({ k: "second-key" }) }),
    );
    expect(redactor.redact("first-key, second-key")).toBe("[redacted], [redacted]");
  });

  it("when it is quoted without the line break at its end", () => {
    expect(redactorOf(`${KEY}\n`).redact(`<${KEY}>`)).toBe("<[redacted]>");
  });

  it("when the server stops quoting it after twelve characters", () => {
    expect(redactorOf("sk-0123456789abcdef").redact("bad key sk-012345678… Try again.")).not.toContain(
      "sk-0123456",
    );
  });
});
