import { describe, expect, it } from "vitest";
import { createRunAlert } from "../../src/lambda/run-alert.ts";
import { createReport } from "../../src/rotation/report/report.ts";
import { CONTEXT } from "../support/alerts.ts";
import { NOW, outcome } from "../support/builders.ts";

const FACTS = { trigger: { kind: "schedule" }, startedAt: NOW, endedAt: NOW, requests: 1 } as const;
const FAILED = outcome({ outcome: "failed", errorClass: "secret", message: "The secret is empty." });

describe("the alert of a run", () => {
  it("is sent in a plain form if an error occurs while its text is written", () => {
    const errors: unknown[] = [];
    const broken = new Error("a bug");
    const context = {
      ...CONTEXT,
      rerun: () => {
        throw broken;
      },
    };
    const alert = createRunAlert(createReport([FAILED], FACTS), context, {
      bug: (error) => errors.push(error),
    });
    expect(errors).toEqual([broken]);
    expect(alert?.subject).toBe("[FAILED] Flink connections prod: 1 of 1 failed (secret)");
    expect(alert?.text).toContain("prod/orders-openai: failed. The secret is empty.");
    expect(alert?.attributes).toEqual({ severity: ["critical"], environment: ["prod"] });
  });

  it("is not sent if everything succeeded", () => {
    const bug = () => expect.fail("There is no error to log.");
    expect(createRunAlert(createReport([outcome()], FACTS), CONTEXT, { bug })).toBeUndefined();
  });
});
