import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySecret, anyText, expectNoRunOf, percentEncoded, redactorOf } from "../support/redaction.ts";

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
});
