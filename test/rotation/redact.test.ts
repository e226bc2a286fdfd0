import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { percentEncoded, redactorOf } from "../support/redactor.ts";
import { anyCharacter } from "../support/unicode.ts";

const KEY = 'sk-proj/Ab+"\\é 0123456789 z';

/** Without what the redactor itself writes, and without blanks at its ends, which do not count as part of a secret. */
const anySecret = (minLength: number) =>
  fc
    .string({ unit: anyCharacter, minLength, maxLength: 60 })
    .map((text) => text.trim())
    .filter((text) => text.length >= minLength && !/[[\]…"{:]/.test(text) && !"redacted".includes(text));
const anyText = fc.string({ unit: fc.constantFrom(...'aZ09 +/=%\\"{}:.,-_é😀\n') });

const json = (text: string) => JSON.stringify(text).slice(1, -1);
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
    encodeURIComponent(text).replace(/[!'()*]/g, (mark) => percentEncoded(mark).toUpperCase()),
  "a form's field": (text) =>
    encodeURIComponent(text).replace(/[!'()*]|%20/g, (mark) =>
      mark === "%20" ? "+" : percentEncoded(mark).toUpperCase(),
    ),
  hex: (text) => Buffer.from(text).toString("hex"),
  "hex in upper case": (text) => Buffer.from(text).toString("hex").toUpperCase(),
};

const runsOf = (text: string, length: number) =>
  Array.from({ length: Math.max(1, text.length - length + 1) }, (_, at) => text.slice(at, at + length));

function expectNoRunOf(quoted: string, clean: string): void {
  const shown = clean.toLowerCase();
  expect(runsOf(quoted.toLowerCase(), 12).filter((run) => shown.includes(run))).toEqual([]);
}

describe("redaction removes a secret", () => {
  it.each(Object.entries(ENCODINGS))("%s in any text", async (_, encode) => {
    await fc.assert(
      fc.property(anySecret(8), anyText, anyText, (secret, before, after) => {
        const quoted = encode(secret);
        const clean = redactorOf(secret).redact(before + quoted + after, Number.POSITIVE_INFINITY);
        expect(clean).toContain("[redacted]");
        expect(clean).not.toContain(quoted);
      }),
    );
  });

  it.each(["base64", "base64url"] as const)("%s at any alignment of a larger text", async (encoding) => {
    await fc.assert(
      fc.property(anySecret(8), anyText, anyText, anyText, (secret, before, after, around) => {
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

  const ANY_ENCODING = Object.entries({
    ...ENCODINGS,
    base64: (text: string) => Buffer.from(text).toString("base64"),
    base64url: (text: string) => Buffer.from(text).toString("base64url"),
  });

  it.each(ANY_ENCODING)("%s, of any part of it with twelve characters", async (_, encode) => {
    await fc.assert(
      fc.property(
        anySecret(12),
        anyText,
        anyText,
        fc.nat(),
        fc.nat(),
        (secret, before, after, from, length) => {
          const start = from % (secret.length - 11);
          const part = secret.slice(start, start + 12 + (length % (secret.length - start - 11)));
          const quoted = encode(part.toWellFormed());
          const clean = redactorOf(secret).redact(before + quoted + after, Number.POSITIVE_INFINITY);
          if (part.isWellFormed()) expect(clean).toContain("[redacted]");
          expectNoRunOf(part, clean);
          if (part.isWellFormed()) expectNoRunOf(quoted, clean);
        },
      ),
    );
  });

  it.each(ANY_ENCODING)("%s, of which any twelve characters are quoted", async (_, encode) => {
    await fc.assert(
      fc.property(anySecret(12), anyText, anyText, fc.nat(), (secret, before, after, from) => {
        const sure = _.startsWith("base64") ? encode(secret).slice(0, -4) : encode(secret);
        fc.pre(sure.length >= 12);
        const start = from % (sure.length - 11);
        const run = sure.slice(start, start + 12);
        const clean = redactorOf(secret).redact(before + run + after, Number.POSITIVE_INFINITY);
        expectNoRunOf(run, clean);
      }),
    );
  });

  it.each(ANY_ENCODING)("%s, with its letter case changed", async (_, encode) => {
    const ascii = fc.string({ unit: "grapheme-ascii", minLength: 12, maxLength: 60 });
    const secrets = ascii
      .map((text) => text.trim())
      .filter((text) => text.length >= 12 && !/[[\]{":]/.test(text));
    await fc.assert(
      fc.property(secrets, anyText, fc.boolean(), (secret, around, isLower) => {
        const quoted = isLower ? encode(secret).toLowerCase() : encode(secret).toUpperCase();
        const clean = redactorOf(secret).redact(around + quoted + around, Number.POSITIVE_INFINITY);
        expect(clean).toContain("[redacted]");
        expectNoRunOf(quoted, clean);
      }),
    );
  });

  it.each(Object.entries(ENCODINGS))("%s, cut anywhere after eight characters", async (_, encode) => {
    await fc.assert(
      fc.property(anySecret(8), anyText, fc.nat(), (secret, before, cut) => {
        const quoted = encode(secret);
        const part = quoted.slice(0, Math.max(8, cut % (quoted.length + 1)));
        expect(redactorOf(secret).redact(before + part, Number.POSITIVE_INFINITY)).not.toContain(part);
      }),
    );
  });

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

describe("redaction keeps text", () => {
  it("without a secret as it is", async () => {
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
    expect(redactorOf("connection-93").redact("closed the connect")).toBe("closed the connect");
    expect(redactorOf("AbCdEfGhIjKl").redact("ends with AbCdEfGh")).toBe("ends with [redacted]");
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
