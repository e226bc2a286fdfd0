import type { Outcome } from "../../src/rotation/outcome.ts";
import type { Trigger } from "../../src/rotation/plan.ts";
import type { Report } from "../../src/rotation/report/report.ts";
import {
  kept,
  many,
  NEW_VERSION,
  NONE,
  of,
  PREVIOUS_VERSION,
  ready,
  refused,
  rolledBack,
  withoutVersion,
} from "./alert-outcomes.ts";

/** A run about which an alert is sent: the name of its fixture, and the outcomes of its connections. */
export interface AlertCase {
  readonly name: string;
  readonly outcomes: readonly Outcome[];
  readonly trigger?: Trigger;
  readonly statements?: NonNullable<Report["statements"]>;
}

const CHANGED: Trigger = { kind: "secret-change", secret: "prod/openai", versionId: NEW_VERSION };
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
    name: "rejected-both",
    outcomes: [
      refused({
        message:
          "Confluent refused the key. The previous one was put back, but it is not READY either: Confluent refused the key.",
        secretVersionId: PREVIOUS_VERSION,
      }),
      ...OTHERS,
    ],
  },
  {
    name: "rejected-put",
    outcomes: [
      of({
        name: "support-openai",
        outcome: "failed",
        errorClass: "rejected",
        holds: "previous",
        message: "Confluent refused the credentials when they were put.",
        detail: "The field API_KEY must not be empty.",
        httpStatus: 400,
        requestId: "c04d",
      }),
      ...OTHERS,
    ],
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
  {
    name: "access-denied",
    outcomes: many(3, {
      ...unauthorized,
      message: "Confluent denies access (403).",
      detail: "Source IP 203.0.113.7 is not in the IP filter.",
      httpStatus: 403,
      nextStep: "Add the rotator's public IP address to the IP filter in Confluent Cloud.",
    }),
  },
  { name: "secret-field", outcomes: [unusableSecret] },
  {
    name: "secret-missing",
    outcomes: ["support-openai", "triage-openai"].map((name) =>
      withoutVersion(
        of({
          name,
          outcome: "failed",
          errorClass: "secret",
          message: "Secret prod/openai does not exist (ResourceNotFoundException).",
          nextStep:
            "Check the name prod/openai in connections.json, and the account and region of the secret.",
        }),
      ),
    ),
  },
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
        message: "Newer versions of the secret kept appearing; this run stopped after 3 of them.",
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
  {
    name: "mixture-remark",
    outcomes: [
      ready("docs-openai", {
        detail: "The key is in use, but the label propagated could not be moved to its version.",
      }),
      unusableSecret,
      guard,
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
