import { format, inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { printable, UntrustedText } from "../../src/rotation/untrusted-text.ts";
import { everythingOf } from "../support/leaks.ts";
import { shownText, untrusted } from "../support/untrusted.ts";

const RAW = "quoted-by-a-server";
const redactor = {
  redact: (text: string) => text.replace("secret", "[redacted]"),
  redactName: (name: string) => name.replace("key", "[redacted]"),
};

describe("a text from outside", () => {
  const text = untrusted(RAW);

  it.each([
    ["a template", () => `${text}`],
    ["concatenation", () => ["", text].join("")],
    ["inspect", () => inspect(text)],
    ["format", () => format("%s", text)],
    ["JSON", () => JSON.parse(JSON.stringify(text))],
  ])("is withheld in %s", (_, print) => expect(print()).toBe("[withheld]"));

  it("is in no print of an object that has it", () => {
    const holder = { text, error: new Error(`about ${text}`, { cause: text }) };
    expect(everythingOf(holder)).toContain("[withheld]");
    const all = [
      everythingOf(holder),
      inspect(holder, { customInspect: false, showHidden: true, depth: null }),
    ];
    expect(all.join("\n")).not.toContain(RAW);
  });

  it("is shown without secrets", () => {
    expect(untrusted("a secret, a key").redactWith(redactor)).toBe("a [redacted], a key");
  });

  it.each(["", " \n"])("is nothing if it is blank: %j", (blank) => {
    expect(UntrustedText.from(blank)).toBeUndefined();
    expect(UntrustedText.id(blank)).toBeUndefined();
  });

  it("is one line", () => {
    expect(shownText(untrusted("a\r\nb\u2028c\u001b[31md\u202ee"))).toBe("a b c [31md e");
  });

  it("is kept as long as is needed to redact it", () => {
    expect(shownText(untrusted("x".repeat(20_000)))).toHaveLength(16_384);
  });
});

describe("a name from outside", () => {
  it("keeps everything but credentials", () => {
    expect(UntrustedText.name("a secret\nkey").redactWith(redactor)).toBe("a secret [redacted]");
  });

  it("is cut", () => {
    expect(shownText(UntrustedText.name("x".repeat(400)))).toBe(`${"x".repeat(299)}…`);
  });
});

describe("an id from outside", () => {
  it.each([
    ["4c5b3f1e-6a1f-4a55-9f0e-2f6f6a1b9a10", false],
    ["0123456789abcdef0123456789abcdef", false],
    ["request-123456789", false],
    ["Ab3-_x", false],
    ["sk-previous-0d4f6a8c2e91b753", true],
    ["FLINKAPIKEY12345", true],
  ])("may be a quotation unless it looks generated: %s (%s)", (id, mayQuote) => {
    expect(UntrustedText.id(id)?.mayQuote).toBe(mayQuote);
    expect(shownText(UntrustedText.id(id) ?? "")).toBe(id);
  });

  it("may always be one in a text", () => expect(untrusted("short").mayQuote).toBe(true));
});

describe("a sentence around texts from outside", () => {
  const sentence = UntrustedText.sentence`The secret of ${"a"} said "${untrusted("a secret")}" to ${UntrustedText.name("a key")}.`;

  it("has only those texts redacted", () => {
    expect(sentence instanceof UntrustedText && sentence.redactWith(redactor)).toBe(
      'The secret of a said "a [redacted]" to a [redacted].',
    );
  });

  it("is plain text if there are none", () => {
    expect(UntrustedText.sentence`${"a"} said ${"b"}\n.`).toBe("a said b\n.");
  });

  it("is printed without them", () => {
    expect(`${sentence}`).toBe('The secret of a said "[withheld]" to [withheld].');
  });
});

describe("a printable text", () => {
  it("is cut between characters", () => {
    expect(printable("abcdef", 6)).toBe("abcdef");
    expect(printable("abcdef", 5)).toBe("abcd…");
    expect(printable("abc😀", 4)).toBe("abc…");
    expect(printable("ab😀😀", 4)).toBe("ab\ufffd…");
  });
});
