import { adviceOn } from "../../src/rotation/advice.ts";
import type { Evidence, Outcome } from "../../src/rotation/outcome.ts";

export const NEW_VERSION = "9f0c2b7e-5d41-4a36-8e2b-c3f1a7d80e52";
export const PREVIOUS_VERSION = "41d7a0c6-93be-4f18-b5a2-07e6d9c4f3a8";
export const NONE: Evidence = { provider: "not-asked", phase: "not-seen", statement: "not-run" };

type Facts = Partial<Outcome> & Pick<Outcome, "name" | "outcome">;

export function of(facts: Facts): Outcome {
  const [environment, secret] = [facts.environment ?? "prod", facts.secret ?? "prod/openai"];
  const { errorClass, outcome, name } = facts;
  return {
    environment,
    type: "OPENAI",
    evidence: NONE,
    durationMs: 0,
    secretVersionId: NEW_VERSION,
    ...(errorClass && { nextStep: adviceOn(errorClass, outcome, { name, environment, secret }) }),
    ...facts,
    secret,
  };
}

export function many(count: number, facts: Omit<Facts, "name">, prefix = "agent"): Outcome[] {
  return Array.from({ length: count }, (_, index) =>
    of({ ...facts, name: `${prefix}-${String(index + 1).padStart(2, "0")}` }),
  );
}

export const refused = (facts: Partial<Outcome> = {}) =>
  of({
    name: "support-openai",
    outcome: "failed",
    errorClass: "rejected",
    message: "Confluent refused the key.",
    phase: "INVALID_AUTH",
    detail: "The endpoint answered 401: Incorrect API key provided.",
    evidence: { ...NONE, phase: "refused" },
    previousVersionId: PREVIOUS_VERSION,
    httpStatus: 200,
    requestId: "b7c9d3",
    durationMs: 3_100,
    ...facts,
  });

export const kept = (name: string, facts: Partial<Outcome> = {}) =>
  of({
    name,
    outcome: "not-attempted",
    errorClass: "rejected",
    message: "support-openai went first and was refused this key, so this connection keeps the key it has.",
    ...facts,
  });

export const ready = (name: string, facts: Partial<Outcome> = {}) =>
  of({
    name,
    outcome: "ready",
    phase: "READY",
    evidence: { ...NONE, phase: "ready" },
    durationMs: 2_300,
    ...facts,
  });

export const rolledBack = (facts: Partial<Outcome> = {}) =>
  of({
    name: "support-openai",
    outcome: "rolled-back",
    errorClass: "rejected",
    phase: "READY",
    message: "Confluent refused the key. The previous one was put back and is READY.",
    evidence: { ...NONE, phase: "ready" },
    secretVersionId: PREVIOUS_VERSION,
    ...facts,
  });

/** The outcome if the secret could not be read. */
export function withoutVersion({ secretVersionId: _secretVersionId, ...outcome }: Outcome): Outcome {
  return outcome;
}

export const guard = of({
  name: "orders-mcp",
  type: "MCP_SERVER",
  secret: "prod/orders-mcp",
  outcome: "failed",
  errorClass: "guard",
  holds: "previous",
  message:
    "orders-mcp has the endpoint https://mcp.example.com/v2, not https://mcp.example.com/v1 as configured. Nothing was written.",
});

export const unusableSecret = of({
  name: "vectors-elastic",
  type: "ELASTIC",
  secret: "prod/elastic",
  outcome: "failed",
  errorClass: "secret",
  holds: "previous",
  message: 'Secret prod/elastic has no field "api-key".',
});

export const unreachable = of({
  name: "search-pinecone",
  type: "PINECONE",
  secret: "prod/pinecone",
  outcome: "failed",
  errorClass: "unreachable",
  phase: "UNREACHABLE",
  message: "The key was sent, but Confluent cannot reach the connection's endpoint.",
  evidence: { ...NONE, phase: "unreachable" },
});

const API_KEY_ADVICE =
  "Check that the Flink API key in secret prod/confluent/flink-api-key exists in Confluent Cloud and belongs to this environment and region; then rotate again.";

export const unauthorized = {
  outcome: "not-attempted",
  errorClass: "unauthorized",
  message: "Confluent refused the rotator's API key.",
  httpStatus: 401,
  nextStep: API_KEY_ADVICE,
} as const;
