import { generateKeyPairSync, randomUUID } from "node:crypto";

/** A connection of the demo: its entry in connections.json and its time to READY. */
export interface DemoConnection {
  readonly environment: "prod" | "staging";
  readonly name: string;
  readonly type: string;
  readonly endpoint: string;
  readonly secret: string;
  readonly fields?: string | Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, string>>;
  readonly verify?: string;
  readonly timeToReadyMs: number;
}

export const ENVIRONMENTS = { prod: "env-prod01", staging: "env-stage1" } as const;
export const ORGANIZATION_ID = "9bb441c4-edef-46ac-8a41-c49e44a3fd9a";

/** The secret that the demo changes; three connections use it. */
export const SHARED_SECRET = "prod/aws-ai";

/** Two connections use it in the scenario of a stale READY. */
export const AGENTS_SECRET = "staging/agents";

/** One connection uses it in the scenario of an environment without phases. */
export const SILENT_SECRET = "staging/tickets";

/** Providers refuse keys that contain this word. */
export const REVOKED = "revoked";

/** Providers accept keys that contain this word, but do not allow them to use a model. */
export const FORBIDDEN = "forbidden";

const MODELS = "bedrock-runtime.us-west-2.amazonaws.com/model/anthropic.claude-sonnet/invoke";

export const CONNECTIONS: readonly DemoConnection[] = [
  {
    environment: "prod",
    name: "support-openai",
    type: "OPENAI",
    endpoint: "https://api.openai.com/v1/chat/completions",
    secret: "prod/openai",
    fields: { "api-key": "OPENAI_API_KEY" },
    timeToReadyMs: 1_800,
  },
  {
    environment: "prod",
    name: "triage-anthropic",
    type: "ANTHROPIC",
    endpoint: "https://api.anthropic.com/v1/messages",
    secret: "prod/anthropic",
    timeToReadyMs: 2_600,
  },
  {
    environment: "prod",
    name: "summary-bedrock",
    type: "BEDROCK",
    endpoint: `https://${MODELS}`,
    secret: SHARED_SECRET,
    timeToReadyMs: 1_200,
  },
  {
    environment: "prod",
    name: "fraud-sagemaker",
    type: "SAGEMAKER",
    endpoint: "https://runtime.sagemaker.us-west-2.amazonaws.com/endpoints/fraud/invocations",
    secret: SHARED_SECRET,
    timeToReadyMs: 2_100,
  },
  {
    environment: "prod",
    name: "archive-s3vectors",
    type: "S3VECTORS",
    endpoint: "https://s3vectors.us-west-2.api.aws",
    secret: SHARED_SECRET,
    timeToReadyMs: 1_500,
  },
  {
    environment: "prod",
    name: "forecast-vertex",
    type: "VERTEXAI",
    endpoint: "https://us-central1-aiplatform.googleapis.com/v1/projects/demo/models/forecast",
    secret: "prod/vertex",
    timeToReadyMs: 3_200,
  },
  {
    environment: "prod",
    name: "orders-mongodb",
    type: "MONGODB",
    endpoint: "mongodb+srv://orders.example.mongodb.net",
    secret: "prod/mongodb",
    timeToReadyMs: 900,
  },
  {
    environment: "prod",
    name: "docs-pinecone",
    type: "PINECONE",
    endpoint: "https://docs-demo.svc.pinecone.io",
    secret: "prod/pinecone",
    timeToReadyMs: 1_300,
  },
  {
    environment: "staging",
    name: "catalog-elastic",
    type: "ELASTIC",
    endpoint: "https://catalog.es.us-west-2.aws.elastic-cloud.com",
    secret: "staging/elastic",
    timeToReadyMs: 2_300,
  },
  {
    environment: "staging",
    name: "tickets-rest",
    type: "REST",
    endpoint: "https://tickets.example.com/api",
    secret: SILENT_SECRET,
    values: { "token-endpoint": "https://login.example.com/oauth2/token", scope: "tickets.read" },
    verify: "smoke",
    timeToReadyMs: 1_600,
  },
  {
    environment: "staging",
    name: "tools-mcp",
    type: "MCP_SERVER",
    endpoint: "https://mcp.example.com/tools",
    secret: AGENTS_SECRET,
    fields: "token",
    values: { "transport-type": "STREAMABLE_HTTP" },
    timeToReadyMs: 700,
  },
  {
    environment: "staging",
    name: "partner-a2a",
    type: "A2A",
    endpoint: "https://agents.example.com/partner",
    secret: AGENTS_SECRET,
    fields: "token",
    timeToReadyMs: 2_900,
  },
];

/** The connection with the stand-in for the providers instead of the public hosts of its endpoint and token endpoint. */
export function atProviders(connection: DemoConnection, providers: string): DemoConnection {
  const atProvider = (text: string): string => {
    const url = URL.parse(text);
    return url?.protocol === "https:" ? `${providers}${url.pathname}` : text;
  };
  const { endpoint, values } = connection;
  const entries = Object.entries(values ?? {}).map(([option, value]) => [option, atProvider(value)] as const);
  return {
    ...connection,
    endpoint: atProvider(endpoint),
    ...(values !== undefined && { values: Object.fromEntries(entries) }),
  };
}

/** A new value for each secret of the demo. */
export function freshSecrets(): ReadonlyMap<string, string> {
  const json = (fields: Readonly<Record<string, string>>) => JSON.stringify(fields);
  return new Map([
    ["prod/openai", json({ OPENAI_API_KEY: fresh("sk") })],
    ["prod/anthropic", fresh("sk-ant")],
    [SHARED_SECRET, awsKey()],
    ["prod/vertex", serviceAccount()],
    ["prod/mongodb", json({ username: "orders", password: fresh("pw") })],
    ["prod/pinecone", fresh("pc")],
    ["staging/elastic", json({ apiKey: fresh("es") })],
    [SILENT_SECRET, oauthClient()],
    [AGENTS_SECRET, fresh("agents")],
  ]);
}

/** A key pair for `SHARED_SECRET`. */
export function awsKey(prefix = "new"): string {
  return JSON.stringify({ AWS_ACCESS_KEY_ID: fresh(prefix), AWS_SECRET_ACCESS_KEY: fresh(prefix) });
}

/** The key of a service account, which signs the requests to its provider. */
function serviceAccount(): string {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  return JSON.stringify({
    client_email: "forecast@demo.example.com",
    private_key_id: fresh("key"),
    private_key: privateKey,
  });
}

/** An OAuth client for `SILENT_SECRET`. */
export function oauthClient(): string {
  return JSON.stringify({ clientId: "tickets", clientSecret: fresh("cs") });
}

export function fresh(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}
