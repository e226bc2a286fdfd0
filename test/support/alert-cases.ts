import { adviceOn } from "../../src/rotation/advice.ts";
import type { Evidence, Outcome } from "../../src/rotation/outcome.ts";
import type { Trigger } from "../../src/rotation/plan.ts";
import type { Report } from "../../src/rotation/report/report.ts";

/** A run about which an alert is sent: the name of its fixture, and the outcomes of its connections. */
export interface AlertCase {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
  readonly trigger?: Trigger;
  readonly statements?: NonNullable<Report["statements"]>;
}

const NEW_VERSION = "9f0c2b7e-5d41-4a36-8e2b-c3f1a7d80e52";
const PREVIOUS_VERSION = "41d7a0c6-93be-4f18-b5a2-07e6d9c4f3a8";
const CHANGED: Trigger = { kind: "secret-change", secret: "prod/openai", versionId: NEW_VERSION };
const NONE: Evidence = { provider: "not-asked", phase: "not-seen", statement: "not-run" };

type Facts = Partial<Outcome> & Pick<Outcome, "name" | "outcome">;

function of(facts: Facts): Outcome {
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

function many(count: number, facts: Omit<Facts, "name">, prefix = "agent"): Outcome[] {
  return Array.from({ length: count }, (_, index) =>
    of({ ...facts, name: `${prefix}-${String(index + 1).padStart(2, "0")}` }),
  );
}

const refused = (facts: Partial<Outcome> = {}) =>
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

const kept = (name: string, facts: Partial<Outcome> = {}) =>
  of({
    name,
    outcome: "not-attempted",
    errorClass: "rejected",
    message: "support-openai went first and was refused this key, so this connection keeps the key it has.",
    ...facts,
  });

const ready = (name: string, facts: Partial<Outcome> = {}) =>
  of({
    name,
    outcome: "ready",
    phase: "READY",
    evidence: { ...NONE, phase: "ready" },
    durationMs: 2_300,
    ...facts,
  });

const rolledBack = (facts: Partial<Outcome> = {}) =>
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

const SINCE = "2026-03-20T02:13:00.000Z";
const OTHERS = [kept("triage-openai"), kept("docs-openai")];

const guard = of({
  name: "orders-mcp",
  type: "MCP_SERVER",
  secret: "prod/orders-mcp",
  outcome: "failed",
  errorClass: "guard",
  holds: "previous",
  message:
    "orders-mcp has the endpoint https://mcp.example.com/v2, not https://mcp.example.com/v1 as configured. Nothing was written.",
});

const unusableSecret = of({
  name: "vectors-elastic",
  type: "ELASTIC",
  secret: "prod/elastic",
  outcome: "failed",
  errorClass: "secret",
  holds: "previous",
  message: 'Secret prod/elastic has no field "api-key".',
});

const unreachable = of({
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
const ENVIRONMENT_ADVICE =
  "Check organizationId, environmentId, cloud and region of prod in connections.json.";

const unauthorized = {
  outcome: "not-attempted",
  errorClass: "unauthorized",
  message: "Confluent refused the rotator's API key.",
  httpStatus: 401,
  nextStep: API_KEY_ADVICE,
} as const;

const STOPPED = {
  environment: "prod",
  name: "orders-enrichment",
  phase: "STOPPED",
  connections: ["support-openai"],
  action: "not-resumed",
  message: "The rotator has stopped it to restart it, and it does not run again.",
  nextStep: "confluent flink statement resume --environment env-a1b2c3 orders-enrichment",
} as const;
const STALE = {
  ...STOPPED,
  name: "audit",
  phase: "RUNNING",
  action: "reported",
  message: "",
  nextStep: "",
} as const;

/** One for each way a run may end badly, and mixtures. */
export const ALERT_CASES: readonly AlertCase[] = [
  { name: "rejected-keep", outcomes: [refused(), ...OTHERS], trigger: CHANGED },
  { name: "rejected-rollback", outcomes: [rolledBack(), ...OTHERS], trigger: CHANGED },
  {
    name: "rejected-rollback-failed",
    outcomes: [
      refused({
        message:
          "Confluent refused the key. The previous key could not be put back, so it still holds the refused one: Confluent answered 503.",
      }),
      ...OTHERS,
    ],
  },
  {
    name: "rejected-no-canary",
    outcomes: [refused(), refused({ name: "triage-openai" }), refused({ name: "docs-openai" })],
    trigger: CHANGED,
  },
  {
    name: "rejected-provider",
    outcomes: ["support-openai", "triage-openai", "docs-openai"].map((name) =>
      of({
        name,
        outcome: "not-attempted",
        errorClass: "rejected",
        holds: "previous",
        evidence: { ...NONE, provider: "refused" },
        message: "api.openai.com refused the key (401, invalid_api_key), so it was not sent to Confluent.",
        detail: "Incorrect API key provided.",
      }),
    ),
    trigger: CHANGED,
  },
  {
    name: "rejected-statement",
    outcomes: [
      refused({
        phase: "READY",
        detail: "SQL execution failed: 401 Unauthorized",
        message: "The statement smoke was refused or not allowed.",
        evidence: { ...NONE, phase: "ready", statement: "refused" },
      }),
      ...OTHERS,
    ],
  },
  {
    name: "rejected-still",
    outcomes: [
      refused({ failingSince: SINCE, phaseBefore: "INVALID_AUTH" }),
      ...OTHERS.map((each) => ({ ...each, failingSince: SINCE })),
    ],
  },
  {
    name: "rejected-broken-before",
    outcomes: [
      refused({ phaseBefore: "INVALID_AUTH" }),
      ...OTHERS.map((each) => ({ ...each, phaseBefore: "INVALID_AUTH" })),
    ],
  },
  { name: "unauthorized", outcomes: many(60, unauthorized) },
  { name: "secret-field", outcomes: [unusableSecret] },
  {
    name: "secret-api-key",
    outcomes: many(3, {
      outcome: "failed",
      errorClass: "secret",
      message:
        "Cannot read the rotator's Confluent API key: Secret prod/confluent/flink-api-key does not exist (ResourceNotFoundException).",
      nextStep: "Check the name, the account and the region of the secret.",
    }),
  },
  { name: "guard", outcomes: [guard, ready("other-mcp", { secret: "prod/orders-mcp" })] },
  {
    name: "not-found",
    outcomes: [
      of({
        name: "triage-openai",
        outcome: "failed",
        errorClass: "not-found",
        holds: "previous",
        message: "There is no connection triage-openai in environment prod.",
        httpStatus: 404,
      }),
      ready("support-openai"),
    ],
  },
  {
    name: "wrong-environment",
    outcomes: many(3, {
      outcome: "failed",
      errorClass: "not-found",
      holds: "previous",
      message: "None of the 3 connections exists in environment prod.",
      httpStatus: 404,
      nextStep: ENVIRONMENT_ADVICE,
    }),
  },
  { name: "unreachable-endpoint", outcomes: [unreachable] },
  {
    name: "unreachable-confluent",
    outcomes: many(3, {
      outcome: "failed",
      errorClass: "unreachable",
      holds: "previous",
      message:
        "Confluent cannot be reached: flink.us-west-2.aws.confluent.cloud does not resolve (ENOTFOUND).",
    }),
  },
  {
    name: "timeout-failed",
    outcomes: [
      of({
        name: "support-openai",
        outcome: "failed",
        errorClass: "timeout",
        phase: "PENDING",
        message:
          "The key was sent, but the connection did not become READY in time; its last phase was PENDING.",
        evidence: { ...NONE, phase: "unsettled" },
      }),
    ],
  },
  {
    name: "timeout-unverified",
    outcomes: [
      of({
        name: "support-openai",
        outcome: "unverified",
        errorClass: "timeout",
        phase: "READY",
        message: "The key was sent, but the run ended before READY could be confirmed for it.",
        evidence: { ...NONE, phase: "unsettled" },
      }),
    ],
  },
  {
    name: "timeout-not-attempted",
    outcomes: [
      ...many(12, {
        outcome: "not-attempted",
        errorClass: "timeout",
        message: "The run's time was up before it was this connection's turn.",
      }),
      ready("support-openai"),
    ],
  },
  {
    name: "throttled",
    outcomes: many(3, {
      outcome: "failed",
      errorClass: "throttled",
      holds: "previous",
      message: "Confluent answered 429 until the time was up.",
      httpStatus: 429,
    }),
  },
  {
    name: "service-unverified",
    outcomes: [
      of({
        name: "support-openai",
        outcome: "unverified",
        errorClass: "service",
        phase: "",
        message: "The key was sent, but Confluent no longer reports a phase for this connection.",
        evidence: { ...NONE, phase: "silent" },
      }),
    ],
  },
  {
    name: "service-unknown-result",
    outcomes: [
      of({
        name: "support-openai",
        outcome: "failed",
        errorClass: "service",
        message: "Confluent answered 502. Whether the PUT was applied is not known.",
        httpStatus: 502,
        requestId: "e51a",
      }),
    ],
  },
  {
    name: "superseded",
    outcomes: [
      of({
        name: "support-openai",
        outcome: "failed",
        errorClass: "superseded",
        phase: "READY",
        message: "Newer versions of the secret kept appearing; after 3 of them this run put no more.",
        evidence: { ...NONE, phase: "ready" },
      }),
    ],
  },
  {
    name: "internal",
    outcomes: [
      of({
        name: "support-openai",
        outcome: "failed",
        errorClass: "internal",
        message: "Unexpected error (a bug in the rotator).",
      }),
    ],
  },
  {
    name: "mixture-down",
    outcomes: [
      ready("reports-bedrock", { secret: "prod/bedrock" }),
      guard,
      kept("triage-openai"),
      unreachable,
      refused(),
    ],
  },
  {
    name: "mixture-environments",
    outcomes: [
      refused({ environment: "prod" }),
      kept("triage-openai"),
      ...many(4, { ...unauthorized, environment: "staging", secret: "staging/openai" }),
    ],
  },
  { name: "mixture-not-known", outcomes: [unreachable, unusableSecret, rolledBack()] },
  { name: "statement-stopped", outcomes: [ready("support-openai")], statements: [STOPPED, STALE] },
  { name: "mixture-stopped", outcomes: [refused(), ...OTHERS], statements: [STOPPED] },
  {
    name: "remark",
    outcomes: [ready("support-openai", { detail: "The endpoint answered slowly." }), ready("docs-openai")],
  },
];
