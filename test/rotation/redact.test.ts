import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { anyCharacter } from "../support/unicode.ts";

function redactorOf(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(new Secret(secret));
  return redactor;
}

const KEY = 'sk-proj/Ab+"\\é 0123456789 z';

/** Not part of what the scrubber itself writes, without blanks at its ends, which do not count as part of a secret. */
const anySecret = (minLength: number) =>
  fc
    .string({ unit: anyCharacter, minLength, maxLength: 60 })
    .map((text) => text.trim())
    .filter((text) => text.length >= minLength && !/[[\]…]/.test(text) && !"redacted".includes(text));
const anyText = fc.string({ unit: fc.constantFrom(...'aZ09 +/=%\\"{}:.,-_é😀\n') });

const json = (text: string) => JSON.stringify(text).slice(1, -1);
const percent = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  "JSON-escaped": json,
  "JSON-escaped twice": (text) => json(json(text)),
  "JSON-escaped three times": (text) => json(json(json(text))),
  "URL-encoded": encodeURIComponent,
  "URL-encoded with plus": (text) => encodeURIComponent(text).replaceAll("%20", "+"),
  "URL-encoded in lower case": (text) =>
    encodeURIComponent(text).replace(/%../g, (byte) => byte.toLowerCase()),
  "URL-encoded by RFC 3986": (text) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (mark) => percent(mark).toUpperCase()),
  "a form's field": (text) =>
    encodeURIComponent(text).replace(/[!'()*]|%20/g, (mark) =>
      mark === "%20" ? "+" : percent(mark).toUpperCase(),
    ),
  hex: (text) => Buffer.from(text).toString("hex"),
  "hex in upper case": (text) => Buffer.from(text).toString("hex").toUpperCase(),
};

describe("no secret survives", () => {
  it.each(Object.entries(ENCODINGS))("%s in any text", async (_, encode) => {
    await fc.assert(
      fc.property(anySecret(1), anyText, anyText, (secret, before, after) => {
        const quoted = encode(secret);
        const clean = redactorOf(secret).redact(before + quoted + after, Number.POSITIVE_INFINITY);
        expect(clean).toContain("[redacted]");
        expect(clean).not.toContain(quoted);
      }),
    );
  });

  it.each(["base64", "base64url"] as const)("%s at any alignment of a larger text", async (encoding) => {
    await fc.assert(
      fc.property(anySecret(4), anyText, anyText, anyText, (secret, before, after, around) => {
        for (const text of [secret, json(secret)]) {
          const start = Buffer.byteLength(before) * 8;
          const quoted = Buffer.from(before + text + after).toString(encoding);
          const own = quoted.slice(
            Math.ceil(start / 6),
            Math.floor((start + Buffer.byteLength(text) * 8) / 6),
          );
          const clean = redactorOf(secret).redact(`${around} ${quoted}`, Number.POSITIVE_INFINITY);
          expect(clean).toContain("[redacted]");
          expect(clean).not.toContain(own);
        }
      }),
    );
  });

  it.each(Object.entries(ENCODINGS))("%s that was cut anywhere after four characters", async (_, encode) => {
    await fc.assert(
      fc.property(anySecret(4), anyText, fc.nat(), (secret, before, cut) => {
        const quoted = encode(secret);
        const part = quoted.slice(0, Math.max(4, cut % (quoted.length + 1)));
        expect(redactorOf(secret).redact(before + part, Number.POSITIVE_INFINITY)).not.toContain(part);
      }),
    );
  });

  it("when the text is cut to any length", async () => {
    await fc.assert(
      fc.property(anySecret(4), anyText, fc.integer({ min: 1, max: 80 }), (secret, before, limit) => {
        const clean = redactorOf(secret).redact(before + secret + before, limit);
        expect(clean.length).toBeLessThanOrEqual(limit);
        expect(clean).not.toContain(secret);
      }),
    );
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
    ["abc", "<YWJj>", "<[redacted]>"],
    ["abcdef", "<YWJjZGVm>", "<[redacted]>"],
    ["~~~???~~~???", "<fn5+Pz8/fn5+Pz8/>", "<[redacted]>"],
    ["~~~???~~~???", "<fn5-Pz8_fn5-Pz8_>", "<[redacted]>"],
    ["abcdefg", "<YWJjZGVmZw==>", "<[redacted]w==>"],
  ])("when %s is in base64 as %s", (secret, text, clean) =>
    expect(redactorOf(secret).redact(text)).toBe(clean),
  );

  it("when several overlap", () => {
    const redactor = redactorOf("abcdefgh", "efghijkl", "cdef");
    expect(redactor.redact("-abcdefghijkl-")).toBe("-[redacted]-");
    expect(redactor.redact("-ghijkl abcdef-")).toBe("-ghijkl ab[redacted]-");
  });

  it("when a longer one begins like a shorter one", () => {
    expect(redactorOf("abcdefghijkl", "abcdefghijklmnop", "abcd").redact("abcdefghijklmnop.")).toBe(
      "[redacted].",
    );
    expect(redactorOf("abcdefghijklmnop", "abcdefghijkl").redact("abcdefghijklmnop.")).toBe("[redacted].");
  });

  it("when it stands in a list or a document inside of the secret's JSON", () => {
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

describe("what is no secret stays", () => {
  it("as it was", async () => {
    await fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 500 }),
        (text) => new Redactor().redact(text) === text,
      ),
    );
    expect(redactorOf(KEY).redact("Lookup failed: ai.openai.com")).toBe("Lookup failed: ai.openai.com");
  });

  it("around a secret that is like what stands for it", () => {
    expect(redactorOf("act").redact("they act as one")).toBe("they [redacted] as one");
  });

  it("before, between and after", () => {
    expect(redactorOf("abcdef").redact("1 abcdef 2 abcdefabcdef 3")).toBe(
      "1 [redacted] 2 [redacted][redacted] 3",
    );
  });

  it("where only fewer than twelve characters are alike in the middle of a text", () => {
    const text = "sk-01234567 is short, sk-0";
    expect(redactorOf("sk-0123456789abcdef").redact(`${text}.`)).toBe(`${text}.`);
  });

  it("where fewer than four characters are alike at the end of a text", () => {
    expect(redactorOf("sk-0123456789abcdef").redact("ends with sk-")).toBe("ends with sk-");
    expect(redactorOf("sk-0123456789abcdef").redact("ends with sk-0")).toBe("ends with [redacted]");
  });

  it("where the secret is blank", () => {
    expect(redactorOf("", "  ", "{}").redact("a b")).toBe("a b");
  });

  it("where a short secret's base64 would be too short to tell", () => {
    expect(redactorOf("ab").redact("YW is said, and ab")).toBe("YW is said, and [redacted]");
  });
});

