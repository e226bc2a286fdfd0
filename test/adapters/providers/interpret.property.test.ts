import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { interpret } from "../../../src/adapters/providers/check.ts";
import { PROVIDERS } from "../../../src/adapters/providers/table.ts";
import { answerTo } from "../../../src/sandbox/providers/answers.ts";
import type { ProviderName } from "../../../src/sandbox/providers/keys.ts";

const STAND_INS: Readonly<Record<string, ProviderName>> = {
  BEDROCK: "AWS",
  SAGEMAKER: "AWS",
  S3VECTORS: "AWS",
  REST: "OAUTH2",
  A2A: "OAUTH2",
  MCP_SERVER: "OAUTH2",
};

/** The exact refusal of each type's provider. */
const REFUSALS = [...PROVIDERS].map(([type, provider]) => {
  const name = STAND_INS[type] ?? (type as ProviderName);
  return [type, provider, answerTo({ provider: name, key: "sk-bad" }, false)] as const;
});

const status = fc.integer({ min: 200, max: 599 });
const anyBody = fc.oneof(
  fc.string(),
  fc.json(),
  fc
    .record({
      error: fc.oneof(fc.string(), fc.record({ code: fc.string(), type: fc.string(), message: fc.string() })),
    })
    .map((body) => JSON.stringify(body)),
  fc.string().map((text) => `<html><body>${text}</body></html>`),
);

describe.each(REFUSALS)("among a provider's responses about a key of %s", (_type, provider, refusal) => {
  const verdictOn = (answer: { status: number; body: string }) => interpret(provider, "host", answer).verdict;

  it("the documented refusal is a refusal", () => {
    expect(verdictOn(refusal)).toBe("refused");
  });

  it("none with another status is a refusal", () => {
    const statuses = new Set(provider.refused.map((pattern) => pattern.status));
    fc.assert(
      fc.property(
        status.filter((each) => !statuses.has(each)),
        fc.oneof(anyBody, fc.constant(refusal.body)),
        (other, body) => verdictOn({ status: other, body }) !== "refused",
      ),
    );
  });

  it("none with another text is a refusal", () => {
    fc.assert(
      fc.property(status, anyBody, (other, body) => verdictOn({ status: other, body }) !== "refused"),
    );
  });

  it("neither a part of the refusal nor a text that contains it is a refusal", () => {
    const { status: same, body } = refusal;
    // A beginning of a plain text is also a plain text.
    const isText = /^[A-Z]/.test(body);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: body.length - 1 }), (length) => {
        const isRefused = verdictOn({ status: same, body: body.slice(0, length) }) === "refused";
        return isText || body.startsWith("<") || !isRefused;
      }),
    );
    expect(verdictOn({ status: same, body: `<html><body>${body}</body></html>` })).toBe("unknown");
  });
});
