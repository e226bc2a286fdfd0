/** An option of `CREATE CONNECTION` and the key it has inside `auth_data.data`. */
export const OPTIONS = {
  "api-key": "API_KEY",
  "aws-access-key": "AWS_ACCESS_KEY_ID",
  "aws-secret-key": "AWS_SECRET_ACCESS_KEY",
  "aws-session-token": "AWS_SESSION_TOKEN",
  "service-key": "SERVICE_KEY",
  username: "USERNAME",
  password: "PASSWORD",
  token: "BEARER_TOKEN",
  "token-endpoint": "OAUTH2_TOKEN_ENDPOINT",
  "client-id": "OAUTH2_CLIENT_ID",
  "client-secret": "OAUTH2_CLIENT_SECRET",
  scope: "OAUTH2_SCOPE",
  "sse-endpoint": "SSE_ENDPOINT",
  "transport-type": "TRANSPORT_TYPE",
} as const;

export type Option = keyof typeof OPTIONS;

export interface Group {
  readonly needs: readonly Option[];
  readonly authType?: string;
}

export interface ConnectionType {
  /** A connection has all options of exactly one group. */
  readonly groups: readonly Group[];
  readonly optional?: readonly Option[];
}

const apiKey: Group = { needs: ["api-key"], authType: "API_KEY" };
const basic: Group = { needs: ["username", "password"], authType: "BASIC" };
const bearer: Group = { needs: ["token"], authType: "BEARER" };
const oauth2: Group = {
  needs: ["token-endpoint", "client-id", "client-secret", "scope"],
  authType: "OAUTH2",
};
const aws: ConnectionType = {
  groups: [{ needs: ["aws-access-key", "aws-secret-key"] }],
  optional: ["aws-session-token"],
};

/** Every type of connection that Confluent documents. */
export const CONNECTION_TYPES: ReadonlyMap<string, ConnectionType> = new Map<string, ConnectionType>([
  ["OPENAI", { groups: [apiKey] }],
  ["AZUREML", { groups: [apiKey] }],
  ["AZUREOPENAI", { groups: [apiKey] }],
  ["ANTHROPIC", { groups: [apiKey] }],
  ["FIREWORKSAI", { groups: [apiKey] }],
  ["GOOGLEAI", { groups: [apiKey] }],
  ["PINECONE", { groups: [apiKey] }],
  ["COSMOSDB", { groups: [apiKey] }],
  ["BEDROCK", aws],
  ["SAGEMAKER", aws],
  ["S3VECTORS", aws],
  ["VERTEXAI", { groups: [{ needs: ["service-key"] }] }],
  ["MONGODB", { groups: [basic] }],
  ["COUCHBASE", { groups: [basic] }],
  ["CONFLUENT_JDBC", { groups: [basic] }],
  ["ELASTIC", { groups: [apiKey, basic] }],
  ["REST", { groups: [basic, bearer, oauth2] }],
  ["A2A", { groups: [basic, bearer, oauth2, apiKey] }],
  ["MCP_SERVER", { groups: [basic, bearer, oauth2, apiKey], optional: ["sse-endpoint", "transport-type"] }],
]);

export const TRANSPORT_TYPES = ["SSE", "STREAMABLE_HTTP"] as const;

/** The keys under which an option is looked up in a secret's JSON if the configuration does not name one. */
export function usualSpellings(option: Option): readonly string[] {
  const snake = option.replaceAll("-", "_");
  const camel = option.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const backend = option.startsWith("aws-") ? [OPTIONS[option]] : [];
  return [...new Set([option, snake, camel, snake.toUpperCase(), ...backend])];
}

/** Every option that the type takes. */
export function optionsOf(type: ConnectionType): readonly Option[] {
  return [...new Set([...type.groups.flatMap((group) => group.needs), ...(type.optional ?? [])])];
}

/** The groups that contain all named options; empty if the options exclude each other. */
export function openGroups(type: ConnectionType, named: readonly string[]): readonly Group[] {
  const decisive = named.filter((option) => !type.optional?.some((each) => each === option));
  return type.groups.filter((group) =>
    decisive.every((option) => group.needs.some((each) => each === option)),
  );
}

/** The groups as text, such as `{api-key} or {username, password}`. */
export function describeGroups(groups: readonly Group[]): string {
  return groups.map((group) => `{${group.needs.join(", ")}}`).join(" or ");
}
