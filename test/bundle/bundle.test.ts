import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { startProviders } from "../../src/sandbox/providers/server.ts";
import { selfSigned } from "../support/certificate.ts";
import { deploy } from "../support/deployment.ts";
import { serveTls } from "../support/server.ts";
import { API_KEY } from "../support/world.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const KEYS: Readonly<Record<string, string>> = {
  BEDROCK: JSON.stringify({ awsAccessKey: "AKIAEXAMPLE", awsSecretKey: "aws-secret-0123456789" }),
  VERTEXAI: JSON.stringify({
    client_email: "a@example.com",
    private_key_id: "key-1",
    private_key: privateKey,
  }),
  REST: JSON.stringify({ clientId: "client-1", clientSecret: "client-secret-0123456789" }),
};
const KEY = "sk-new-key-0123456789";

describe("the bundle in an empty folder", () => {
  it("rotates connections over the real protocols, prints only JSON lines and leaves no socket open", async () => {
    const { aws, confluent, invoke } = await deploy({ key: KEY });
    const { report, sockets, openSockets, lines } = await invoke({ trigger: "schedule" });
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect(confluent.connection("b").data).toEqual({ API_KEY: KEY, AUTH_TYPE: "API_KEY" });
    expect(aws.published()).toEqual([]);
    expect(sockets).toBeGreaterThan(1);
    expect(openSockets).toBe(0);
    const codes = lines.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(["RUN_STARTED", "CONNECTION", "RUN_ENDED"]));
  });

  it("throws errors with their names after the alert, and reveals no secret", async () => {
    const { aws, invoke } = await deploy({ key: KEY, accepts: [] });
    const { error, openSockets, lines } = await invoke({ trigger: "schedule" });
    expect(error).toEqual({
      name: "RotationFailedError",
      message: "[FAILED] Flink connections prod: 1 of 2 failed, 1 not attempted (rejected)",
    });
    expect(aws.published()).toMatchObject([
      { subject: expect.stringMatching(/^\[DOWN 1\]/), messageStructure: "json" },
    ]);
    expect(openSockets).toBe(0);
    const output = JSON.stringify([lines, aws.published()]);
    expect(output).not.toContain(KEY);
    expect(output).not.toContain(API_KEY.secret);
  });

  it("sends no key that its provider refuses and leaves no socket to the provider open", async () => {
    const providers = await startProviders({ accepts: () => false });
    onTestFinished(() => providers.close());
    const { aws, confluent, invoke } = await deploy({ key: KEY, endpoint: `${providers.url}/v1` });
    const { error, openSockets, printed } = await invoke({ trigger: "schedule" });
    expect(error?.message).toBe("[FAILED] Flink connections prod: 2 of 2 not attempted (rejected)");
    expect(providers.calls).toMatchObject([{ provider: "OPENAI", key: KEY }]);
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toEqual([]);
    expect(openSockets).toBe(0);
    const output = JSON.stringify([printed, aws.published()]);
    expect(output).toContain("refused the key (HTTP 401, invalid_api_key)");
    expect(output).not.toContain(KEY);
    expect(output).not.toContain("***");
  });

  it.each(["BEDROCK", "VERTEXAI", "REST"])("asks the provider of %s", async (type) => {
    const providers = await startProviders();
    onTestFinished(() => providers.close());
    const endpoint = `${providers.url}/v1`;
    const values = { "token-endpoint": `${providers.url}/oauth2/token`, scope: "read" };
    const { invoke } = await deploy({
      key: KEYS[type] ?? "",
      type,
      endpoint,
      ...(type === "REST" && { values }),
    });
    const { report } = await invoke({ trigger: "schedule" });
    expect(report).toMatchObject({
      outcome: "succeeded",
      connections: [{ evidence: { provider: "valid" } }, {}],
    });
    expect(providers.calls).toHaveLength(1);
  });

  it("uses TLS and refuses an invalid certificate", async () => {
    const { invoke } = await deploy({ key: KEY, restEndpoint: await serveTls(selfSigned()) });
    const { report, openSockets } = await invoke({});
    expect(report).toMatchObject({
      outcome: "failed",
      connections: [
        { errorClass: "unreachable", message: expect.stringContaining("DEPTH_ZERO_SELF_SIGNED_CERT") },
        { errorClass: "unreachable" },
      ],
    });
    expect(openSockets).toBe(0);
  });

  it("refuses an unsupported event", async () => {
    const { invoke } = await deploy({ key: KEY });
    const { error, sockets } = await invoke({ Records: [] });
    expect(error?.name).toBe("EventError");
    expect(sockets).toBe(0);
  });
});