describe("a long text", () => {
  it("is cut to the limit with an ellipsis", () => {
    expect(new Redactor().redact("abcdef", 5)).toBe("abcd…");
    expect(new Redactor().redact("abcde", 5)).toBe("abcde");
    expect(new Redactor().redact("a".repeat(600))).toHaveLength(500);
    expect(new Redactor().redact("a".repeat(500))).toBe("a".repeat(500));
  });
});

describe("escapes that others write", () => {
  const secret = `&/<"'>é-horse-battery-staple`;
  it.each([
    ["Go's JSON", "\\u0026/\\u003c\\\"'\\u003eé-horse-battery-staple"],
    ["JSON with escaped slashes", "&\\/<\\\"'>é-horse-battery-staple"],
    ["HTML", "&amp;/&lt;&quot;&apos;&gt;é-horse-battery-staple"],
    ["numbered HTML", "&#38;/&#60;&#34;&#39;&#62;&#0233;-horse-battery-staple"],
    ["hexadecimal HTML", "&#x26;/&#x3c;&#X22;&#x27;&#x3E;&#x00e9;-horse-battery-staple"],
    ["a URL that encodes every byte", percent(secret)],
    ["a URL twice", encodeURIComponent(encodeURIComponent(secret))],
    ["a URL of JSON", encodeURIComponent(JSON.stringify(secret).replaceAll("<", "\\u003c"))],
    ["a URL of HTML of a URL", encodeURIComponent(encodeURIComponent(secret).replaceAll("%", "&#37;"))],
  ])("do not let a secret through in %s", (_, quoted) => {
    const clean = redactorOf(secret).redact(`refused ${quoted}, sorry`);
    expect(clean).toContain("[redacted]");
    expect(clean).not.toMatch(/horse|battery|staple/);
  });

  it.each(["\n", "\r", "\t", "\b", "\f"])("do not let a secret with %j through", (control) => {
    const quoted = JSON.stringify(`horse&${control}battery`).replace("&", "\\u0026");
    expect(redactorOf(`horse&${control}battery`).redact(`refused ${quoted}, sorry`)).toBe("[redacted]");
  });

  it("leave a text without a secret as it is", () => {
    const text = "a\\u0026b %26 &amp; &nbsp;\n";
    expect(redactorOf(secret).redact(text)).toBe(text);
  });

  it("are what they are where they say nothing known", () => {
    expect(redactorOf("horse&nbsp;/battery").redact("horse&nbsp;\\/battery")).toBe("[redacted]");
  });
});
