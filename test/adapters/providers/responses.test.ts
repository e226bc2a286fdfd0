import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { serve } from "../../support/server.ts";
import { ask, providers, withKey } from "./asking.ts";
import { DATA, questionTo } from "./good-keys.ts";

describe("a provider", () => {
  it("that does not respond is given three seconds", async () => {
    const { url, fail } = await providers();
    fail({ transfer: "hang" });
    const startedAt = performance.now();
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({
      verdict: "unknown",
      reason: "no response within 3 seconds",
    });
    expect(performance.now() - startedAt).toBeLessThan(4_500);
  });

  it("that stops in the middle of its response is given three seconds", async () => {
    const { url, fail } = await providers();
    fail({ transfer: "stall" });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({
      verdict: "unknown",
      reason: "no response within 3 seconds",
    });
  });

  it("that cannot be reached leaves the key's validity unknown", async () => {
    const sandbox = await providers();
    const question = questionTo("http://127.0.0.1:1", "OPENAI");
    expect(await ask(question)).toMatchObject({ verdict: "unknown", reason: "ECONNREFUSED" });
    expect(sandbox.calls).toEqual([]);
  });

  it("is asked a second time if the TCP connection breaks", async () => {
    const { url, fail, calls } = await providers();
    fail({ transfer: "reset" });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "valid" });
    expect(withKey(calls)).toHaveLength(2);
  });

  it("is not asked a third time", async () => {
    const { url, fail, calls } = await providers();
    fail({ transfer: "reset", times: 3 });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown", reason: /./ });
    expect(calls).toHaveLength(2);
  });

  it("may return a list of which only 64 kB are read", async () => {
    const { url, fail } = await providers();
    fail({ body: `{"data":["${"x".repeat(200_000)}"]}` });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "valid" });
  });

  it("that refuses a key in more than 64 kB leaves its validity unknown", async () => {
    const { url, fail } = await providers();
    const error = { code: "invalid_api_key", message: "x".repeat(70_000) };
    fail({ status: 401, body: JSON.stringify({ error }) });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown" });
  });

  it("that refuses a key in one word of 60 kB is understood within a second", async () => {
    const { url, fail } = await providers();
    fail({
      status: 401,
      body: JSON.stringify({ error: { code: "invalid_api_key", message: "x".repeat(60_000) } }),
    });
    const startedAt = performance.now();
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "refused" });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it("that sends an endless response is cut off", async () => {
    const { url, fail } = await providers();
    fail({ status: 401, transfer: { hugeBytes: 1e10 } });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown", reason: "HTTP 401" });
  });
});

describe("a host that is not the provider's own", () => {
  it.each(["OPENAI", "ANTHROPIC", "GOOGLEAI", "AZUREOPENAI", "PINECONE", "ELASTIC"])(
    "leaves the key's validity unknown if it also accepts a request without a key: %s",
    async (type) => {
      const { url, fail, calls } = await providers();
      fail({ status: 200, body: '{"data":[]}', times: 2 });
      expect(await ask(questionTo(url, type))).toEqual({
        verdict: "unknown",
        host: new URL(url).host,
        reason: "it also accepts requests without a key",
      });
      expect(calls).toHaveLength(2);
      const [{ headers = {} } = {}, open] = calls;
      const secrets = Object.values(DATA[type] ?? {});
      expect(
        Object.values(headers).some((value) => secrets.some((each) => String(value).includes(each))),
      ).toBe(true);
      expect(secrets.filter((each) => JSON.stringify(open).includes(each))).toEqual([]);
    },
  );

  it("leaves the key's validity unknown if it does not answer the request without a key", async () => {
    const { url, fail } = await providers();
    fail({ status: 200, body: '{"data":[]}' });
    fail({ transfer: "reset", times: 2 });
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "unknown" });
  });
});

describe("a provider's compressed response", () => {
  const answerWith = (body: Buffer) =>
    serve((_request, response) => response.writeHead(401, { "content-type": "application/json" }).end(body));

  it("is decompressed although it was not requested", async () => {
    const error = { code: "invalid_api_key", message: "Incorrect API key provided." };
    const url = await answerWith(gzipSync(JSON.stringify({ error })));
    expect(await ask(questionTo(url, "OPENAI"))).toMatchObject({ verdict: "refused" });
  });

  it.each([
    ["decompresses to more than 64 kB", gzipSync(" ".repeat(10_000_000))],
    ["is broken", gzipSync("{}").subarray(0, 12)],
  ])("leaves the key's validity unknown if it %s", async (_, body) => {
    expect(await ask(questionTo(await answerWith(body), "OPENAI"))).toMatchObject({ verdict: "unknown" });
  });
});
