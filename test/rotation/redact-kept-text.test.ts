import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { redactorOf } from "../support/redaction.ts";
import { anyCharacter } from "../support/unicode.ts";

const KEY = 'sk-proj/Ab+"\\é 0123456789 z';

describe("redaction keeps text", () => {
  it("that contains no secret", async () => {
    await fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 500 }),
        (text) => new Redactor().redact(text) === text,
      ),
    );
    expect(redactorOf(KEY).redact("Lookup failed: ai.openai.com")).toBe("Lookup failed: ai.openai.com");
  });

  it("around a secret that is the word redacted", () => {
    expect(redactorOf("redacted").redact("they were redacted, 50%")).toBe("they were [redacted], 50%");
  });

  it("around a secret, even if it would be another one without it", () => {
    const text = "%20abcdefmnopqrstuvwxghijkl";
    expect(redactorOf("abcdefghijkl", "mnopqrstuvwx").redact(text)).toBe("%20abcdef[redacted]ghijkl");
  });

  it("before, between and after secrets", () => {
    expect(redactorOf("abcdefgh").redact("1 abcdefgh 2 abcdefghabcdefgh 3")).toBe(
      "1 [redacted] 2 [redacted] 3",
    );
  });

  it("with fewer than twelve characters of a secret in its middle", () => {
    const text = "sk-01234567 is short, k-012345678";
    expect(redactorOf("sk-0123456789abcdef").redact(`${text}.`)).toBe(`${text}.`);
  });

  it("with fewer than four characters of a secret at its end", () => {
    expect(redactorOf("sk-0123456789abcdef").redact("ends with sk-")).toBe("ends with sk-");
    expect(redactorOf("sk-0123456789abcdef").redact("ends with sk-0")).toBe("ends with [redacted]");
    expect(redactorOf("sk-0123456789abcdef").redact('ends with "sk-0123…".')).toBe(
      'ends with "[redacted]…".',
    );
  });

  it("that ends with a word with which a credential begins", () => {
    expect(redactorOf("orders-Writer-93").redact("denied for orders")).toBe("denied for orders");
    expect(redactorOf("orders-Writer-93").redact("order")).toBe("order");
    expect(redactorOf("connection-93").redact("closed the connect")).toBe("closed the connect");
    expect(redactorOf("AbCdEfGhIjKl").redact("ends with AbCdEfGh")).toBe("ends with [redacted]");
  });

  it("that follows a secret without a gap, even if the word alone would be a credential", () => {
    const redactor = redactorOf("sk-0123456789abcdef", "admin");
    expect(redactor.redact("sk-0123456789abcdefadmin is locked")).toBe("[redacted]admin is locked");
  });

  it("if the secret is blank", () => {
    expect(redactorOf("", "  ", "{}", "[]").redact("a b")).toBe("a b");
  });

  it("in an address that begins like one in a secret", () => {
    const redactor = redactorOf("https://api.internal.example.com/v1?key=0123456789");
    expect(redactor.redact("https://api.openai.com")).toBe("https://api.openai.com");
    expect(redactor.redact("GET https://api.internal.example.com/v1?key=0123456789")).toBe(
      "GET https://[redacted]",
    );
  });
});
