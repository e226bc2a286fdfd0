import type { AlertCase } from "./alert-case.ts";
import {
  guard,
  many,
  NONE,
  of,
  ready,
  unauthorized,
  unreachable,
  unusableSecret,
  withoutVersion,
} from "./alert-outcomes.ts";

const ENVIRONMENT_ADVICE =
  "Check organizationId, environmentId, cloud and region of prod in connections.json.";

/** One for each way in which a run may fail although no key is refused. */
export const OTHER_FAILURE_CASES: readonly AlertCase[] = [
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
];
