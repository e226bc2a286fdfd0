import { describe, expect, it } from "vitest";
import { openRollout, type RolloutOptions } from "../support/fake-rollout.ts";

describe("a version that is no longer current", () => {
  it("does not reach a second canary after the first one has shown nothing", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: { unreachable: true }, b: {}, c: {} },
      newerAfterMs: [5_000],
    });
    expect(await rotate()).toMatchObject({ b: { secretVersionId: "v2" }, c: { secretVersionId: "v2" } });
    expect(puts()).toEqual(["a v1", "a v2", "b v2", "c v2"]);
  });

  it.each([true, false])(
    "is not put after its provider has taken seconds to answer (canary: %s)",
    async (canary) => {
      const { rotate, puts } = openRolloutWithProvider(3_000, {
        connections: { a: {}, b: {} },
        newerAfterMs: [1_000],
        settings: { canary },
      });
      expect(await rotate()).toMatchObject({ a: { outcome: "ready" }, b: { outcome: "ready" } });
      expect(puts()).toEqual(["a v2", "b v2"]);
    },
  );

  it("leaves in doubt which key works in a connection that got it unproven and not the newer one", async () => {
    const { rotate } = openRollout({
      connections: { a: { unreachable: true }, b: { unreachable: true } },
      newerAfterMs: [15_000],
      remainingMs: 25_000,
    });
    expect(await rotate()).toMatchObject({ b: { outcome: "not-attempted", holds: "unknown" } });
  });
});

/** A rollout whose provider takes its time and says nothing. */
function openRolloutWithProvider(ms: number, options: RolloutOptions) {
  const ask = async () => {
    await rollout.clock.sleep(ms);
    return { verdict: "unknown", host: "api.example.com", reason: "HTTP 500" } as const;
  };
  const rollout = openRollout({ ...options, context: { providers: { ask } } });
  return rollout;
}
