import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Alert } from "../../../src/rotation/alert/alert.ts";
import { createStartAlert } from "../../../src/rotation/alert/start-alert.ts";
import { ConfigError } from "../../../src/rotation/errors.ts";
import { ALERT_CASES } from "../../support/alert-cases.ts";
import { kept, many, of, ready, refused } from "../../support/alert-outcomes.ts";
import { CONTEXT, sentAlert } from "../../support/alerts.ts";

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

function messageOf({ chat }: Alert) {
  return notification.parse(JSON.parse(chat));
}

function nextStepsOf(outcomes: Parameters<typeof sentAlert>[0]): readonly string[] {
  return messageOf(sentAlert(outcomes)).content.nextSteps;
}

function shown(alert: Alert): string {
  const { content, metadata } = messageOf(alert);
  const steps = content.nextSteps.map((step) => `- ${step}\n`);
  return `${content.title}\n\n${content.description}\n\n${steps.join("")}\nKeywords: ${content.keywords.join(", ")}\n${JSON.stringify(metadata, null, 2)}\n`;
}

const RUNS = ["rejected-keep", "mixture-environments", "mixture-stopped", "statement-stopped", "remark"];
const CHATS: readonly { readonly name: string; readonly write: () => Alert }[] = [
  ...ALERT_CASES.filter(({ name }) => RUNS.includes(name)).map(({ name, outcomes, ...options }) => ({
    name,
    write: () => sentAlert(outcomes, options),
  })),
  {
    name: "not-started-config",
    write: () => createStartAlert(new ConfigError("connections.json", ["environments: is missing"]), CONTEXT),
  },
];

describe("the chat message of an alert", () => {
  it.each(CHATS)("is as reviewed: $name", async ({ name, write }) => {
    await expect(shown(write())).toMatchFileSnapshot(`chats/${name}.txt`);
  });

  it("begins with the alert's subject", () => {
    const alert = sentAlert([refused(), kept("triage-openai")]);
    const { content, metadata } = messageOf(alert);
    expect([content.title, metadata.summary]).toEqual([alert.subject, alert.subject]);
  });

  it("gives each advice once, and three at most", () => {
    const advised = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        kept(`c${index}`, { nextStep: `Advice ${index % 4}.`, message: `Message ${index}.` }),
      );
    const advice = (count: number) => nextStepsOf(advised(count)).filter((each) => /^Advice/.test(each));
    expect(advice(2)).toEqual(["Advice 0.", "Advice 1."]);
    expect(advice(8)).toEqual(["Advice 0.", "Advice 1.", "Advice 2."]);
  });

  it("needs no advice and no command that restores the previous version", () => {
    const { nextStep: _nextStep, ...unadvised } = kept("a");
    expect(nextStepsOf([unadvised])).toEqual([
      "Then run it again: `npx . invoke --region us-east-1 prod/a`",
      "Runbook: https://wiki.example.com/runbook#rejected",
    ]);
  });

  it("names the chapters of the runbook for the three most frequent classes", () => {
    const classes = ["timeout", "throttled", "service", "internal"] as const;
    const outcomes = classes.map((errorClass) =>
      of({ name: errorClass, outcome: "failed", errorClass, holds: "previous" }),
    );
    expect(nextStepsOf(outcomes).filter((step) => step.startsWith("Runbook:"))).toEqual([
      "Runbook: https://wiki.example.com/runbook#timeout",
      "Runbook: https://wiki.example.com/runbook#throttled",
      "Runbook: https://wiki.example.com/runbook#service",
    ]);
  });

  it("restores the previous version of the first of several secrets that are down", () => {
    const other = refused({ name: "b", secret: "prod/other", phaseBefore: "INVALID_AUTH" });
    expect(nextStepsOf([refused(), other])[0]).toMatch(
      /^If the previous key still works: `aws secretsmanager .*--secret-id prod\/openai /,
    );
  });

  it("has commands that can be pasted, whatever a secret is called", () => {
    expect(nextStepsOf([refused({ secret: "it's $HOME" })])[0]).toContain(
      "--secret-id 'it'\\''s $HOME' --version-stage AWSCURRENT --move-to-version-id",
    );
  });

  it("runs only those again that failed", () => {
    const steps = nextStepsOf([refused(), ready("docs-openai", { detail: "The endpoint answered slowly." })]);
    expect(steps).toContain("Then run it again: `npx . invoke --region us-east-1 prod/support-openai`");
  });

  it("names at most twenty connections", () => {
    const { metadata } = messageOf(
      sentAlert(many(25, { outcome: "not-attempted", errorClass: "timeout" }, "c")),
    );
    expect(metadata.relatedResources).toHaveLength(20);
    expect(metadata.relatedResources[19]).toBe("prod/c-20");
  });

  it("has the same thread for the same failure in the next run", () => {
    const threads = [sentAlert([refused()]), sentAlert([refused({ requestId: "other" })])].map(
      (alert) => messageOf(alert).metadata.threadId,
    );
    expect(new Set(threads).size).toBe(1);
  });

  it("omits what is not known about the place of the run", () => {
    const context = { version: "1.2.3", runbook: "docs/runbook.md", rerun: () => [] };
    const { content, metadata } = messageOf(sentAlert([kept("a")], { context }));
    expect(metadata.additionalContext).toEqual({ version: "1.2.3" });
    expect(content.nextSteps).toEqual([kept("a").nextStep, "Runbook: docs/runbook.md#rejected"]);
  });

  it("quotes the beginning of an error that keeps a run from starting", () => {
    const { content } = messageOf(createStartAlert(new TypeError("x".repeat(9_000)), CONTEXT));
    expect(content.description.match(/x+/)?.[0]).toHaveLength(1_500);
  });
});
