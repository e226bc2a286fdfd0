import { parseConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/rotation/errors.ts";
import { configFile, connectionEntry, environmentEntry } from "../support/builders.ts";

export const TYPES =
  "OPENAI, AZUREML, AZUREOPENAI, ANTHROPIC, FIREWORKSAI, GOOGLEAI, PINECONE, COSMOSDB, BEDROCK, SAGEMAKER, S3VECTORS, VERTEXAI, MONGODB, COUCHBASE, CONFLUENT_JDBC, ELASTIC, REST, A2A, MCP_SERVER";
export const SECRET_NAME = "must be a secret's name (letters, digits, /_+=.@!-), partial ARN or full ARN";
export const OTHER_TYPE = "For any other type, list its backend keys under data.";
export const GROUPS = "{username, password} or {token} or {token-endpoint, client-id, client-secret, scope}";

/** The issues that parseConfig finds in a text. */
export function issuesOfText(text: string): readonly string[] {
  try {
    parseConfig(text, "connections.json");
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

export function issuesOf(file: unknown): readonly string[] {
  return issuesOfText(JSON.stringify(file));
}

/** The issues of a file whose one connection has these entries. */
export function inConnection(overrides: Record<string, unknown>): readonly string[] {
  return issuesOf(configFile({ connections: [connectionEntry(overrides)] }));
}

/** The issues of a file whose one environment has these entries. */
export function inEnvironment(overrides: Record<string, unknown>): readonly string[] {
  return issuesOf(configFile({ environments: { prod: environmentEntry(overrides) } }));
}
