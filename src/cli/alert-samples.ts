import { adviceOn } from "../rotation/advice.ts";
import { type Alert, type AlertContext, createAlert } from "../rotation/alert/alert.ts";
import { createStartAlert } from "../rotation/alert/start-alert.ts";
import { MAX_SMS_LENGTH, MAX_SUBJECT_LENGTH } from "../rotation/alert/subject.ts";
import { NO_EVIDENCE, type Outcome } from "../rotation/outcome.ts";
import { createReport } from "../rotation/report/report.ts";

type Facts = Pick<Outcome, "name" | "outcome"> & Partial<Outcome>;

function sample(facts: Facts): Outcome {
  const [environment, secret] = ["test", "test/openai"];
  const { errorClass, outcome, name } = facts;
  return {
    environment,
    type: "OPENAI",
    secret,
    evidence: NO_EVIDENCE,
    durationMs: 0,
    ...(errorClass && { nextStep: adviceOn(errorClass, outcome, { name, environment, secret }) }),
    ...facts,
  };
}

const KEPT = ["triage-openai", "docs-openai"].map((name) =>
  sample({ name, outcome: "not-attempted", errorClass: "rejected" }),
);

const DOWN = sample({
  name: "support-openai",
  outcome: "failed",
  errorClass: "rejected",
  message: "Confluent refused the key.",
  phase: "INVALID_AUTH",
  evidence: { ...NO_EVIDENCE, phase: "refused" },
  secretVersionId: "00000000-0000-4000-8000-000000000002",
  previousVersionId: "00000000-0000-4000-8000-000000000001",
});

const KINDS: readonly (readonly [kind: string, outcomes: readonly Outcome[]])[] = [
  ["down", [DOWN, ...KEPT]],
  [
    "not known",
    [
      sample({
        name: "support-openai",
        outcome: "unverified",
        errorClass: "service",
        message: "The key was sent, but Confluent no longer reports a phase for this connection.",
        evidence: { ...NO_EVIDENCE, phase: "silent" },
      }),
    ],
  ],
  [
    "keeps the previous key",
    [
      sample({
        name: "support-openai",
        outcome: "failed",
        errorClass: "secret",
        holds: "previous",
        secretVersionId: "00000000-0000-4000-8000-000000000002",
        message: 'Secret test/openai has no field "api-key".',
      }),
    ],
  ],
  ["a remark", [sample({ name: "support-openai", outcome: "ready", detail: "A detail from Confluent." })]],
];

export interface Sample {
  readonly kind: string;
  readonly alert: Alert;
}

/** An alert of each kind, marked as a test. */
export function sampleAlerts(context: AlertContext, now: number): readonly Sample[] {
  const facts = { trigger: { kind: "schedule" }, startedAt: now, endedAt: now, requests: 0 } as const;
  const ofRuns = KINDS.flatMap(([kind, outcomes]) => {
    const alert = createAlert(createReport(outcomes, facts), context);
    return alert === undefined ? [] : [{ kind, alert }];
  });
  const notStarted = createStartAlert(new Error("This is an example of a run that cannot start."), context);
  return [...ofRuns, { kind: "could not start", alert: notStarted }].map(({ kind, alert }) => ({
    kind,
    alert: markAsTest(alert),
  }));
}

function markAsTest(alert: Alert): Alert {
  const mark = (text: string, max: number) => `TEST ${text}`.slice(0, max);
  return {
    ...alert,
    subject: mark(alert.subject, MAX_SUBJECT_LENGTH),
    sms: mark(alert.sms, MAX_SMS_LENGTH),
    text: `THIS IS A TEST. Nothing has happened.\n\n${alert.text}`,
    chat: alert.chat.replace('"title":"', '"title":"TEST '),
  };
}
