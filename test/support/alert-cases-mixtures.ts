import { type AlertCase, OTHERS } from "./alert-case.ts";
import {
  guard,
  kept,
  many,
  ready,
  refused,
  rolledBack,
  unauthorized,
  unreachable,
  unusableSecret,
} from "./alert-outcomes.ts";

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

/** Mixtures of failures, and alerts about something other than a failed connection. */
export const MIXTURE_CASES: readonly AlertCase[] = [
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
