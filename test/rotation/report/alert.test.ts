import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ConfigError, EventError } from "../../../src/rotation/errors.ts";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import type { Trigger } from "../../../src/rotation/plan.ts";
import { createStartAlert } from "../../../src/rotation/report/start-alert.ts";
import { alertFor, CONTEXT, sentAlert, unwrapped } from "../../support/alerts.ts";
import { outcome } from "../../support/builders.ts";

const NOT_RUN = { provider: "not-asked", statement: "not-run" } as const;
const REFUSED = outcome({
  name: "my-openai",
  outcome: "failed",
  errorClass: "rejected",
  message: "Confluent refused the key.",
  phase: "INVALID_AUTH",
  evidence: { ...NOT_RUN, phase: "refused" },
  secretVersionId: "version-2",
  previousVersionId: "version-1",
});
const KEPT = outcome({ name: "other", outcome: "not-attempted", errorClass: "rejected" });
const UNVERIFIED = outcome({
  outcome: "unverified",
  errorClass: "service",
  evidence: { ...NOT_RUN, phase: "silent" },
});

function failing(count: number, facts: Partial<Outcome> = {}): Outcome[] {
  return Array.from({ length: count }, (_, index) => ({ ...REFUSED, name: `c${index}`, ...facts }));
}

describe("an alert", () => {
  it("is not sent if all is well", () => {
    expect(alertFor([outcome(), outcome({ outcome: "skipped" })])).toBeUndefined();
  });

  it("carries the report for machines", () => {
    expect(sentAlert([REFUSED]).report?.connections).toEqual([REFUSED]);
  });

  it("blames the rotator's API key for a 401 only", () => {
    const refused = (httpStatus: number) =>
      sentAlert([outcome({ outcome: "not-attempted", errorClass: "unauthorized", httpStatus })]).subject;
    expect(refused(401)).toContain("Confluent refuses the rotator's API key");
    expect(refused(403)).toContain("the rotator is denied access (403)");
  });

  it("lists the environments and classes for filters", () => {
    const other = outcome({ environment: "test", outcome: "not-attempted", errorClass: "timeout" });
    expect(sentAlert([REFUSED, other, { ...REFUSED, name: "b" }]).attributes).toMatchObject({
      environment: ["prod", "test"],
      errorClass: ["rejected", "timeout"],
    });
  });

  it.each([
    ["critical", "a connection is down", REFUSED],
    [
      "critical",
      "a connection did not become READY",
      outcome({
        outcome: "failed",
        errorClass: "timeout",
        phase: "PENDING",
        evidence: { ...NOT_RUN, phase: "unsettled" },
      }),
    ],
    ["warning", "nothing is known of a key", UNVERIFIED],
    ["warning", "a connection was rolled back", outcome({ outcome: "rolled-back", errorClass: "rejected" })],
    ["warning", "a connection was not attempted", KEPT],
    ["info", "a connection is ready with a remark", outcome({ detail: "Lookup failed" })],
  ])("is %s if %s", (severity, _what, connection) => {
    expect(sentAlert([connection]).attributes["severity"]).toEqual([severity]);
  });

  it("has no line that runs it again if a connection is ready with a remark", () => {
    expect(sentAlert([outcome({ detail: "Lookup failed" })]).text).not.toMatch(/invoke|revoke/);
  });

  it.each([
    { trigger: { kind: "schedule" }, expected: "by the schedule" },
    { trigger: { kind: "direct" }, expected: "by a direct call" },
    {
      trigger: { kind: "secret-change", secret: "prod/openai", versionId: "version-2" },
      expected: "by a change of secret prod/openai (version version-2)",
    },
    {
      trigger: { kind: "secret-change", secret: "prod/openai" },
      expected: "by a change of secret prod/openai,",
    },
    {
      trigger: { kind: "ignored", reason: "AWSPENDING" },
      expected: "by an event that was ignored (AWSPENDING)",
    },
  ] satisfies { trigger: Trigger; expected: string }[])(
    "says that the run was started $expected",
    ({ trigger, expected }) => {
      expect(sentAlert([REFUSED], { trigger }).text.replaceAll("\n", " ")).toContain(`started ${expected}`);
    },
  );
});

describe("the subject of an alert", () => {
  it("is cut if it would be longer than SNS takes, and has ASCII characters only", () => {
    const secret = `prod/${"ü".repeat(120)}`;
    const { subject } = sentAlert([{ ...REFUSED, secret }]);
    expect(subject).toHaveLength(99);
    expect(subject).toMatch(/^\[DOWN 1\] prod\/\?+\.\.\.$/);
  });

  it("leaves out what keeps the previous key before it is cut", () => {
    const secret = `prod/${"a".repeat(60)}`;
    const { subject } = sentAlert([
      { ...REFUSED, secret },
      { ...KEPT, secret },
    ]);
    expect(subject).toBe(`[DOWN 1] ${secret}: new key refused`);
  });

  it("counts the secrets if several are concerned, and names one that is given as an ARN", () => {
    const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/openai-AbCdEf";
    expect(sentAlert([{ ...REFUSED, secret: arn }]).subject).toBe("[DOWN 1] prod/openai: new key refused");
    const other = { ...REFUSED, name: "b", secret: "prod/other" };
    expect(sentAlert([REFUSED, other]).subject).toBe("[DOWN 2] 2 secrets: new key refused");
  });
});

