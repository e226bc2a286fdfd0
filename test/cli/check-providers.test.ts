import { describe, expect, it, onTestFinished } from "vitest";
import type { ProviderFault } from "../../src/sandbox/providers/faults.ts";
import { startProviders } from "../../src/sandbox/providers/server.ts";
import { startOperator } from "../support/operator.ts";

const KEY = "sk-old-enough-to-be-judged";

/** One connection at a stand-in for its provider. */
async function startAsked(accepts: boolean, fault?: ProviderFault) {
  const providers = await startProviders({ accepts: () => accepts });
  onTestFinished(() => providers.close());
  if (fault !== undefined) providers.fail(fault);
  const connections = [{ name: "a", secret: "openai", endpoint: `${providers.url}/v1` }];
  const operator = await startOperator({ connections });
  return { ...operator, providers, host: new URL(providers.url).host };
}

describe("check", () => {
  it("says that a provider accepts the key of a secret", async () => {
    const { run, host, providers } = await startAsked(true);
    const { code, out } = await run(["check"]);
    expect(out).toContain(`✓ prod/a: openai: Would send api-key. ${host} accepts the key.`);
    expect(out).toContain("✓ provider: openai: The provider accepts the key.");
    expect(providers.calls.map(({ key }) => key)).toEqual([KEY, ""]);
    expect(code).toBe(0);
  });

  it("fails if a provider refuses the key and shows the provider's message", async () => {
    const { run, host } = await startAsked(false);
    const { code, out } = await run(["check"]);
    expect(out).toContain(`✗ prod/a: openai: ${host} refused the key (HTTP 401, invalid_api_key).`);
    expect(out).toContain("Incorrect API key provided: [redacted]");
    expect(out).toContain("✗ provider: openai: The provider refuses the key.");
    expect(out).not.toContain(KEY);
    expect(code).toBe(1);
  });

  it("does not fail if a provider's response is inconclusive", async () => {
    const { run, host } = await startAsked(true, { status: 429, body: "{}" });
    const { code, out } = await run(["check"]);
    expect(out).toContain(`${host} did not say whether it accepts the key (HTTP 429).`);
    expect(out).toContain("! provider: openai: The provider did not say whether it accepts the key.");
    expect(code).toBe(0);
  });
});

describe("rotate --dry-run", () => {
  it("asks the provider and sends no PUT", async () => {
    const { run, confluent, providers } = await startAsked(true);
    const { code, out, err } = await run(["rotate", "--dry-run"]);
    expect(`${out}${err}`).toContain("accepts the key.");
    expect(providers.calls.map(({ key }) => key)).toEqual([KEY, ""]);
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toEqual([]);
    expect(code).toBe(0);
  });

  it("ends with 1 if the provider refuses the key", async () => {
    const { run, confluent } = await startAsked(false);
    const { code, out } = await run(["rotate", "--dry-run"]);
    expect(out).toContain("refused the key (HTTP 401, invalid_api_key)");
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toEqual([]);
    expect(code).toBe(1);
  });
});
