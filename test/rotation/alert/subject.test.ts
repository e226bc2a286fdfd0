import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import type { Report } from "../../../src/rotation/report/report.ts";
import {
  kept,
  of,
  PREVIOUS_VERSION,
  ready,
  refused,
  rolledBack,
  withoutVersion,
} from "../../support/alert-outcomes.ts";
import { sentAlert } from "../../support/alerts.ts";

const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:";

function subjectOf(outcomes: readonly Outcome[], statements: Report["statements"] = []): string {
  return sentAlert(outcomes, { statements }).subject;
}

const failed = (name: string, errorClass: NonNullable<Outcome["errorClass"]>, facts: Partial<Outcome> = {}) =>
  of({ name, outcome: "failed", errorClass, holds: "previous", ...facts });
const stopped = (name: string, environment: string) =>
  ({ name, environment, phase: "STOPPED", connections: [], action: "not-resumed" }) as const;

describe("the subject of an alert", () => {
  it.each([
    {
      situation: "one connection of two keeps the previous key",
      outcomes: [refused(), kept("a")],
      subject: "[DOWN 1] prod/openai: new key refused; 1 of 2 connections keeps the previous one",
    },
    {
      situation: "connections of several secrets are down",
      outcomes: [refused(), refused({ name: "b", secret: "prod/other" })],
      subject: "[DOWN 2] 2 secrets: new key refused",
    },
    {
      situation: "the previous key is refused too",
      outcomes: [refused({ secretVersionId: PREVIOUS_VERSION })],
      subject: "[DOWN 1] prod/openai: new and previous key refused",
    },
    {
      situation: "nothing shows that the previous key, which was put back, works",
      outcomes: [
        refused({
          secretVersionId: PREVIOUS_VERSION,
          evidence: { provider: "not-asked", phase: "unsettled", statement: "not-run" },
        }),
      ],
      subject: "[NOT KNOWN 1] prod/openai: new key refused, previous key not confirmed",
    },
    {
      situation: "a connection is not READY with a version that is not known",
      outcomes: [withoutVersion(of({ name: "a", outcome: "failed", errorClass: "timeout" }))],
      subject: "[NOT KNOWN 1] prod/openai: not READY with the new key in time",
    },
    {
      situation: "a connection was not attempted for a reason without a class",
      outcomes: [of({ name: "a", outcome: "not-attempted" })],
      subject: "[NOT ROTATED 1] prod: new key not sent; it keeps the previous key",
    },
    {
      situation: "the previous key is refused",
      outcomes: [kept("a", { phaseBefore: "INVALID_AUTH" })],
      subject: "[DOWN 1] prod/openai: the previous key is refused",
    },
    {
      situation: "a connection was rolled back, and others keep the key they had",
      outcomes: [rolledBack(), kept("a"), refused({ name: "b", secret: "prod/other" })],
      subject: "[DOWN 1] prod/other: new key refused; 2 of 3 connections keep the previous one",
    },
    {
      situation: "one connection keeps a previous key, and it is the only one",
      outcomes: [failed("a", "throttled")],
      subject: "[NOT ROTATED 1] prod: throttled by Confluent; it keeps the previous key",
    },
    {
      situation: "connections of several environments keep the previous key",
      outcomes: [failed("a", "throttled"), failed("b", "throttled", { environment: "staging" })],
      subject: "[NOT ROTATED 2] 2 environments: throttled by Confluent; both keep the previous key",
    },
    {
      situation: "several connections differ from connections.json",
      outcomes: ["a", "b"].map((name) => failed(name, "guard", { message: "Nothing was written." })),
      subject: "[NOT ROTATED 2] prod: connections differ from connections.json; both keep the previous key",
    },
    {
      situation: "what came of two connections is not known, for two reasons",
      outcomes: [
        of({ name: "a", outcome: "failed", errorClass: "internal" }),
        of({ name: "b", outcome: "unverified", errorClass: "service" }),
      ],
      subject: "[NOT KNOWN 2] prod/openai: bug in the rotator, and more",
    },
    {
      situation: "a connection is ready with a remark beside one that is down",
      outcomes: [refused(), ready("a", { detail: "The endpoint answered slowly." })],
      subject: "[DOWN 1] prod/openai: new key refused",
    },
  ])("is clear if $situation", ({ outcomes, subject }) => {
    expect(subjectOf(outcomes)).toBe(subject);
  });

  it.each([
    [`${ARN}prod/openai-AbCdEf`, "prod/openai"],
    [`${ARN}prod/openai-backup-AbCdEf`, "prod/openai-backup"],
    [`${ARN}openai`, "openai"],
    ["team-AbCdEf", "team-AbCdEf"],
  ])("names the secret %s as %s", (secret, name) => {
    expect(subjectOf([refused({ secret })])).toBe(`[DOWN 1] ${name}: new key refused`);
  });

  it("names the environments of several stopped statements", () => {
    expect(subjectOf([], [stopped("orders", "prod"), stopped("payments", "staging")])).toBe(
      "[STOPPED 2] prod, staging: 2 statements do not run again",
    );
  });

  it("has at most 99 characters, and keeps a text of that length whole", () => {
    const secret = "s".repeat(99 - "[DOWN 1] : new key refused".length);
    expect(subjectOf([refused({ secret })])).toBe(`[DOWN 1] ${secret}: new key refused`);
    const { subject, sms } = sentAlert([refused({ secret: `${secret}${secret}` })]);
    expect(subject).toBe(`[DOWN 1] ${`${secret}${secret}`.slice(0, 87)}...`);
    expect(sms).toBe(`${subject} Do not revoke the previous key.`);
  });

  it("has ASCII characters only", () => {
    expect(subjectOf([refused({ secret: "prod/schlüssel" })])).toBe(
      "[DOWN 1] prod/schl?ssel: new key refused",
    );
  });

  it("leaves out what keeps the previous key before it is cut", () => {
    const secret = `prod/${"a".repeat(60)}`;
    expect(subjectOf([refused({ secret }), kept("a", { secret })])).toBe(
      `[DOWN 1] ${secret}: new key refused`,
    );
  });
});

