import { type AlertCase, CHANGED, OTHERS } from "./alert-case.ts";
import { NONE, of, PREVIOUS_VERSION, refused, rolledBack } from "./alert-outcomes.ts";

const SINCE = "2026-03-20T02:13:00.000Z";

/** One for each way in which a key may be refused. */
export const REFUSED_KEY_CASES: readonly AlertCase[] = [
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
];
