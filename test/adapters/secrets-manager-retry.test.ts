import { GetSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { OutOfTimeError } from "../../src/rotation/errors.ts";
import { STARTED_AT } from "../support/aws.ts";
import { SteppingClock } from "../support/stepping-clock.ts";
import { CURRENT, failure, mockSecretsManager, named, revealed, store, VALUE } from "./secret-store.ts";

const client = mockSecretsManager();

describe("a failed call to Secrets Manager", () => {
  const http = (httpStatusCode: number, name = "Unknown") =>
    Object.assign(named(name), { $metadata: { httpStatusCode } });
  const network = (code: string, facts: object = {}) => Object.assign(named("Error"), { code, ...facts });

  it.each([
    ["a service error", named("InternalServiceError"), 500],
    ["a 503 without a name", http(503), 503],
    ["an HTML page instead of a response", http(200, "SyntaxError"), 200],
    ["a throttled call", named("ThrottlingException"), 400],
    ["a throttled key", named("KMSThrottlingException"), 400],
    ["a 429", http(429), 429],
    ["a broken TCP connection", network("ECONNRESET"), 0],
    ["a name that does not resolve", network("EAI_AGAIN"), 0],
    ["a proxy that cannot reach AWS", network("ERR_PROXY_TUNNEL", { statusCode: 503 }), 0],
    ["a proxy that closes the connection", network("ERR_PROXY_TUNNEL"), 0],
    ["an attempt that takes too long", named("AbortError"), 0],
  ])("is retried after %s until it succeeds", async (_, error, httpStatusCode) => {
    if (httpStatusCode >= 500) Object.assign(error, { $metadata: { httpStatusCode } });
    const failing = client.on(GetSecretValueCommand);
    for (let failures = 0; failures < 8; failures += 1) failing.rejectsOnce(error);
    failing.resolves({ SecretString: VALUE });
    const clock = new SteppingClock(STARTED_AT);
    expect(revealed(await store({ clock }).read("openai", CURRENT))).toBe(VALUE);
    expect(clock.now() - STARTED_AT).toBeGreaterThan(8_000);
  });

  it.each([
    [60_000, 30_000],
    [890_000, 300_000],
    [10_000, 5_000],
  ])("is retried for half of the remaining %i ms, for five minutes at most", async (leftMs, retriedMs) => {
    client.on(GetSecretValueCommand).rejects(http(503));
    const clock = new SteppingClock(STARTED_AT);
    await failure(store({ clock, deadlineAt: STARTED_AT + leftMs }).read("openai", CURRENT));
    expect(clock.now() - STARTED_AT).toBeLessThan(retriedMs);
    expect(clock.now() - STARTED_AT).toBeGreaterThan(retriedMs - 5_000);
  });

  it("is not retried after a proxy has refused it", async () => {
    client.on(GetSecretValueCommand).rejects(network("ERR_PROXY_TUNNEL", { statusCode: 407 }));
    const error = await failure(store().read("openai", CURRENT));
    expect(error.message).toContain("(PROXY_407): the proxy refused the connection");
    expect(client.calls()).toHaveLength(1);
  });

  it.each(["AccessDeniedException", "ResourceNotFoundException", "DecryptionFailure", "CERT_HAS_EXPIRED"])(
    "is not retried after %s",
    async (name) => {
      client.on(GetSecretValueCommand).rejects(named(name));
      await failure(store().read("openai", CURRENT));
      expect(client.calls()).toHaveLength(1);
    },
  );

  it("is not retried after the end of the run", async () => {
    const closed = new AbortController();
    client.on(GetSecretValueCommand).callsFake(async () => {
      closed.abort();
      throw http(503);
    });
    const error = await failure(store({ closed: closed.signal }).read("openai", CURRENT));
    expect(error).toBeInstanceOf(OutOfTimeError);
    expect(client.calls()).toHaveLength(1);
  });
});
