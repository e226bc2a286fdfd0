import { describe, expect, it, onTestFinished } from "vitest";
import type { ProviderFault } from "../../src/sandbox/providers/faults.ts";
import type { ProvidersSandbox } from "../../src/sandbox/providers/server.ts";
import { unwrapped } from "../support/alerts.ts";
import { startWatchedProviders } from "../support/leak-watch.ts";
import { everythingOf, leaksIn } from "../support/leaks.ts";
import { captureText } from "../support/output.ts";
import {
  BAD_KEY,
  connectionsOf,
  GOOD_KEY,
  type Judged,
  judge,
  startVerdicts,
  type VerdictOptions,
} from "../support/verdicts.ts";
import { startWorld, type World } from "../support/world.ts";

const KEPT = { outcome: "not-attempted", errorClass: "rejected", evidence: { provider: "refused" } };

interface Options extends Partial<Omit<VerdictOptions, "connections" | "live">> {
  readonly type?: string;
  /** Whether the provider accepts a key; only the good one by default. */
  readonly accepts?: (key: string) => boolean;
  /** False if connections.json does not contain the endpoint. */
  readonly isEndpointListed?: boolean;
}

interface Asked {
  readonly world: World;
  readonly providers: ProvidersSandbox;
  readonly judge: () => Promise<Judged>;
}

/** Connections of one secret whose endpoint is a stand-in for their provider. */
async function startAsked(options: Options): Promise<Asked> {
  const { key = BAD_KEY, count = 3, type = "OPENAI", isEndpointListed = true } = options;
  const { accepts = (shown: string) => shown === GOOD_KEY, ...rest } = options;
  const providers = await startWatchedProviders({ accepts });
  onTestFinished(() => providers.close());
  const endpoint = `${providers.url}/v1/chat/completions`;
  const connections = connectionsOf("openai", count).map((each) => ({
    ...each,
    type,
    ...(isEndpointListed && { endpoint }),
  }));
  const world = await startVerdicts({ settings: {}, key, ...rest, connections, live: { endpoint } });
  return { world, providers, judge: () => judge(world, key) };
}

const putsOf = ({ confluent }: World) => confluent.requests.filter(({ method }) => method === "PUT").length;

describe("a bad key that its provider refuses", () => {
  it.each([
    ["silent", {}],
    ["credulous", {}],
    ["controller", { verdictAfterMs: 30_000 }],
    ["prompt", {}],
  ] as const)("row 50: is sent to no connection of a %s service, with one alert", async (name, settings) => {
    const asked = await startAsked({ settings: { world: name, ...settings }, count: 50 });
    const judged = await asked.judge();
    expect(judged).toMatchObject({ counts: { "not-attempted": 50 }, holders: 0, alerts: 1 });
    expect(judged.connections[0]).toMatchObject(KEPT);
    expect(putsOf(asked.world)).toBe(0);
    expect(asked.providers.calls).toHaveLength(1);
    expect(judged.seconds).toBeLessThan(1);
  });

  it("row 50: is reported in the alert with the provider, its code and its message", async () => {
    const { world, providers, judge: run } = await startAsked({});
    await run();
    const { host } = new URL(providers.url);
    const text = unwrapped(JSON.parse(world.aws.published()[0]?.message ?? "{}").default);
    expect(text).toContain(`${host} refused the key (HTTP 401, invalid_api_key). Nothing was put`);
    expect(text).toContain(`${host}: Incorrect API key provided: [redacted]`);
  });

  it("row 50: does not move the propagation label", async () => {
    const { world, judge: run } = await startAsked({
      settings: { world: "silent" },
      config: { propagationLabel: "FLINK_READY" },
    });
    await run();
    expect(world.aws.stages("openai")).not.toHaveProperty("FLINK_READY");
  });

  it("row 50: is sent to the connections if the check is turned off", async () => {
    const {
      world,
      judge: run,
      providers,
    } = await startAsked({
      settings: { world: "credulous" },
      config: { verification: { provider: false } },
    });
    expect(await run()).toMatchObject({ counts: { ready: 3 }, holders: 3 });
    expect(providers.calls).toEqual([]);
    expect(putsOf(world)).toBe(3);
  });
});

describe("a good key that its provider accepts", () => {
  it.each([
    ["silent", "applied"],
    ["credulous", "ready"],
    ["controller", "ready"],
    ["prompt", "ready"],
  ] as const)(
    "row 50: is sent to all connections of a %s service, and the propagation label moves",
    async (world, outcome) => {
      const asked = await startAsked({
        settings: { world },
        key: GOOD_KEY,
        config: { propagationLabel: "FLINK_READY" },
      });
      const { counts, connections, alerts } = await asked.judge();
      expect({ counts, alerts }).toMatchObject({ counts: { [outcome]: 3 }, alerts: 0 });
      expect(connections.map(({ evidence }) => evidence.provider)).toEqual(["valid", "valid", "valid"]);
      expect(asked.world.aws.stages("openai")).toHaveProperty("FLINK_READY");
    },
  );
});

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

