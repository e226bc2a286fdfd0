import { describe, expect, it } from "vitest";
import { NOW } from "../support/builders.ts";
import { REFUSED, runWithProvider, VALID } from "../support/fake-providers.ts";

describe("a young key that its provider refuses", () => {
  it("is asked about again until the grace period is over", async () => {
    const { asked, outcomes, notes } = await runWithProvider({
      connections: { a: {} },
      ageMs: 1_000,
      settings: { graceMs: 30_000 },
      answer: () => REFUSED,
    });
    expect(notes).toEqual([
      [
        "The provider refuses a young key, so it is asked again.",
        expect.objectContaining({ secret: "openai", provider: "api.openai.com", forSeconds: 30 }),
      ],
    ]);
    expect(asked.map((each) => Number(each.split(" ").at(-1)))).toEqual([0, 2, 5, 10, 20, 30]);
    expect(outcomes[0]).toMatchObject({ outcome: "not-attempted", errorClass: "rejected" });
  });

  it("is put as soon as it is accepted", async () => {
    const { puts, outcomes, asked } = await runWithProvider({
      connections: { a: {}, b: {} },
      ageMs: 1_000,
      answer: (_key, seconds) => (seconds < 7 ? REFUSED : VALID),
    });
    expect(asked.at(-1)).toBe("OPENAI v1 10");
    expect(puts).toEqual(["a v1", "b v1"]);
    expect(outcomes.map(({ evidence }) => evidence.provider)).toEqual(["valid", "valid"]);
  });

  it("is given up when a newer version appears", async () => {
    const { asked, puts, outcomes } = await runWithProvider({
      connections: { a: {} },
      ageMs: 1_000,
      newerAfterMs: 22_000,
      settings: { graceMs: 600_000 },
      answer: (key) => (key === "v1" ? REFUSED : VALID),
    });
    expect(asked.at(-1)).toBe("OPENAI v2 25");
    expect(puts).toEqual(["a v2"]);
    expect(outcomes[0]).toMatchObject({ outcome: "ready", secretVersionId: "v2" });
  });

  it("is not waited for in a dry run", async () => {
    const { asked, outcomes } = await runWithProvider({
      connections: { a: {} },
      ageMs: 1_000,
      answer: () => REFUSED,
      context: { trigger: { kind: "direct", dryRun: true } },
    });
    expect(asked).toHaveLength(1);
    expect(outcomes[0]).toMatchObject({ outcome: "not-attempted", errorClass: "rejected" });
  });

  it("is not waited for when the run is stopped", async () => {
    let asks = 0;
    const { asked, clock } = await runWithProvider({
      connections: { a: {} },
      ageMs: 1_000,
      context: { isStopping: () => asks >= 3 },
      answer: () => {
        asks += 1;
        return REFUSED;
      },
    });
    expect(asked).toHaveLength(3);
    expect(clock.now()).toBeLessThan(NOW + 6_000);
  });

  it("is not waited for beyond the end of the run", async () => {
    const { asked, clock, outcomes, puts } = await runWithProvider({
      connections: { a: {} },
      ageMs: 1_000,
      context: { deadlineAt: NOW + 15_000 },
      answer: () => REFUSED,
    });
    expect(asked.map((each) => Number(each.split(" ").at(-1)))).toEqual([0, 2, 5, 10]);
    expect(clock.now()).toBeLessThan(NOW + 16_000);
    expect(outcomes[0]).toMatchObject({
      outcome: "not-attempted",
      errorClass: "timeout",
      message: expect.stringContaining("The key is young and may work later, but the run ended before that."),
      evidence: { provider: "refused" },
    });
    expect(puts).toEqual([]);
  });
});
