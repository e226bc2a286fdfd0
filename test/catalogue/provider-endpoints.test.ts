import { describe, expect, it } from "vitest";
import { startAsked, startTokens } from "../support/asked-providers.ts";
import { connectionsOf, GOOD_KEY, judge, startVerdicts } from "../support/verdicts.ts";
import { startWorld } from "../support/world.ts";

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