describe("the quickest way out in an alert", () => {
  it("gives AWSCURRENT back to the version before the refused one", () => {
    expect(sentAlert([REFUSED]).text).toContain(
      [
        "  aws secretsmanager update-secret-version-stage --region us-east-1 \\",
        "    --secret-id prod/openai --version-stage AWSCURRENT \\",
        "    --move-to-version-id version-1 \\",
        "    --remove-from-version-id version-2",
      ].join("\n"),
    );
  });

  it("names the region of a secret that is given as an ARN", () => {
    const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/openai-AbCdEf";
    expect(sentAlert([{ ...REFUSED, secret }]).text).toContain("--region eu-west-1");
  });

  it.each([
    ["the previous version is not known", { previousVersionId: undefined }],
    ["the previous version was put back and is refused too", { secretVersionId: "version-1" }],
    ["an older key was refused before", { phaseBefore: "INVALID_AUTH" }],
  ])("is left out if %s", (_what, facts) => {
    const { previousVersionId, ...rest } = { ...REFUSED, ...facts };
    const connection = previousVersionId === undefined ? rest : { ...rest, previousVersionId };
    expect(sentAlert([connection]).text).not.toContain("update-secret-version-stage");
  });

  it("quotes what a shell would interpret", () => {
    const { text } = sentAlert([{ ...REFUSED, secret: "it's $HOME" }]);
    expect(text).toContain("--secret-id 'it'\\''s $HOME' ");
  });
});

describe("the causes in an alert", () => {
  it("are told once for many connections", () => {
    const { text } = sentAlert(failing(60));
    expect(text.match(/^WHY: /gm)).toHaveLength(1);
    expect(text.match(/Confluent refused the key\./g)).toHaveLength(1);
    expect(unwrapped(text)).toMatch(/Which: {3}c0, c1, .*, c59 /);
    expect(text.length).toBeLessThan(3_000);
  });

  it("are told once if their messages differ only by the connection's name", () => {
    const missing = ["a", "b"].map((name) =>
      outcome({
        name,
        outcome: "failed",
        errorClass: "not-found",
        message: `There is no connection ${name} in environment prod.`,
      }),
    );
    expect(sentAlert(missing).text).toContain("There is no connection NAME in environment prod.");
    expect(sentAlert(missing.slice(0, 1)).text).toContain("There is no connection a in environment prod.");
  });

  it("are told apart by secret, environment and message", () => {
    const { text } = sentAlert([
      REFUSED,
      { ...REFUSED, name: "b", secret: "prod/other" },
      { ...REFUSED, name: "c", environment: "test" },
      { ...REFUSED, name: "d", message: "Another message." },
    ]);
    expect(text.match(/^WHY: /gm)).toHaveLength(4);
  });

  it("fold connections whose message was dropped from a report", () => {
    const { message: _message, ...brief } = REFUSED;
    expect(sentAlert([{ ...brief, name: "brief" }, REFUSED]).text.match(/^WHY: /gm)).toHaveLength(1);
  });

  it("are at most twenty-five, and name two hundred connections each", () => {
    const all = failing(30).map((each, index) => ({ ...each, message: `Message ${index}.` }));
    expect(sentAlert(all).text).toContain("\n\nAnd 5 more causes.\n\n");
    expect(sentAlert(failing(227)).text).toContain("c199, and 27 more");
  });
});

describe("the chat message of an alert", () => {
  const notification = z.strictObject({
    version: z.literal("1.0"),
    source: z.literal("custom"),
    content: z.strictObject({
      textType: z.literal("client-markdown"),
      title: z.string(),
      description: z.string(),
      nextSteps: z.array(z.string()),
      keywords: z.array(z.string()),
    }),
    metadata: z.strictObject({
      threadId: z.string(),
      summary: z.string(),
      eventType: z.string(),
      relatedResources: z.array(z.string()),
      additionalContext: z.record(z.string(), z.string()),
    }),
  });

  it("has the form of a custom notification of Amazon Q Developer in chat applications", () => {
    const alert = sentAlert([REFUSED, KEPT]);
    const { content, metadata } = notification.parse(JSON.parse(alert.chat));
    expect(content.title).toBe(alert.subject);
    expect(content.description).toContain("DOWN NOW: my-openai");
    expect(content.nextSteps[0]).toContain(
      "--move-to-version-id version-1 --remove-from-version-id version-2`",
    );
    expect(metadata.relatedResources).toEqual(["prod/my-openai", "prod/other"]);
  });

  it("gives the same advice once", () => {
    const nextStep = "Put the right key into the secret.";
    const alert = sentAlert([REFUSED, KEPT].map((each) => ({ ...each, nextStep })));
    const { content } = notification.parse(JSON.parse(alert.chat));
    expect(content.nextSteps.filter((each) => each === nextStep)).toHaveLength(1);
  });

  it("has the same thread for the same failure in the next run", () => {
    const threads = [sentAlert([REFUSED]), sentAlert([{ ...REFUSED, requestId: "other" }])].map(
      ({ chat }) => notification.parse(JSON.parse(chat)).metadata.threadId,
    );
    expect(new Set(threads).size).toBe(1);
  });
});

describe("the alert for a run that could not start", () => {
  it.each([
    { error: new ConfigError("connections.json", ["wrong"]), errorClass: "config" },
    { error: new EventError("unknown event"), errorClass: "config" },
    { error: new TypeError("a bug"), errorClass: "internal" },
  ])("is of class $errorClass for $error.name", ({ error, errorClass }) => {
    const { subject, text, attributes } = createStartAlert(error, CONTEXT);
    expect(subject).toMatch(new RegExp(`^\\[NOT STARTED\\] .*\\(${errorClass}\\)$`));
    expect(text).toMatch(/^NOTHING WAS CHANGED\./);
    expect(text).toContain(error.message);
    expect(attributes).toEqual({ severity: ["warning"], errorClass: [errorClass] });
  });
});
