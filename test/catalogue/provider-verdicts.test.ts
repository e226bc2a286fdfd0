import { describe, expect, it } from "vitest";
import { unwrapped } from "../support/alerts.ts";
import { KEPT, putsOf, startAsked } from "../support/asked-providers.ts";
import { GOOD_KEY } from "../support/verdicts.ts";

describe("a bad key that its provider refuses", () => {
  it.each([
    ["silent", {}],
    ["credulous", {}],
    ["controller", { verdictAfterMs: 30_000 }],
    ["prompt", {}],
  ] as const)("row 50: is sent to no connection of a %s service, with one alert", async (name, settings) => {
    const asked = await startAsked({ settings: { world: name, ...settings }, count: 50 });
    const judged = await asked.judge();
    expect(judged).toMatchObject({ counts: { "not-attempted": 50 }, holders: 0, alerts: 1 });
    expect(judged.connections[0]).toMatchObject(KEPT);
    expect(putsOf(asked.world)).toBe(0);
    expect(asked.providers.calls).toHaveLength(1);
    expect(judged.seconds).toBeLessThan(1);
  });

  it("row 50: is reported in the alert with the provider, its code and its message", async () => {
    const { world, providers, judge: run } = await startAsked({});
    await run();
    const { host } = new URL(providers.url);
    const text = unwrapped(JSON.parse(world.aws.published()[0]?.message ?? "{}").default);
    expect(text).toContain(`${host} refused the key (HTTP 401, invalid_api_key). Nothing was put`);
    expect(text).toContain(`${host}: Incorrect API key provided: [redacted]`);
  });

  it("row 50: does not move the propagation label", async () => {
    const { world, judge: run } = await startAsked({
      settings: { world: "silent" },
      config: { propagationLabel: "FLINK_READY" },
    });
    await run();
    expect(world.aws.stages("openai")).not.toHaveProperty("FLINK_READY");
  });

  it("row 50: is sent to the connections if the check is turned off", async () => {
    const {
      world,
      judge: run,
      providers,
    } = await startAsked({
      settings: { world: "credulous" },
      config: { verification: { provider: false } },
    });
    expect(await run()).toMatchObject({ counts: { ready: 3 }, holders: 3 });
    expect(providers.calls).toEqual([]);
    expect(putsOf(world)).toBe(3);
  });
});

describe("a good key that its provider accepts", () => {
  it.each([
    ["silent", "applied"],
    ["credulous", "ready"],
    ["controller", "ready"],
    ["prompt", "ready"],
  ] as const)(
    "row 50: is sent to all connections of a %s service, and the propagation label moves",
    async (world, outcome) => {
      const asked = await startAsked({
        settings: { world },
        key: GOOD_KEY,
        config: { propagationLabel: "FLINK_READY" },
      });
      const { counts, connections, alerts } = await asked.judge();
      expect({ counts, alerts }).toMatchObject({ counts: { [outcome]: 3 }, alerts: 0 });
      expect(connections.map(({ evidence }) => evidence.provider)).toEqual(["valid", "valid", "valid"]);
      expect(asked.world.aws.stages("openai")).toHaveProperty("FLINK_READY");
    },
  );
});

describe("a fresh key that its provider does not know yet", () => {
  it("row 53: is sent once the provider accepts it", async () => {
    const { world, providers, judge: run } = await startAsked({ key: GOOD_KEY, keyAgeMs: 0 });
    providers.fail({ status: 401, body: '{"error":{"code":"invalid_api_key"}}', times: 3 });
    const { counts, seconds } = await run();
    expect(counts).toMatchObject({ ready: 3 });
    expect(providers.calls.filter(({ key }) => key !== "")).toHaveLength(4);
    expect(seconds).toBeGreaterThan(10);
    expect(putsOf(world)).toBe(3);
  });

  it("row 53: counts as refused at the end of the grace period", async () => {
    const { world, providers, judge: run } = await startAsked({ keyAgeMs: 0 });
    const { counts, seconds } = await run();
    expect(counts).toMatchObject({ "not-attempted": 3 });
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThan(125);
    expect(providers.calls).toHaveLength(8);
    expect(putsOf(world)).toBe(0);
  });

  it("row 53: is replaced by a newer version at once", async () => {
    const { world, providers, judge: run } = await startAsked({ keyAgeMs: 0 });
    const running = run();
    await world.clock.sleep(31_000);
    world.aws.putSecret("openai", GOOD_KEY);
    const { counts, seconds } = await running;
    expect(counts).toMatchObject({ ready: 3 });
    expect(seconds).toBeLessThan(50);
    expect(providers.calls.at(-2)?.key).toBe(GOOD_KEY);
    expect(world.keysPut("openai-1")).toEqual([GOOD_KEY]);
  });
});
