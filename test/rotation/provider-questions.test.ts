import { describe, expect, it } from "vitest";
import { NOW } from "../support/builders.ts";
import {
  type ProviderRunOptions,
  REFUSED,
  runWithProvider,
  UNKNOWN,
  VALID,
} from "../support/fake-providers.ts";

const DRY_RUN = { trigger: { kind: "direct", dryRun: true } } as const;

describe("a key that several connections share", () => {
  const asks = async (
    connections: ProviderRunOptions["connections"],
    endpoints: ProviderRunOptions["endpoints"] = {},
  ) => {
    const asked: string[] = [];
    const { outcomes } = await runWithProvider({
      connections,
      endpoints,
      answer: (_key, _seconds, { endpoint }) => {
        asked.push(endpoint);
        return VALID;
      },
    });
    return { asked: asked.toSorted(), outcomes };
  };

  it.each([
    ["once for one host, whatever the path", "https://one.example.com/v1", "https://one.example.com/v2", 1],
    ["at each host", "https://one.example.com/v1", "https://two.example.com/v1", 2],
    ["at each address that is no URL", "one.example.com", "two.example.com", 2],
    ["once at an address that is no URL", "one.example.com", "one.example.com", 1],
  ])("is asked about %s, with the endpoint that Confluent shows", async (_what, a, b, times) => {
    const { asked } = await asks({ a: {}, b: {} }, { a, b });
    expect(asked).toEqual([a, b].slice(0, times));
  });

  it("is asked about separately if only one of them has its endpoint in connections.json", async () => {
    const { asked } = await asks({ a: {}, b: { endpoint: "https://api.example.com/v1" } });
    expect(asked).toEqual(["https://api.example.com/v1", "https://api.example.com/v1"]);
  });

  it("is asked about although one of them turns the check off", async () => {
    const { asked, outcomes } = await asks({ a: { provider: false }, b: {} });
    expect(asked).toHaveLength(1);
    expect(outcomes.map(({ evidence }) => evidence.provider)).toEqual(["not-asked", "valid"]);
  });

  it("does not count as valid at a host that does not answer, even if another host accepts it", async () => {
    const { outcomes } = await runWithProvider({
      connections: { a: {}, b: { type: "ANTHROPIC" } },
      answer: (_key, _seconds, { connection }) => (connection.type === "OPENAI" ? VALID : UNKNOWN),
    });
    expect(outcomes.map(({ evidence }) => evidence.provider)).toEqual(["valid", "unknown"]);
  });

  it("does not count as refused because another key of the same secret is", async () => {
    const ofField = (field: string) => ({ kind: "data", data: { API_KEY: { field } } }) as const;
    const { puts } = await runWithProvider({
      value: `{"one":"k1","two":"k2"}`,
      connections: { a: { credentials: ofField("one") }, b: { credentials: ofField("two") } },
      answer: (key) => (key === "k1" ? REFUSED : UNKNOWN),
    });
    expect(puts).toEqual(["b k2"]);
  });
});

describe("a refused key", () => {
  it.each([
    { ageMs: 599_999, times: [0, 2, 5, 10] },
    { ageMs: 600_000, times: [0] },
  ])("that is $ageMs ms old is asked about after $times seconds", async ({ ageMs, times }) => {
    const { asked, notes } = await runWithProvider({
      connections: { a: {} },
      ageMs,
      settings: { graceMs: 10_000 },
      answer: () => REFUSED,
    });
    expect(asked).toEqual(times.map((seconds) => `OPENAI v1 ${seconds}`));
    expect(notes).toHaveLength(times.length > 1 ? 1 : 0);
  });

  it.each([
    { remainingMs: 1_999, times: [0] },
    { remainingMs: 2_000, times: [0] },
    { remainingMs: 2_001, times: [0, 2] },
  ])(
    "is asked about before the end of the run: with $remainingMs ms left, after $times seconds",
    async (each) => {
      const { asked, outcomes } = await runWithProvider({
        connections: { a: {} },
        ageMs: 1_000,
        context: { deadlineAt: NOW + each.remainingMs },
        answer: () => REFUSED,
      });
      expect(asked).toEqual(each.times.map((seconds) => `OPENAI v1 ${seconds}`));
      expect(outcomes[0]).toMatchObject({ outcome: "not-attempted", errorClass: "timeout" });
    },
  );

  it("is not asked about when the time of the run is up", async () => {
    const { asked } = await runWithProvider({
      connections: { a: {} },
      context: { deadlineAt: NOW },
      answer: () => REFUSED,
    });
    expect(asked).toEqual([]);
  });
});

describe("the answer of a provider", () => {
  it("is mentioned by a dry run, with the reason if it is uncertain", async () => {
    const { outcomes } = await runWithProvider({
      connections: { a: {} },
      context: DRY_RUN,
      answer: () => UNKNOWN,
    });
    expect(outcomes).toMatchObject([
      {
        outcome: "planned",
        message: "Would send api-key. api.openai.com did not say whether it accepts the key (HTTP 429).",
        evidence: { provider: "unknown" },
      },
    ]);
  });

  it("is not mentioned by a dry run of a connection that turns the check off", async () => {
    const { outcomes } = await runWithProvider({
      connections: { a: { provider: false } },
      context: DRY_RUN,
      answer: () => VALID,
    });
    expect(outcomes).toMatchObject([{ message: "Would send api-key.", evidence: { provider: "not-asked" } }]);
  });

  it("is not-asked for a connection whose fields the secret lacks", async () => {
    const { outcomes } = await runWithProvider({
      connections: { a: {}, b: { type: "MONGODB" } },
      answer: () => VALID,
    });
    expect(outcomes).toMatchObject([
      { outcome: "ready", evidence: { provider: "valid" } },
      { outcome: "failed", errorClass: "secret", evidence: { provider: "not-asked" } },
    ]);
  });

  it("does not count for the next version", async () => {
    const { outcomes } = await runWithProvider({
      connections: { a: {} },
      live: { timeToReadyMs: 2_000 },
      newerAfterMs: 1_000,
      newerValue: `{"unrelated":"x"}`,
      answer: () => VALID,
    });
    expect(outcomes).toMatchObject([
      { outcome: "failed", errorClass: "secret", secretVersionId: "v2", evidence: { provider: "not-asked" } },
    ]);
  });

  it("is missing if asking ends in a bug, and then nothing is put", async () => {
    const bug = new TypeError("a bug");
    const { outcomes, puts, bugs, secrets } = await runWithProvider({
      connections: { a: {}, b: {} },
      settings: { propagationLabel: "FLINK_READY" },
      answer: () => {
        throw bug;
      },
    });
    expect(outcomes).toMatchObject([{ errorClass: "internal" }, { errorClass: "internal" }]);
    expect([puts, bugs, secrets.moves]).toEqual([[], [bug], []]);
  });
});
