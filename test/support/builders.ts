import type { Connection, ConnectionState, CredentialSource } from "../../src/rotation/connection.ts";
import type { ApiKey, SecretVersion } from "../../src/rotation/dependencies.ts";
import type { Outcome } from "../../src/rotation/outcome.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { untrusted } from "./untrusted.ts";

export const NOW = Date.parse("2026-03-21T10:00:00Z");
export const HOUR_MS = 3_600_000;

/** Options under the usual spellings, with overrides. */
export function options(
  overrides: Partial<Omit<CredentialSource & { kind: "options" }, "kind">> = {},
): CredentialSource {
  return { kind: "options", values: {}, ...overrides };
}

export function connection(overrides: Partial<Connection> = {}): Connection {
  return {
    name: "orders-openai",
    environment: "prod",
    type: "OPENAI",
    secret: "prod/openai",
    credentials: options(),
    canary: false,
    provider: true,
    ...overrides,
  };
}

export function observation(overrides: Partial<ConnectionState> = {}): ConnectionState {
  return {
    name: "orders-openai",
    connectionType: "OPENAI",
    endpoint: "https://api.openai.com/v1/chat/completions",
    resourceVersion: "1",
    updatedAt: 1_700_000_000_000,
    phase: "READY",
    httpStatus: 200,
    requestId: untrusted("request-1"),
    ...overrides,
  };
}

export function secretVersion(overrides: Partial<SecretVersion> = {}): SecretVersion {
  return {
    versionId: "version-1",
    createdAt: NOW - HOUR_MS,
    stages: ["AWSCURRENT"],
    value: new Secret("sk-new-key"),
    ...overrides,
  };
}

export function outcome(overrides: Partial<Outcome> = {}): Outcome {
  return {
    name: "orders-openai",
    environment: "prod",
    type: "OPENAI",
    outcome: "ready",
    evidence: { provider: "not-asked", phase: "ready", statement: "not-run" },
    secret: "prod/openai",
    durationMs: 0,
    ...overrides,
  };
}

export function flinkApiKey(key = "flink-key"): ApiKey {
  return { key: new Secret(key), secret: new Secret("flink-secret") };
}

/** An entry of `environments` in connections.json. */
export function environmentEntry(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    organizationId: "9bb441c4-edef-46ac-8a41-c49e44a3fd9a",
    environmentId: "env-a1b2c3",
    cloud: "aws",
    region: "us-west-2",
    apiKeySecret: "prod/confluent/flink-api-key",
    ...overrides,
  };
}

/** An entry of `connections` in connections.json. */
export function connectionEntry(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return { name: "orders-openai", type: "OPENAI", secret: "prod/openai", ...overrides };
}

/** The content of a connections.json: one environment with one connection, with overrides. */
export function configFile(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return { environments: { prod: environmentEntry() }, connections: [connectionEntry()], ...overrides };
}