const [LONG_AGO, YESTERDAY] = ["2026-03-19T02:13:00.000Z", "2026-03-20T02:13:00.000Z"];

describe("a failure that was there before the run", () => {
  it.each([
    {
      what: "since the last of the connections that are down has failed",
      outcomes: [refused({ failingSince: YESTERDAY }), refused({ name: "a", failingSince: LONG_AGO })],
      expected: "[STILL DOWN 2] prod/openai: new key refused since 2026-03-20 02:13 UTC",
    },
    {
      what: "whatever is new about connections that keep the previous key",
      outcomes: [refused({ failingSince: YESTERDAY }), kept("a")],
      expected: "[STILL DOWN 1] prod/openai: new key refused since 2026-03-20 02:13 UTC",
    },
  ])("lasts $what", ({ outcomes, expected }) => {
    expect(subjectOf(outcomes)).toBe(expected);
  });

  it.each([
    {
      what: "another connection of the secret was not down before",
      outcomes: [refused({ failingSince: YESTERDAY }), refused({ name: "a" })],
    },
    {
      what: "it began within the hour",
      outcomes: [refused({ failingSince: "2026-03-21T09:00:00.000Z" })],
    },
    {
      what: "only a connection that keeps the previous key has lacked the new one for long",
      outcomes: [refused(), kept("a", { failingSince: YESTERDAY })],
    },
  ])("is told as a new one if $what", ({ outcomes }) => {
    const { subject, text } = sentAlert(outcomes);
    expect(subject).toMatch(/^\[DOWN \d\] /);
    expect(text).toMatch(/^DOWN NOW/);
  });
});
