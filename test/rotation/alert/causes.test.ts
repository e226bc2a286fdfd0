import { describe, expect, it } from "vitest";
import { abridge, createReport } from "../../../src/rotation/report/report.ts";
import { kept, many, of, refused, unauthorized, withoutVersion } from "../../support/alert-outcomes.ts";
import { sentAlert, unwrapped } from "../../support/alerts.ts";
import { NOW } from "../../support/builders.ts";

const FACTS = { trigger: { kind: "schedule" }, startedAt: NOW, endedAt: NOW, requests: 1 } as const;

/** The first line of each cause, and the text of all, without line breaks. */
function causesOf(outcomes: Parameters<typeof sentAlert>[0]) {
  const { text } = sentAlert(outcomes);
  return { causes: text.match(/^WHY: .*$/gm) ?? [], text: unwrapped(text).replace(/ +/g, " ") };
}

const unusable = (name: string, secret: string, message: string) =>
  of({ name, secret, outcome: "failed", errorClass: "secret", message });

describe("a cause in an alert", () => {
  it("is told once for many connections", () => {
    const { causes, text } = causesOf(
      Array.from({ length: 60 }, (_, index) => refused({ name: `c${index}` })),
    );
    expect(causes).toEqual(["WHY: rejected, prod, 60 connections"]);
    expect(text.match(/What: Confluent refused the key\./g)).toHaveLength(1);
    expect(text).toMatch(/Which: c0, c1, .*, c59 /);
    expect(text.length).toBeLessThan(3_000);
  });

  it("is told once if its messages differ only by the connection's name", () => {
    const missing = ["a", "b"].map((name) =>
      of({
        name,
        outcome: "failed",
        errorClass: "not-found",
        holds: "previous",
        message: `There is no connection ${name} in environment prod; create ${name}.`,
        nextStep: `Check the name ${name}.`,
      }),
    );
    const several = causesOf(missing);
    expect(several.causes).toHaveLength(1);
    expect(several.text).toContain("There is no connection NAME in environment prod; create NAME.");
    expect(several.text).toContain("WHAT TO DO: Check the name NAME.");
    const one = causesOf(missing.slice(0, 1));
    expect(one.text).toContain("There is no connection a in environment prod; create a.");
    expect(one.text).toContain("WHAT TO DO: Check the name a.");
  });

  it("is told once, even if a name with a dot resembles another word of the text", () => {
    const named = (name: string) =>
      of({ name, outcome: "not-attempted", errorClass: "timeout", message: `No time for ${name} and a-b.` });
    const { causes, text } = causesOf([named("a.b"), named("c")]);
    expect(causes).toHaveLength(1);
    expect(text).toContain("No time for NAME and a-b.");
  });

  it("is told apart by secret, environment and message if a key is refused", () => {
    expect(
      causesOf([
        refused(),
        refused({ name: "b", secret: "prod/other" }),
        refused({ name: "c", environment: "test" }),
        refused({ name: "d", message: "Another message." }),
        refused({ name: "e", message: "Confluent refused" }),
      ]).causes,
    ).toHaveLength(5);
  });

  it("is told once for several secrets if it is not about them", () => {
    const late = (name: string, secret: string) =>
      of({ name, secret, outcome: "not-attempted", errorClass: "timeout", message: "The time was up." });
    const { causes, text } = causesOf([late("a", "prod/openai"), late("b", "prod/other")]);
    expect(causes).toEqual(["WHY: timeout, prod, 2 connections"]);
    expect(text).toContain("Secret: prod/openai, prod/other ");
  });

  it("is told once for several secrets, without them, if the rotator's Confluent API key cannot be read", () => {
    const message = "Cannot read the rotator's Confluent API key: Secret confluent/key does not exist.";
    const { causes, text } = causesOf(
      ["prod/openai", "prod/other"].map((each) => unusable(each, each, message)),
    );
    expect(causes).toEqual(["WHY: secret, prod, 2 connections"]);
    expect(text).not.toMatch(/ Secret: | Version: /);
  });

  it("includes the connections whose message was dropped from a report", () => {
    const { message: _message, ...brief } = refused({ name: "brief" });
    const { causes, text } = causesOf([brief, refused()]);
    expect(causes).toEqual(["WHY: rejected, prod, 2 connections"]);
    expect(text).toContain("Which: support-openai, brief ");
  });

  it("does not include those if their secret has another name, even one that begins alike", () => {
    const { message: _message, ...brief } = refused({ name: "brief" });
    expect(causesOf([brief, refused({ secret: "prod/openai-2" })]).causes).toHaveLength(2);
  });

  it("is not that of a secret whose message was dropped if Confluent refused the rotator's API key", () => {
    const { message: _message, ...brief } = unusable("brief", "prod/other", "Secret prod/other is empty.");
    const { causes, text } = causesOf([of({ name: "a", ...unauthorized }), brief]);
    expect(causes).toHaveLength(2);
    expect(text.match(/What: Confluent refused the rotator's API key\./g)).toHaveLength(1);
  });

  it("includes those whose message was dropped if the rotator's Confluent API key cannot be read", () => {
    const message = "Cannot read the rotator's Confluent API key: Secret confluent/key does not exist.";
    const ofApiKey = ["prod/openai", "prod/other", "prod/third"].map((each) => unusable(each, each, message));
    const ofSecret = withoutVersion(unusable("d", "prod/missing", "Secret prod/missing does not exist."));
    const late = of({ name: "e", outcome: "not-attempted", errorClass: "timeout", message: "Time was up." });
    const { connections } = abridge(createReport([...ofApiKey, ofSecret, late], FACTS), 1);
    expect(connections.flatMap((each) => each.message ?? [])).toEqual([message]);
    const { causes, text } = causesOf(connections);
    expect(causes).toEqual([
      "WHY: secret, prod, 3 connections",
      "WHY: secret, prod, 1 connection",
      "WHY: timeout, prod, 1 connection",
    ]);
    expect(text).not.toContain("STILL WORKING");
  });

  it("needs no message and no advice", () => {
    const { message: _message, nextStep: _nextStep, ...brief } = refused();
    const { causes, text } = causesOf([brief]);
    expect(causes).toHaveLength(1);
    expect(text).not.toMatch(/THEN:|What:/);
    expect(sentAlert([brief]).text).toContain("\n\nTo run it again");
    expect(text).toContain(
      " To run it again (the next schedule does it too): npx . invoke --region us-east-1 prod/support-openai ",
    );
  });

  it("is one of at most twenty-five", () => {
    const all = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        refused({ name: `c${index}`, message: `Message ${index}.` }),
      );
    const { causes, text } = causesOf(all(30));
    expect(causes).toHaveLength(25);
    expect(text).toContain(" And 5 more causes. ");
    expect(causesOf(all(26)).text).toContain(" And 1 more cause. ");
    expect(causesOf(all(25)).text).not.toContain("more cause");
  });

  it("names at most two hundred connections", () => {
    const { text } = causesOf(many(227, { outcome: "not-attempted", errorClass: "timeout" }, "c"));
    expect(text).toContain("c-199, c-200, and 27 more Outcome:");
  });
});

describe("the connections that keep a key because another one was refused it", () => {
  it("share that one's cause", () => {
    expect(causesOf([refused(), kept("a")]).causes).toEqual(["WHY: rejected, prod, 1 connection"]);
  });

  it("have a cause of their own if the report does not contain that one", () => {
    expect(causesOf([kept("a")]).causes).toEqual(["WHY: rejected, prod, 1 connection"]);
  });

  it.each([
    {
      what: "the provider refuses the key of another secret",
      other: refused(),
      facts: { secret: "prod/other" },
    },
    {
      what: "the other connection failed for another reason",
      other: of({ name: "b", outcome: "failed", errorClass: "guard", holds: "previous" }),
      facts: {},
    },
    {
      what: "they were not attempted for another reason",
      other: refused(),
      facts: { errorClass: "timeout" },
    },
  ] as const)("are told for themselves if $what", ({ other, facts }) => {
    expect(causesOf([other, kept("a", facts)]).causes).toHaveLength(2);
  });
});