describe("an endpoint that is neither listed nor the provider's", () => {
  it("row 52: receives no key from the provider check", async () => {
    const { providers, judge: run } = await startAsked({ key: GOOD_KEY, isEndpointListed: false });
    const { connections } = await run();
    expect(connections[0]?.evidence.provider).toBe("not-asked");
    expect(providers.calls).toEqual([]);
  });

  it("row 52: receives no key if it only looks like the provider's", async () => {
    const endpoint = "https://api.openai.com.evil.invalid/v1";
    const connections = connectionsOf("openai", 1);
    const world = await startVerdicts({ settings: {}, key: GOOD_KEY, connections, live: { endpoint } });
    const { counts, connections: outcomes } = await judge(world, GOOD_KEY);
    expect(counts).toMatchObject({ ready: 1 });
    expect(outcomes[0]?.evidence.provider).toBe("not-asked");
  });
});

describe("a good key that only the service behind the connection knows", () => {
  it("row 45: is sent to a gateway's connection without asking AWS about it", async () => {
    const endpoint = "https://bedrock.eu-central-1.example.com";
    const value = JSON.stringify({ "aws-access-key": "gw-1", "aws-secret-key": "gateway-secret-0123456789" });
    const connections = connectionsOf("openai", 1).map((each) => ({ ...each, type: "BEDROCK", endpoint }));
    const world = await startWorld({ connections, live: { endpoint } });
    world.aws.putSecret("openai", value, { createdAt: world.clock.now() - 3_600_000 });
    const { counts, connections: outcomes } = await judge(world, value);
    expect(counts).toMatchObject({ ready: 1 });
    expect(outcomes[0]?.evidence.provider).toBe("not-asked");
  });

  it("row 46: is sent if its token endpoint accepts client credentials only in the header and unescaped", async () => {
    const secret = "client/secret+7f3a9c1d2e4b8a60=";
    const { world, providers } = await startTokens(secret);
    providers.fail({ status: 401, body: '{"error":"invalid_client"}', times: 2 });
    const { counts, connections } = await judge(world, secret);
    expect(counts).toMatchObject({ ready: 1 });
    expect(connections[0]?.evidence.provider).toBe("valid");
  });
});

describe("a fresh key that its provider does not know yet", () => {
  it("row 53: is sent once the provider accepts it", async () => {
    const { world, providers, judge: run } = await startAsked({ key: GOOD_KEY, keyAgeMs: 0 });
    providers.fail({ status: 401, body: '{"error":{"code":"invalid_api_key"}}', times: 3 });
    const { counts, seconds } = await run();
    expect(counts).toMatchObject({ ready: 3 });
    expect(providers.calls.filter(({ key }) => key !== "")).toHaveLength(4);
    expect(seconds).toBeGreaterThan(10);
    expect(putsOf(world)).toBe(3);
  });

  it("row 53: counts as refused at the end of the grace period", async () => {
    const { world, providers, judge: run } = await startAsked({ keyAgeMs: 0 });
    const { counts, seconds } = await run();
    expect(counts).toMatchObject({ "not-attempted": 3 });
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThan(125);
    expect(providers.calls).toHaveLength(8);
    expect(putsOf(world)).toBe(0);
  });

  it("row 53: is replaced by a newer version at once", async () => {
    const { world, providers, judge: run } = await startAsked({ keyAgeMs: 0 });
    const running = run();
    await world.clock.sleep(31_000);
    world.aws.putSecret("openai", GOOD_KEY);
    const { counts, seconds } = await running;
    expect(counts).toMatchObject({ ready: 3 });
    expect(seconds).toBeLessThan(50);
    expect(providers.calls.at(-2)?.key).toBe(GOOD_KEY);
    expect(world.keysPut("openai-1")).toEqual([GOOD_KEY]);
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

async function startTokens(clientSecret = "client-secret-0123456789") {
  const providers = await startWatchedProviders({});
  onTestFinished(() => providers.close());
  const values = { "token-endpoint": `${providers.url}/oauth2/token`, scope: "read" };
  const connections = [{ name: "a", secret: "openai", type: "REST", values }];
  const key = JSON.stringify({ clientId: "client-1", clientSecret });
  const world = await startWorld({ connections });
  world.aws.putSecret("openai", key, { createdAt: world.clock.now() - 3_600_000 });
  return { world, providers, values };
}
