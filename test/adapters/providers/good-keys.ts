import { generateKeyPairSync } from "node:crypto";
import type { Question } from "./asking.ts";

export const KEYS = generateKeyPairSync("rsa", {
  modulusLength: 2_048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

export const SERVICE_ACCOUNT = {
  type: "service_account",
  client_email: "flink@demo.iam.gserviceaccount.com",
  private_key_id: "good-key-id",
  private_key: KEYS.privateKey,
  token_uri: "https://oauth2.googleapis.com/token",
};

/** What each type sends to its provider. */
export const DATA: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OPENAI: { API_KEY: "sk-good-key-1" },
  ANTHROPIC: { API_KEY: "sk-ant-good-key-1" },
  GOOGLEAI: { API_KEY: "AIza-good-key-1" },
  AZUREOPENAI: { API_KEY: "good-key-1" },
  PINECONE: { API_KEY: "pc-good-key-1" },
  ELASTIC: { API_KEY: "good-key-1" },
  BEDROCK: { AWS_ACCESS_KEY_ID: "AKIAGOODKEY", AWS_SECRET_ACCESS_KEY: "good-key-1" },
  SAGEMAKER: { AWS_ACCESS_KEY_ID: "AKIAGOODKEY", AWS_SECRET_ACCESS_KEY: "good-key-1" },
  S3VECTORS: {
    AWS_ACCESS_KEY_ID: "ASIAGOODKEY",
    AWS_SECRET_ACCESS_KEY: "good-key-1",
    AWS_SESSION_TOKEN: "session-token-1",
  },
  VERTEXAI: { SERVICE_KEY: JSON.stringify(SERVICE_ACCOUNT) },
  REST: { OAUTH2_CLIENT_ID: "client-1", OAUTH2_CLIENT_SECRET: "good-key-1", OAUTH2_SCOPE: "read" },
  A2A: { OAUTH2_CLIENT_ID: "client-1", OAUTH2_CLIENT_SECRET: "good-key-1", OAUTH2_SCOPE: "read" },
  MCP_SERVER: { OAUTH2_CLIENT_ID: "client-1", OAUTH2_CLIENT_SECRET: "good-key-1", OAUTH2_SCOPE: "read" },
};

export const TYPES = Object.keys(DATA);
const OAUTH2_TYPES = ["REST", "A2A", "MCP_SERVER"];

export function questionTo(url: string, type: string): Question {
  const data = DATA[type] ?? {};
  const values = { "token-endpoint": `${url}/oauth2/token` };
  const isOAuth2 = OAUTH2_TYPES.includes(type);
  return {
    type,
    data,
    endpoint: isOAuth2 ? "https://api.example.com/v1" : `${url}/path/of/the/endpoint`,
    ...(isOAuth2 && { connection: { credentials: { kind: "options", values } } }),
  };
}
