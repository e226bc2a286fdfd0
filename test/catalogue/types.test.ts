import { describe, expect, it } from "vitest";
import { type ConnectionEntry, startWorld } from "../support/world.ts";

const SERVICE_KEY = JSON.stringify({ client_email: "robot@example.com", private_key: "-----BEGIN…" });

/** Entry, secret, and the expected `auth_data.data`. */
const TWELVE: readonly (readonly [
  Omit<ConnectionEntry, "name" | "secret">,
  string,
  Record<string, string>,
])[] = [
  [{ type: "OPENAI" }, "k-1", { API_KEY: "k-1", AUTH_TYPE: "API_KEY" }],
  [{ type: "ANTHROPIC" }, '{"apiKey":"k-2"}', { API_KEY: "k-2", AUTH_TYPE: "API_KEY" }],
  [
    { type: "PINECONE", fields: { "api-key": "PINE" } },
    '{"PINE":"k-3"}',
    { API_KEY: "k-3", AUTH_TYPE: "API_KEY" },
  ],
  [
    { type: "BEDROCK" },
    '{"AWS_ACCESS_KEY_ID":"id","AWS_SECRET_ACCESS_KEY":"secret"}',
    { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" },
  ],
  [
    { type: "SAGEMAKER" },
    '{"aws-access-key":"id","aws-secret-key":"secret","aws-session-token":"token"}',
    { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "token" },
  ],
  [{ type: "VERTEXAI" }, SERVICE_KEY, { SERVICE_KEY }],
  [
    { type: "MONGODB" },
    '{"username":"u","password":"p","clusterUrl":"x","databaseName":"y","groupId":"z"}',
    { USERNAME: "u", PASSWORD: "p", AUTH_TYPE: "BASIC" },
  ],
  [
    { type: "CONFLUENT_JDBC" },
    '{"username":"u","password":"p"}',
    { USERNAME: "u", PASSWORD: "p", AUTH_TYPE: "BASIC" },
  ],
  [{ type: "ELASTIC", fields: "api-key" }, "k-9", { API_KEY: "k-9", AUTH_TYPE: "API_KEY" }],
  [
    { type: "REST", values: { "token-endpoint": "https://id.example.com/token", scope: "all" } },
    '{"client_id":"c","client_secret":"s"}',
    {
      OAUTH2_TOKEN_ENDPOINT: "https://id.example.com/token",
      OAUTH2_CLIENT_ID: "c",
      OAUTH2_CLIENT_SECRET: "s",
      OAUTH2_SCOPE: "all",
      AUTH_TYPE: "OAUTH2",
    },
  ],
  [{ type: "A2A", fields: "token" }, "k-11", { BEARER_TOKEN: "k-11", AUTH_TYPE: "BEARER" }],
  [
    { type: "MCP_SERVER", fields: { "api-key": "KEY" }, values: { "transport-type": "streamable_http" } },
    '{"KEY":"k-12"}',
    { API_KEY: "k-12", TRANSPORT_TYPE: "STREAMABLE_HTTP", AUTH_TYPE: "API_KEY" },
  ],
];

/** The token endpoint of REST is not on this machine. */
const config = { verification: { provider: false } };

const CONNECTIONS = TWELVE.map(([entry], index) => ({
  ...entry,
  name: `c${index + 1}`,
  secret: `s${index + 1}`,
}));

describe("twelve connections of twelve types", () => {
  it("receive their keys and become READY without an alert", async () => {
    const world = await startWorld({ connections: CONNECTIONS, config, confluent: { timeToReadyMs: 2_000 } });
    for (const [index, [, value]] of TWELVE.entries()) world.aws.putSecret(`s${index + 1}`, value);
    const report = await world.invoke({ trigger: "schedule" });
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 12 } });
    for (const [index, [, , data]] of TWELVE.entries()) expect(world.held(`c${index + 1}`)).toEqual(data);
    expect(Math.min(...report.connections.map(({ durationMs }) => durationMs))).toBeGreaterThanOrEqual(2_000);
    expect(world.aws.published()).toEqual([]);
  });

  it("cause one alert if one key is bad, while the other eleven become READY", async () => {
    const world = await startWorld({ connections: CONNECTIONS, config });
    world.confluent.configure("c2", { accepts: ["another"] });
    for (const [index, [, value]] of TWELVE.entries()) {
      world.aws.putSecret(`s${index + 1}`, value, { createdAt: world.clock.now() - 3_600_000 });
    }
    await expect(world.invoke({ trigger: "schedule" })).rejects.toThrow("1 of 12 failed (rejected)");
    expect(world.aws.published()).toHaveLength(1);
    expect(world.aws.published()[0]?.message).toContain("DOWN NOW: c2");
  });
});
