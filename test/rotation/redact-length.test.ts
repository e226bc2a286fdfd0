import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { percentEncoded, redactorOf } from "../support/redaction.ts";

describe("a long text", () => {
  it("is cut to the limit with an ellipsis", () => {
    expect(new Redactor().redact("abcdef", 5)).toBe("abcd…");
    expect(new Redactor().redact("abcde", 5)).toBe("abcde");
    expect(new Redactor().redact("a".repeat(600))).toHaveLength(500);
    expect(new Redactor().redact("a".repeat(50_000))).toHaveLength(500);
    expect(new Redactor().redact("a".repeat(500))).toBe("a".repeat(500));
    expect(new Redactor().redact("a".repeat(50_000), 10)).toBe(`${"a".repeat(9)}…`);
    expect(new Redactor().redact("😀😀😀", 4)).toBe("😀\ufffd…");
  });
});

describe("a text that is too long to be searched", () => {
  it("ends in an ellipsis, even if what is shown is short", () => {
    expect(redactorOf("sk-0123456789").redact("sk-0123456789".repeat(1_000), 40)).toBe("[redacted]…");
  });

  it("does not show the start of a secret in an unusual encoding where the search ends", () => {
    const secret = "0123456789abcdef";
    const text = secret.repeat(260) + percentEncoded(secret);
    for (let limit = 40; limit < 140; limit += 1)
      expect(redactorOf(secret).redact(text, limit)).not.toContain("%3");
  });
});
