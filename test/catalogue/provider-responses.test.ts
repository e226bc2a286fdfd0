import { describe, expect, it } from "vitest";
import type { ProviderFault } from "../../src/sandbox/providers/faults.ts";
import { putsOf, startAsked, startTokens } from "../support/asked-providers.ts";
import { everythingOf, leaksIn } from "../support/leaks.ts";
import { captureText } from "../support/output.ts";
import { GOOD_KEY, judge } from "../support/verdicts.ts";

describe("a provider with an unusual response", () => {
  const ODD: Readonly<Record<string, ProviderFault>> = {
    "forbids the request": { status: 403, body: '{"error":{"message":"Forbidden"}}' },
    "does not know the path": { status: 404, body: "{}" },
    "limits the rate": { status: 429, headers: { "retry-after": "3600" }, body: "{}" },
    "does not allow the address": { status: 401, body: '{"error":{"code":"ip_not_authorized"}}' },
    "responds with HTML": { status: 401, body: "<html>Invalid API key</html>" },
    "redirects to another host": { status: 307, headers: { location: "https://example.com" }, body: "" },
    "never responds": { transfer: "hang" },
    "stops in the middle": { transfer: "stall" },
    "breaks each TCP connection": { transfer: "reset" },
    "sends a million bytes": { status: 401, transfer: { hugeBytes: 1_000_000 } },
  };
  it.each(Object.entries(ODD))("row 51: does not delay the key if it %s", async (_name, fault) => {
    const { world, providers, judge: run } = await startAsked({ key: GOOD_KEY });
    providers.fail({ ...fault, times: 9 });
    const { counts, connections, alerts } = await run();
    expect({ counts, alerts }).toMatchObject({ counts: { ready: 3 }, alerts: 0 });
    expect(connections[0]?.evidence).toMatchObject({ provider: "unknown", phase: "ready" });
    expect(putsOf(world)).toBe(3);
    expect(providers.calls.length).toBeLessThanOrEqual(2);
  });

  it("row 51: does not prove a key if it also accepts requests without one, so the propagation label does not move", async () => {
    const {
      world,
      providers,
      judge: run,
    } = await startAsked({
      settings: { world: "silent" },
      config: { propagationLabel: "FLINK_READY" },
    });
    providers.fail({ status: 200, body: '{"data":[]}', times: 2 });
    const { counts, connections } = await run();
    expect(counts).toMatchObject({ applied: 3 });
    expect(connections[0]?.evidence.provider).toBe("unknown");
    expect(world.aws.stages("openai")).not.toHaveProperty("FLINK_READY");
  });

  it("row 51: costs three seconds if it never responds", async () => {
    const { providers, judge: run } = await startAsked({ key: GOOD_KEY });
    const usual = await run();
    providers.fail({ transfer: "hang", times: 9 });
    const { seconds } = await run();
    expect(seconds - usual.seconds).toBeLessThan(3.5);
  });
});

describe("a provider that echoes its request", () => {
  const KEY = "sk-marker-7f3a9c1d2e4b8a60/+ü&=%";

  it("row 54: reveals nothing of the key", async () => {
    const output = captureText("DEBUG");
    const { world, providers, judge: run } = await startAsked({ key: KEY });
    const message = `Not a key: ${KEY}. Header: Bearer ${KEY}. ${Buffer.from(KEY).toString("base64")}`;
    providers.fail({
      status: 401,
      body: JSON.stringify({ error: { code: "invalid_api_key", message } }),
    });
    const judged = await run();
    expect(judged).toMatchObject({ counts: { "not-attempted": 3 } });
    const seen = [output(), everythingOf(world.aws.published()), everythingOf(judged)].join("\n");
    expect(seen).toContain("Not a key");
    expect(leaksIn(seen, [KEY])).toEqual([]);
  });

  it("row 54: reveals nothing of the client credentials in the echoed header and body", async () => {
    const output = captureText("DEBUG");
    const secret = "client/secret+7f3a9c1d2e4b8a60&=%";
    const { world, providers, values } = await startTokens(secret);
    const basic = Buffer.from(`client-1:${encodeURIComponent(secret)}`).toString("base64");
    const form = new URLSearchParams({ ...values, client_secret: secret });
    const error_description = `Authorization: Basic ${basic}. ${form}. ${secret}`;
    const body = JSON.stringify({ error: "invalid_client", error_description });
    providers.fail({ status: 401, body, times: 3 });
    const judged = await judge(world, secret);
    expect(judged.counts).toMatchObject({ "not-attempted": 1 });
    const seen = [output(), everythingOf(world.aws.published()), everythingOf(judged)].join("\n");
    expect(seen).toContain("invalid_client");
    expect(leaksIn(seen, [secret, basic])).toEqual([]);
  });

  it("row 54: reveals nothing of a token that it issued", async () => {
    const output = captureText("DEBUG");
    const { world, providers } = await startTokens();
    const judged = await judge(world, "client-secret-0123456789");
    expect(judged.counts).toMatchObject({ ready: 1 });
    expect(providers.calls).toMatchObject([{ provider: "OAUTH2" }]);
    expect(everythingOf([output(), world.aws.published(), judged])).not.toContain("token-");
  });
});
