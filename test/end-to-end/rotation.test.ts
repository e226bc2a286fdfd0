import { describe, expect, it } from "vitest";
import { startWorld } from "../support/world.ts";

const OPENAI = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "openai" },
];

describe("a run", () => {
  it("puts a new key and sees it ready", async () => {
    const world = await startWorld({ connections: OPENAI, confluent: { timeToReadyMs: 2_000 } });
    world.aws.putSecret("openai", "sk-new-key-1234567890");
    const report = await world.invoke({ trigger: "schedule" });
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect(world.held("a")).toEqual({ API_KEY: "sk-new-key-1234567890", AUTH_TYPE: "API_KEY" });
    expect(world.aws.published()).toEqual([]);
  });

  it("reports a refused key, and tries no other connection with it", async () => {
    const world = await startWorld({ connections: OPENAI, confluent: { accepts: ["good"] } });
    world.aws.putSecret("openai", "bad", { createdAt: world.clock.now() - 3_600_000 });
    await expect(world.invoke({ trigger: "schedule" })).rejects.toThrow(
      "1 of 2 failed, 1 not attempted (rejected)",
    );
    expect(world.held("b")).toEqual({ API_KEY: "old-key" });
    expect(world.aws.published()).toHaveLength(1);
  });
});
