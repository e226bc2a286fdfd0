import * as z from "zod/mini";

const CONNECTIONS_PER_SECRET = 10;
export const API_KEY = { key: "bench-flink-key", secret: "bench-flink-secret" };
export const API_KEY_SECRET = "bench/flink-api-key";
export const ORGANIZATION_ID = "9bb441c4-edef-46ac-8a41-c49e44a3fd9a";
export const ENVIRONMENT_ID = "env-bench1";
/** A host that does not exist. */
export const ENDPOINT = "https://api.bench.invalid/v1/chat/completions";
export const OLD_KEY = "sk-old";
export const NEW_KEY = "sk-new";

/** The behaviour of the sandbox. */
export const scenario = z.object({
  connections: z.number(),
  latencyMs: z.number(),
  timeToReadyMs: z.number(),
  limits: z.object({ perSecond: z.exactOptional(z.number()), perMinute: z.exactOptional(z.number()) }),
});

export type Scenario = z.infer<typeof scenario>;

/** The addresses of the sandbox. */
export const addresses = z.object({ confluentUrl: z.string(), awsUrl: z.string(), topicArn: z.string() });

export type Addresses = z.infer<typeof addresses>;

/** The sandbox's observations. */
export const observations = z.object({
  requests: z.number(),
  throttled: z.number(),
  alerts: z.number(),
  /** The delay from each connection's ready until a response first showed it. */
  latenessMs: z.array(z.number()),
});

export type Observations = z.infer<typeof observations>;

export function connectionNames(connections: number): readonly string[] {
  return Array.from({ length: connections }, (_, index) => `connection-${String(index).padStart(4, "0")}`);
}

export function secretCount(connections: number): number {
  return Math.ceil(connections / CONNECTIONS_PER_SECRET);
}

export interface Layout {
  readonly connections: number;
  readonly canary: boolean;
  /** Whether the connections of a secret are spread over the list. */
  readonly isScattered: boolean;
}

/** The `connections.json` of a run over every connection of the sandbox. */
export function connectionsFile(layout: Layout, { confluentUrl }: Addresses): object {
  const { connections, canary, isScattered } = layout;
  const secretOf = (index: number): number =>
    isScattered ? index % secretCount(connections) : Math.floor(index / CONNECTIONS_PER_SECRET);
  return {
    environments: {
      bench: {
        organizationId: ORGANIZATION_ID,
        environmentId: ENVIRONMENT_ID,
        restEndpoint: confluentUrl,
        apiKeySecret: API_KEY_SECRET,
      },
    },
    connections: connectionNames(connections).map((name, index) => ({
      name,
      type: "OPENAI",
      endpoint: ENDPOINT,
      secret: secretName(secretOf(index)),
      fields: { "api-key": "OPENAI_API_KEY" },
    })),
    rollout: { canary },
    // The endpoint is not on this machine, so no provider is asked.
    verification: { provider: false },
  };
}

export function secretName(index: number): string {
  return `bench/openai-${index}`;
}
