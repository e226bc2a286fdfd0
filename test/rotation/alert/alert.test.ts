import { describe, expect, it } from "vitest";
import { createStartAlert } from "../../../src/rotation/alert/start-alert.ts";
import { ConfigError, EventError } from "../../../src/rotation/errors.ts";
import { NO_EVIDENCE } from "../../../src/rotation/outcome.ts";
import type { Trigger } from "../../../src/rotation/plan.ts";
import { alertFor, CONTEXT, sentAlert } from "../../support/alerts.ts";
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
    [
      "critical",
      "nothing is known of a connection that failed",
      outcome({ outcome: "failed", errorClass: "internal", evidence: NO_EVIDENCE }),
    ],
    ["warning", "nothing is known of a key", UNVERIFIED],
    [
      "warning",
      "a connection was READY with a key that is no longer the newest",
      outcome({ outcome: "failed", errorClass: "superseded" }),
    ],
    ["warning", "a connection was rolled back", outcome({ outcome: "rolled-back", errorClass: "rejected" })],
    ["warning", "a connection was not attempted", KEPT],
    ["info", "a connection is ready with a remark", outcome({ detail: "Lookup failed" })],
  ])("is %s if %s", (severity, _what, connection) => {
    expect(sentAlert([connection]).attributes["severity"]).toEqual([severity]);
  });

  it("is a warning if one connection is in doubt and another one certainly keeps the previous key", () => {
    const guarded = outcome({ name: "b", outcome: "failed", errorClass: "guard", holds: "previous" });
    expect(sentAlert([UNVERIFIED, { ...guarded, evidence: NO_EVIDENCE }]).attributes["severity"]).toEqual([
      "warning",
    ]);
  });

  it("omits what is not known about the place of the run", () => {
    const { text } = sentAlert([REFUSED], {
      context: { version: "1.2.3", runbook: "docs/runbook.md", rerun: CONTEXT.rerun },
    });
    expect(text).toMatch(/31 requests to\nConfluent\nWhere: rotator 1\.2\.3$/);
    expect(text).toContain("  aws secretsmanager update-secret-version-stage \\\n");
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
    ["the endpoint could not be reached with an older key", { phaseBefore: "UNREACHABLE" }],
  ])("is left out if %s", (_what, facts) => {
    const { previousVersionId, ...rest } = { ...REFUSED, ...facts };
    const connection = previousVersionId === undefined ? rest : { ...rest, previousVersionId };
    expect(sentAlert([connection]).text).not.toContain("update-secret-version-stage");
  });

  it("is left out if an older key was refused in one of several connections", () => {
    const { text } = sentAlert([REFUSED, { ...REFUSED, name: "b", phaseBefore: "INVALID_AUTH" }]);
    expect(text).not.toContain("update-secret-version-stage");
  });

  it("quotes what a shell would interpret", () => {
    const { text } = sentAlert([{ ...REFUSED, secret: "it's $HOME" }]);
    expect(text).toContain("--secret-id 'it'\\''s $HOME' ");
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
