import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import {
  kept,
  many,
  NONE,
  of,
  PREVIOUS_VERSION,
  ready,
  refused,
  rolledBack,
} from "../../support/alert-outcomes.ts";
import { sentAlert } from "../../support/alerts.ts";

const REVOKE = "Do not revoke the previous key.";

/** The lines that a telephone shows. */
function headOf(outcomes: readonly Outcome[]): string[] {
  const [head = ""] = sentAlert(outcomes).text.split("\n\n");
  return head.split("\n");
}

const unreachable = (name: string) =>
  of({
    name,
    outcome: "failed",
    errorClass: "unreachable",
    phase: "UNREACHABLE",
    evidence: { ...NONE, phase: "unreachable" },
  });
const notSent = (name: string, errorClass: Outcome["errorClass"] = "timeout", facts: Partial<Outcome> = {}) =>
  of({ name, outcome: "not-attempted", ...(errorClass && { errorClass }), ...facts });

interface Row {
  readonly situation: string;
  readonly outcomes: readonly Outcome[];
  readonly lines: readonly string[];
}

const DOWN: readonly Row[] = [
  {
    situation: "several connections hold the refused key",
    outcomes: [refused({ name: "a" }), refused({ name: "b" })],
    lines: [
      "DOWN NOW: a, b",
      "  They hold the new key of",
      "  prod/openai, which is refused",
      "  (INVALID_AUTH).",
      REVOKE,
    ],
  },
  {
    situation: "one connection was refused an older key, and another one works",
    outcomes: [kept("a", { phaseBefore: "INVALID_AUTH" }), kept("b")],
    lines: [
      "DOWN NOW: a",
      "  It kept the previous key, and that",
      "  was INVALID_AUTH already.",
      "STILL WORKING on the previous key:",
      "  b",
      REVOKE,
    ],
  },
  {
    situation: "the endpoint could not be reached before the run, and nothing was sent",
    outcomes: [kept("a", { phaseBefore: "UNREACHABLE" })],
    lines: ["DOWN NOW: a", "  It kept the previous key, and that", "  was UNREACHABLE already."],
  },
];

const NOT_KNOWN: readonly Row[] = [
  {
    situation: "the previous key was put back, and nothing shows that it works",
    outcomes: [
      refused({
        name: "a",
        phase: "PENDING",
        secretVersionId: PREVIOUS_VERSION,
        evidence: { ...NONE, phase: "unsettled" },
      }),
    ],
    lines: [
      "NOT KNOWN: a",
      "  It holds the previous key of",
      "  prod/openai again; nothing shows",
      "  that it works.",
      REVOKE,
    ],
  },
  {
    situation: "the endpoints of several connections cannot be reached",
    outcomes: [unreachable("a"), unreachable("b")],
    lines: [
      "NOT KNOWN: a, b",
      "  They have the new key of",
      "  prod/openai, but Confluent cannot",
      "  reach their endpoint.",
      REVOKE,
    ],
  },
  {
    situation: "the run ended before the outcomes were known",
    outcomes: ["a", "b"].map((name) => notSent(name, "timeout", { holds: "unknown" })),
    lines: [
      "NOT KNOWN: a, b",
      "  They may have the new key of",
      "  prod/openai; nothing shows that it",
      "  works.",
      REVOKE,
    ],
  },
  {
    situation: "the secret could not be read after the key was sent",
    outcomes: [
      of({
        name: "a",
        outcome: "unverified",
        errorClass: "secret",
        evidence: { ...NONE, phase: "unsettled" },
      }),
    ],
    lines: ["NOT KNOWN: a", "  It has the new key of prod/openai;", "  nothing shows that it works.", REVOKE],
  },
];

const PREVIOUS: readonly Row[] = [
  {
    situation: "one connection was rolled back, and another one could not be read",
    outcomes: [rolledBack({ name: "a" }), notSent("b")],
    lines: [
      "STILL WORKING on the previous key:",
      "  a",
      "NOT TOUCHED, with the key they had:",
      "  b",
      REVOKE,
    ],
  },
  {
    situation: "nothing was sent, and one connection could not be read",
    outcomes: [kept("a"), notSent("b")],
    lines: [
      "NOTHING WAS CHANGED.",
      "STILL WORKING on the previous key:",
      "  a",
      "NOT TOUCHED, with the key they had:",
      "  b",
      REVOKE,
    ],
  },
  {
    situation: "another connection has the new key",
    outcomes: [ready("a"), notSent("b")],
    lines: ["NOT TOUCHED, with the key they had:", "  b", REVOKE],
  },
  {
    situation: "another connection has the new key, which no phase confirms",
    outcomes: [ready("a", { outcome: "applied" }), notSent("b")],
    lines: ["NOT TOUCHED, with the key they had:", "  b", REVOKE],
  },
  {
    situation: "twelve connections keep the previous key",
    outcomes: many(12, { outcome: "not-attempted", errorClass: "rejected" }, "c"),
    lines: [
      "NOTHING IS DOWN.",
      "STILL WORKING on the previous key:",
      "  c-01, c-02, c-03, c-04, c-05, c-06,",
      "  c-07, c-08, c-09, c-10, and 2 more",
      REVOKE,
    ],
  },
  {
    situation: "a name is longer than a line",
    outcomes: [kept("a-name-that-is-longer-than-the-line-of-a-telephone"), kept("b")],
    lines: [
      "NOTHING IS DOWN.",
      "STILL WORKING on the previous key:",
      "  a-name-that-is-longer-than-the-line-of-a-telephone,",
      "  b",
      REVOKE,
    ],
  },
];

const CURRENT: readonly Row[] = [
  {
    situation: "an accepted key has a remark",
    outcomes: [ready("a", { outcome: "applied", detail: "The label could not be moved." })],
    lines: ["IN USE, with a remark:", "  a"],
  },
];

describe("the first lines of an alert", () => {
  it.each([...DOWN, ...NOT_KNOWN, ...PREVIOUS, ...CURRENT])(
    "say what is down and what works if $situation",
    ({ outcomes, lines }) => {
      expect(headOf(outcomes)).toEqual(lines);
    },
  );
});
