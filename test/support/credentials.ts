import { expect } from "vitest";
import type { Connection } from "../../src/rotation/connection.ts";
import { buildCredentials } from "../../src/rotation/credentials/auth-data.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { connection } from "./builders.ts";

/** Fields of a secret under the names of the options, and what is sent for them. */
export const apiKey = { "api-key": "k1" };
export const basic = { username: "u1", password: "p1" };
export const bearer = { token: "t1" };
export const oauth2 = {
  "token-endpoint": "https://login.example.com/token",
  "client-id": "c1",
  "client-secret": "s1",
  scope: "all",
};
export const aws = { "aws-access-key": "AKIA1", "aws-secret-key": "w1" };
export const session = { ...aws, "aws-session-token": "x1" };

export const API_KEY = { API_KEY: "k1", AUTH_TYPE: "API_KEY" };
export const BASIC = { USERNAME: "u1", PASSWORD: "p1", AUTH_TYPE: "BASIC" };
export const BEARER = { BEARER_TOKEN: "t1", AUTH_TYPE: "BEARER" };
export const OAUTH2 = {
  OAUTH2_TOKEN_ENDPOINT: "https://login.example.com/token",
  OAUTH2_CLIENT_ID: "c1",
  OAUTH2_CLIENT_SECRET: "s1",
  OAUTH2_SCOPE: "all",
  AUTH_TYPE: "OAUTH2",
};
export const AWS = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "w1" };
export const SESSION = { AWS_ACCESS_KEY_ID: "AKIA1", AWS_SECRET_ACCESS_KEY: "w1", AWS_SESSION_TOKEN: "x1" };

/** Part of a secret that no message may quote. */
export const MARKER = "s3cr3t-marker";
export const SERVICE_ACCOUNT = `{\n  "type": "service_account",\n  "private_key": "-----BEGIN\\n${MARKER}\\n",\n  "client_email": "me@example.com"\n}\n`;

/** What is sent for a connection with this secret. */
export function dataOf(overrides: Partial<Connection>, secret: unknown): unknown {
  const text = typeof secret === "string" ? secret : JSON.stringify(secret);
  return JSON.parse(buildCredentials(connection(overrides), new Secret(text)).data.reveal());
}

/** Why a secret cannot be used; the message and its stack quote nothing of it. */
export function faultOf(overrides: Partial<Connection>, secret: unknown): string {
  try {
    return `no fault: ${JSON.stringify(dataOf(overrides, secret))}`;
  } catch (error) {
    expect(error).toMatchObject({ name: "SecretError", errorClass: "secret" });
    expect(error).not.toHaveProperty("cause");
    expect(String((error as Error).stack)).not.toContain(MARKER);
    return (error as Error).message;
  }
}
