import { describe, expect, it } from "vitest";
import { kept, rolledBack } from "../../support/alert-outcomes.ts";
import { sentAlert } from "../../support/alerts.ts";

describe("an alert about connections that were refused their key before the run", () => {
  it("says that one works to which the previous key was restored, and that the others are down", () => {
    const outcomes = [
      rolledBack({ name: "a", phaseBefore: "INVALID_AUTH" }),
      kept("b", { phaseBefore: "INVALID_AUTH" }),
    ];
    const { text } = sentAlert(outcomes);
    expect(text).toMatch(/^DOWN NOW: b$/m);
    expect(text).toMatch(/^STILL WORKING on the previous key:\n {2}a\nDo not revoke the previous key\.$/m);
  });

  it("says that nothing is down if the previous key was restored to all of them", () => {
    const { subject, text } = sentAlert([rolledBack({ name: "a", phaseBefore: "INVALID_AUTH" })]);
    expect(subject).toMatch(/^\[ROLLED BACK 1\]/);
    expect(text).toMatch(/^NOTHING IS DOWN\./);
  });
});
