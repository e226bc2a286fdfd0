import { describe, expect, it } from "vitest";
import { type API_KEY, startWorld } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const NEXT_KEY = { key: "FLINKAPIKEY67890", secret: "the-next-flink-api-secret" };
const asSecret = ({ key, secret }: typeof API_KEY) => JSON.stringify({ apiKey: key, apiSecret: secret });

const TWO_ENVIRONMENTS = {
  environments: ["prod", "staging"],
  connections: [
    { name: "a", environment: "prod", secret: "openai" },
    { name: "b", environment: "prod", secret: "openai" },
    { name: "c", environment: "staging", secret: "staging-openai" },
  ],
};

describe("the rotator's Confluent API key", () => {
  it("row 8: is read again if it was rotated a moment ago", async () => {
    const connections = [{ name: "a", secret: "openai" }];
    const world = await startWorld({ connections, confluent: { latencyMs: 100 } });
    world.aws.putSecret("openai", "new");
    world.aws.putSecret("confluent/key", asSecret(NEXT_KEY), { invisibleForMs: 50 });
    world.confluent.setApiKeys("env-1", [NEXT_KEY]);
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.confluent.requests.map(({ status }) => status).slice(0, 2)).toEqual([401, 200]);
    expect(world.aws.published()).toEqual([]);
  });

  it("row 8: is retried while it is young", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
    world.aws.putSecret("openai", "new");
    world.aws.putSecret("confluent/key", asSecret(NEXT_KEY));
    world.confluent.setApiKeys("env-1", [{ ...NEXT_KEY, validFrom: world.clock.now() + 60_000 }]);
    const report = await world.invoke(SCHEDULE);
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
    expect(report.durationMs).toBeGreaterThanOrEqual(60_000);
    expect(world.aws.published()).toEqual([]);
  });

  it("row 8: causes one alert if it stays refused, while other environments continue", async () => {
    const world = await startWorld(TWO_ENVIRONMENTS);
    world.aws.putSecret("openai", "new");
    world.aws.putSecret("staging-openai", "new");
    world.confluent.setApiKeys("env-1", [NEXT_KEY]);
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("2 of 3 not attempted (unauthorized)");
    expect([world.keysPut("a", "env-1"), world.keysPut("b", "env-1")]).toEqual([[], []]);
    expect(world.keysPut("c", "env-2")).toEqual(["new"]);
    expect(world.aws.published()).toHaveLength(1);
    expect(world.aws.published()[0]?.message).toContain("refused the rotator's Confluent API key");
    expect(world.aws.published()[0]?.message).toContain("the Flink API key in secret confluent/key");
    expect(world.alertedAfterMs()).toBeLessThan(15_000);
  });

  it("row 8: is retried no longer than the grace period if it is young and stays refused", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
    world.aws.putSecret("openai", "new");
    world.aws.putSecret("confluent/key", asSecret(NEXT_KEY));
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 1 not attempted (unauthorized)");
    expect(world.alertedAfterMs()).toBeGreaterThan(100_000);
    expect(world.alertedAfterMs()).toBeLessThan(125_000);
  });

  it("causes an alert that names the roles if it lacks permission", async () => {
    const world = await startWorld({
      connections: [{ name: "a", secret: "openai" }],
      confluent: { forbidden: true },
    });
    world.aws.putSecret("openai", "new");
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(unauthorized)");
    expect(world.aws.published()[0]?.message).toContain("FlinkAdmin, EnvironmentAdmin or OrganizationAdmin");
  });
});
