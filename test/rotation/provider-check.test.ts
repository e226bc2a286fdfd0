import { describe, expect, it } from "vitest";
import { NOW } from "../support/builders.ts";
import { REFUSED, runWithProvider, UNKNOWN, VALID } from "../support/fake-providers.ts";

describe("a key that its provider refuses", () => {
  it("is put into no connection", async () => {
    const { outcomes, puts, asked } = await runWithProvider({
      connections: { a: {}, b: {} },
      answer: () => REFUSED,
    });
    expect(puts).toEqual([]);
    expect(asked).toEqual(["OPENAI v1 0"]);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        outcome: "not-attempted",
        errorClass: "rejected",
        message:
          "api.openai.com refused the key (HTTP 401, invalid_api_key). Nothing was put, and this connection keeps the key it has.",
        detail: "api.openai.com: Incorrect API key provided.",
        secretVersionId: "v1",
        evidence: { provider: "refused", phase: "not-seen", statement: "not-run" },
        durationMs: 0,
      });
    }
  });

  it("is not put into another connection with that key whose provider does not answer", async () => {
    const { puts, outcomes } = await runWithProvider({
      connections: { a: { type: "OPENAI" }, b: { type: "ANTHROPIC" } },
      answer: (_key, _seconds, { connection }) => (connection.type === "OPENAI" ? REFUSED : UNKNOWN),
    });
    expect(puts).toEqual([]);
    expect(outcomes.map(({ evidence }) => evidence.provider)).toEqual(["refused", "refused"]);
  });

  it("is put into a connection whose provider accepts it", async () => {
    const { puts, outcomes } = await runWithProvider({
      connections: { a: { type: "OPENAI" }, b: { type: "ANTHROPIC" } },
      answer: (_key, _seconds, { connection }) => (connection.type === "OPENAI" ? REFUSED : VALID),
    });
    expect(puts).toEqual(["b v1"]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["not-attempted", "ready"]);
  });

  it("does not move the propagation label", async () => {
    const { secrets } = await runWithProvider({
      connections: { a: {} },
      answer: () => REFUSED,
      settings: { propagationLabel: "FLINK_READY" },
    });
    expect(secrets.moves).toEqual([]);
  });

  it.each(["silent", "credulous"] as const)("is put into no connection of a %s service", async (world) => {
    const { puts, outcomes } = await runWithProvider({
      connections: { a: {}, b: {}, c: {} },
      live: { world },
      answer: () => REFUSED,
    });
    expect(puts).toEqual([]);
    expect(outcomes.map(({ errorClass }) => errorClass)).toEqual(["rejected", "rejected", "rejected"]);
  });
});

describe("a refusal that its provider may take back", () => {
  it("counts if it is repeated", async () => {
    const { asked, puts } = await runWithProvider({
      connections: { a: {} },
      answer: () => ({ ...REFUSED, confirmAfterMs: 5_000 }),
    });
    expect(asked).toEqual(["OPENAI v1 0", "OPENAI v1 5"]);
    expect(puts).toEqual([]);
  });

  it("counts if the run ends before it can be repeated", async () => {
    const { outcomes, puts } = await runWithProvider({
      connections: { a: {} },
      context: { deadlineAt: NOW + 3_000 },
      answer: () => ({ ...REFUSED, confirmAfterMs: 5_000 }),
    });
    expect(outcomes[0]).toMatchObject({ outcome: "not-attempted", errorClass: "rejected" });
    expect(puts).toEqual([]);
  });

  it("does not count if the key is accepted the second time", async () => {
    const { puts } = await runWithProvider({
      connections: { a: {} },
      answer: (_key, seconds) => (seconds < 5 ? { ...REFUSED, confirmAfterMs: 5_000 } : VALID),
    });
    expect(puts).toEqual(["a v1"]);
  });
});

describe("a key that its provider neither accepts nor refuses", () => {
  it("is put, with a note", async () => {
    const { puts, outcomes, notes } = await runWithProvider({
      connections: { a: {} },
      answer: () => UNKNOWN,
    });
    expect(puts).toEqual(["a v1"]);
    expect(outcomes[0]).toMatchObject({
      outcome: "ready",
      evidence: { provider: "unknown", phase: "ready" },
    });
    expect(notes).toContainEqual([
      "The provider did not say whether it accepts the key.",
      { secret: "openai", type: "OPENAI", provider: "api.openai.com", reason: "HTTP 429" },
    ]);
  });
});

describe("a provider", () => {
  it("is not asked if the connection turns the check off", async () => {
    const { asked, outcomes, puts } = await runWithProvider({
      connections: { a: { provider: false }, b: { provider: false } },
      answer: () => REFUSED,
    });
    expect(asked).toEqual([]);
    expect(puts).toEqual(["a v1", "b v1"]);
    expect(outcomes[0]?.evidence.provider).toBe("not-asked");
  });

  it("is asked about a key once for each type and host", async () => {
    const { asked } = await runWithProvider({
      connections: {
        a: {},
        b: {},
        c: { type: "ANTHROPIC" },
        d: { endpoint: "https://gateway.example.com/v1" },
      },
      answer: () => VALID,
    });
    expect(asked.toSorted()).toEqual(["ANTHROPIC v1 0", "OPENAI v1 0", "OPENAI v1 0"]);
  });
});

describe("a key that its provider accepts", () => {
  it("moves the propagation label even if Confluent reports no phase", async () => {
    const { secrets, outcomes } = await runWithProvider({
      connections: { a: {}, b: {} },
      live: { world: "silent" },
      answer: () => VALID,
      settings: { propagationLabel: "FLINK_READY" },
    });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["applied", "applied"]);
    expect(secrets.moves).toEqual([{ secretId: "openai", label: "FLINK_READY", to: "v1" }]);
  });

  it("is reported by a dry run", async () => {
    const { outcomes, puts } = await runWithProvider({
      connections: { a: {} },
      answer: () => VALID,
      context: { trigger: { kind: "direct", dryRun: true } },
    });
    expect(puts).toEqual([]);
    expect(outcomes[0]).toMatchObject({
      outcome: "planned",
      message: "Would send api-key. api.openai.com accepts the key.",
      evidence: { provider: "valid" },
    });
  });
});
