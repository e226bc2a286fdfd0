import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scrubber } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { anyCharacter } from "../support/unicode.ts";

function scrubberOf(...secrets: string[]): Scrubber {
  const scrubber = new Scrubber();
  for (const secret of secrets) scrubber.add(new Secret(secret));
  return scrubber;
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
        const clean = scrubberOf(secret).scrub(before + quoted + after, Number.POSITIVE_INFINITY);
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
          const clean = scrubberOf(secret).scrub(`${around} ${quoted}`, Number.POSITIVE_INFINITY);
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
        expect(scrubberOf(secret).scrub(before + part, Number.POSITIVE_INFINITY)).not.toContain(part);
      }),
    );
  });

  it("when the text is cut to any length", async () => {
    await fc.assert(
      fc.property(anySecret(4), anyText, fc.integer({ min: 1, max: 80 }), (secret, before, limit) => {
        const clean = scrubberOf(secret).scrub(before + secret + before, limit);
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
    expect(scrubberOf("it's (a)/b!*").scrub(`<${quoted}>`)).toBe("<[redacted]>");
  });

  it("when it is URL-encoded by RFC 3986 in upper case", () => {
    expect(scrubberOf("*/abcdefghijk").scrub("<%2A%2Fabcdefghijk>")).toBe("<[redacted]>");
  });

  it.each([
    ["abc", "<YWJj>", "<[redacted]>"],
    ["abcdef", "<YWJjZGVm>", "<[redacted]>"],
    ["~~~???~~~???", "<fn5+Pz8/fn5+Pz8/>", "<[redacted]>"],
    ["~~~???~~~???", "<fn5-Pz8_fn5-Pz8_>", "<[redacted]>"],
    ["abcdefg", "<YWJjZGVmZw==>", "<[redacted]w==>"],
  ])("when %s is in base64 as %s", (secret, text, clean) =>
    expect(scrubberOf(secret).scrub(text)).toBe(clean),
  );

  it("when several overlap", () => {
    const scrubber = scrubberOf("abcdefgh", "efghijkl", "cdef");
    expect(scrubber.scrub("-abcdefghijkl-")).toBe("-[redacted]-");
    expect(scrubber.scrub("-ghijkl abcdef-")).toBe("-ghijkl ab[redacted]-");
  });

  it("when a longer one begins like a shorter one", () => {
    expect(scrubberOf("abcdefghijkl", "abcdefghijklmnop", "abcd").scrub("abcdefghijklmnop.")).toBe(
      "[redacted].",
    );
    expect(scrubberOf("abcdefghijklmnop", "abcdefghijkl").scrub("abcdefghijklmnop.")).toBe("[redacted].");
  });

  it("when it stands in a list or a document inside of the secret's JSON", () => {
    const scrubber = scrubberOf(
      JSON.stringify({ keys: ["first-key"], inner: JSON.stringify({ k: "second-key" }) }),
    );
    expect(scrubber.scrub("first-key, second-key")).toBe("[redacted], [redacted]");
  });

  it("when it is quoted without the line break at its end", () => {
    expect(scrubberOf(`${KEY}\n`).scrub(`<${KEY}>`)).toBe("<[redacted]>");
  });

  it("when the server stops quoting it after twelve characters", () => {
    expect(scrubberOf("sk-0123456789abcdef").scrub("bad key sk-012345678… Try again.")).not.toContain(
      "sk-0123456",
    );
  });
});

describe("what is no secret stays", () => {
  it("as it was", async () => {
    await fc.assert(
      fc.property(
        fc.string({ unit: anyCharacter, maxLength: 500 }),
        (text) => new Scrubber().scrub(text) === text,
      ),
    );
    expect(scrubberOf(KEY).scrub("Lookup failed: ai.openai.com")).toBe("Lookup failed: ai.openai.com");
  });

  it("around a secret that is like what stands for it", () => {
    expect(scrubberOf("act").scrub("they act as one")).toBe("they [redacted] as one");
  });

  it("before, between and after", () => {
    expect(scrubberOf("abcdef").scrub("1 abcdef 2 abcdefabcdef 3")).toBe(
      "1 [redacted] 2 [redacted][redacted] 3",
    );
  });

  it("where only fewer than twelve characters are alike in the middle of a text", () => {
    const text = "sk-01234567 is short, sk-0";
    expect(scrubberOf("sk-0123456789abcdef").scrub(`${text}.`)).toBe(`${text}.`);
  });

  it("where fewer than four characters are alike at the end of a text", () => {
    expect(scrubberOf("sk-0123456789abcdef").scrub("ends with sk-")).toBe("ends with sk-");
    expect(scrubberOf("sk-0123456789abcdef").scrub("ends with sk-0")).toBe("ends with [redacted]");
  });

  it("where the secret is blank", () => {
    expect(scrubberOf("", "  ", "{}").scrub("a b")).toBe("a b");
  });

  it("where a short secret's base64 would be too short to tell", () => {
    expect(scrubberOf("ab").scrub("YW is said, and ab")).toBe("YW is said, and [redacted]");
  });
});

describe("a long text", () => {
  it("is cut to the limit with an ellipsis", () => {
    expect(new Scrubber().scrub("abcdef", 5)).toBe("abcd…");
    expect(new Scrubber().scrub("abcde", 5)).toBe("abcde");
    expect(new Scrubber().scrub("a".repeat(600))).toHaveLength(500);
    expect(new Scrubber().scrub("a".repeat(500))).toBe("a".repeat(500));
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
    const clean = scrubberOf(secret).scrub(`refused ${quoted}, sorry`);
    expect(clean).toContain("[redacted]");
    expect(clean).not.toMatch(/horse|battery|staple/);
  });

  it.each(["\n", "\r", "\t", "\b", "\f"])("do not let a secret with %j through", (control) => {
    const quoted = JSON.stringify(`horse&${control}battery`).replace("&", "\\u0026");
    expect(scrubberOf(`horse&${control}battery`).scrub(`refused ${quoted}, sorry`)).toBe("[redacted]");
  });

  it("leave a text without a secret as it is", () => {
    const text = "a\\u0026b %26 &amp; &nbsp;\n";
    expect(scrubberOf(secret).scrub(text)).toBe(text);
  });

  it("are what they are where they say nothing known", () => {
    expect(scrubberOf("horse&nbsp;/battery").scrub("horse&nbsp;\\/battery")).toBe("[redacted]");
  });
});
