import { describe, expect, it } from "vitest";
import { Redactor } from "../../src/rotation/redact.ts";
import { Secret } from "../../src/rotation/secret.ts";

describe("a long text", () => {
  it("is scrubbed of a thousand secrets without a thousand times the time", () => {
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

  it("is scrubbed in a time that grows with its length alone", () => {
    const redactor = redactorOf("a".repeat(5_000));
    const short = secondsFor(() => redactor.redact("a".repeat(20_000), Number.POSITIVE_INFINITY));
    const long = secondsFor(() => redactor.redact("a".repeat(200_000), Number.POSITIVE_INFINITY));
    expect(long).toBeLessThan(50 * short + 0.5);
  });
});

function redactorOf(...secrets: string[]): Redactor {
  const redactor = new Redactor();
  for (const secret of secrets) redactor.add(new Secret(secret));
  return redactor;
}

function secondsFor(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}
