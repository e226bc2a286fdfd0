import { describe, expect, it } from "vitest";
import { REFUSED, runWithProvider } from "../support/fake-providers.ts";

describe("a key that several connections share and that a provider refuses", () => {
  it("is put into none of them, even if one of them turns the check off", async () => {
    const { puts, outcomes } = await runWithProvider({
      connections: { a: { provider: false }, b: {} },
      answer: () => REFUSED,
    });
    expect(puts).toEqual([]);
    expect(outcomes.map(({ errorClass }) => errorClass)).toEqual(["rejected", "rejected"]);
  });

  it("is put into none of them, even if one of them sends another value with it", async () => {
    const { puts, outcomes } = await runWithProvider({
      value: `{"api-key":"k1"}`,
      connections: {
        a: {
          provider: false,
          credentials: { kind: "data", data: { API_KEY: { field: "api-key" }, SCOPE: { value: "all" } } },
        },
        b: {},
      },
      answer: () => REFUSED,
    });
    expect(puts).toEqual([]);
    expect(outcomes.map(({ errorClass }) => errorClass)).toEqual(["rejected", "rejected"]);
  });

  it("may be put without another key of the secret with which it is refused", async () => {
    const { puts } = await runWithProvider({
      value: `{"api-key":"k1","token":"expired"}`,
      connections: {
        a: { provider: false, credentials: { kind: "data", data: { API_KEY: { field: "api-key" } } } },
        b: {
          credentials: { kind: "data", data: { API_KEY: { field: "api-key" }, TOKEN: { field: "token" } } },
        },
      },
      answer: () => REFUSED,
    });
    expect(puts).toEqual(["a k1"]);
  });
});
