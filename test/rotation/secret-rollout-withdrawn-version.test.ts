import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../support/builders.ts";
import { openRollout } from "../support/fake-rollout.ts";

describe("a version that loses AWSCURRENT to an older one during the run", () => {
  it("is put into no further connection, and the older one replaces it", async () => {
    const { rotate, puts, secrets, clock } = openRollout({
      connections: { a: { timeToReadyMs: 5_000 }, b: {} },
    });
    secrets.add("openai", { versionId: "v0", value: "v0", at: clock.now() + 2_000 });
    expect(await rotate()).toMatchObject({
      a: { outcome: "ready", secretVersionId: "v0" },
      b: { outcome: "ready", secretVersionId: "v0" },
    });
    expect(puts()).toEqual(["a v1", "a v0", "b v0"]);
  });

  it("replaces the older one again if it gets AWSCURRENT back", async () => {
    const { rotate, puts, secrets, clock } = openRollout({
      connections: { a: { timeToReadyMs: 15_000 }, b: {} },
    });
    secrets.add("openai", { versionId: "v0", value: "v0", at: clock.now() + 2_000 });
    secrets.add("openai", { versionId: "v1", value: "v1", at: clock.now() + 20_000 });
    expect(await rotate()).toMatchObject({
      a: { outcome: "ready", secretVersionId: "v1" },
      b: { outcome: "ready", secretVersionId: "v1" },
    });
    expect(puts()).toEqual(["a v1", "a v0", "a v1", "b v1"]);
  });

  it("is not put again after a PUT without a certain answer", async () => {
    let puts = 0;
    const { rotate, confluent, secrets, clock } = openRollout({
      connections: { a: {} },
      confluent: {
        fault: ({ method }) => {
          if (method !== "PUT") return undefined;
          puts += 1;
          return puts === 1 ? "service" : undefined;
        },
      },
    });
    secrets.add("openai", { versionId: "v0", value: "v0", at: clock.now() + 100 });
    expect(await rotate()).toMatchObject({ a: { secretVersionId: "v0" } });
    expect(confluent.connection("a").puts.map(({ data }) => data["API_KEY"])).toEqual(["v0"]);
  });

  it("stays if the read of the older one is only out of date", async () => {
    let reads = 0;
    const { rotate, puts } = openRollout({
      connections: { a: { timeToReadyMs: 5_000 }, b: {} },
      secrets: {
        staleMs: () => {
          reads += 1;
          return reads % 2 === 0 ? 1.5 * HOUR_MS : 0;
        },
      },
    });
    expect(await rotate()).toMatchObject({ a: { secretVersionId: "v1" }, b: { secretVersionId: "v1" } });
    expect(puts()).toEqual(["a v1", "b v1"]);
  });
});
