import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { redactorOf } from "../support/redaction.ts";

describe("redaction", () => {
  it("of a thousand details costs less than a second, with a thousand secrets", () => {
    const secrets = Array.from({ length: 1_000 }, (_, index) =>
      JSON.stringify({ "api-key": `sk-proj-${createHash("sha256").update(`${index}`).digest("base64url")}` }),
    );
    const redactor = redactorOf(...secrets);
    const details = secrets.map(
      (_, index) => `Lookup failed: ai-${index}.openai.com, see "https://openai.com/".`,
    );
    expect(secondsFor(() => details.map((detail) => redactor.redact(detail)))).toBeLessThan(1);
  });

  it("of texts costs nothing for secrets as long as there is no text", () => {
    const secret = JSON.stringify({ "api-key": "x".repeat(60_000), other: "y\n".repeat(1_000) });
    const redactor = new Redactor();
    const adding = secondsFor(() => redactor.add(new Secret(secret)));
    const redacting = secondsFor(() => redactor.redact("text"));
    expect(adding).toBeLessThan(redacting);
  });

  it("of a long text with a thousand secrets does not take a thousand times as long", () => {
    const secrets = Array.from(
      { length: 1_000 },
      (_, index) => `sk-proj-${index.toString().padStart(4, "0")}-${"x".repeat(40)}`,
    );
    const few = redactorOf(...secrets.slice(0, 10));
    const many = redactorOf(...secrets);
    const text = "Lookup failed: ai.openai.com. ".repeat(20_000);
    const withFew = secondsFor(() => few.redact(text, Number.POSITIVE_INFINITY));
    const withMany = secondsFor(() => many.redact(text, Number.POSITIVE_INFINITY));
    expect(withMany).toBeLessThan(20 * withFew + 0.5);
  });

  it("of a text takes a time that grows with its length alone", () => {
    const redactor = redactorOf("a".repeat(5_000));
    const short = secondsFor(() => redactor.redact("a".repeat(20_000), Number.POSITIVE_INFINITY));
    const long = secondsFor(() => redactor.redact("a".repeat(200_000), Number.POSITIVE_INFINITY));
    expect(long).toBeLessThan(50 * short + 0.5);
  });
});

function secondsFor(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
