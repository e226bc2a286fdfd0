import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../support/builders.ts";
import { deploy } from "../support/deployment.ts";
import { captureOutput } from "../support/output.ts";
import { eventsOf } from "../support/secret-events.ts";
import { startWorld, type World, type WorldOptions } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };

describe("one secret under several names", () => {
  const THREE = ["a", "b", "c"].map((name) => ({ name, secret: "openai" }));

  async function startNamed(options: Partial<WorldOptions> = {}): Promise<World> {
    const config = { propagationLabel: "FLINK_READY" };
    const world = await startWorld({ connections: THREE, config, ...options });
    const { arn } = world.aws.putSecret("openai", "new", { createdAt: world.clock.now() - HOUR_MS });
    const file = JSON.parse(readFileSync(world.configFile, "utf8"));
    const secrets = ["openai", arn.slice(0, -7), arn];
    const connections = THREE.map((entry, index) => ({ ...entry, type: "OPENAI", secret: secrets[index] }));
    writeFileSync(world.configFile, JSON.stringify({ ...file, connections }));
    return world;
  }

  it("row 31: a bad key reaches one connection despite the names", async () => {
    const world = await startNamed({ confluent: { accepts: ["good"] } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("1 of 3 failed, 2 not attempted (rejected)");
    expect([...world.keysPut("a"), ...world.keysPut("b"), ...world.keysPut("c")]).toEqual(["new"]);
  });

  it("row 31: a bad key reaches one connection from the built function", async () => {
    const { confluent, invoke } = await deploy({
      key: "bad",
      accepts: ["good"],
      secretNames: (arn) => ["openai", arn],
    });
    const { error } = await invoke(SCHEDULE);
    expect(error?.message).toMatch(/1 of 2 failed, 1 not attempted \(rejected\)/);
    expect(["a", "b"].flatMap((name) => confluent.connection(name).puts)).toHaveLength(1);
  });

  it("row 31: the label moves once", async () => {
    const world = await startNamed();
    const before = world.aws.requests.length;
    for (const event of [eventsOf(world, "openai").at(-1), SCHEDULE])
      expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 3 } });
    const moves = world.aws.requests.slice(before).filter(({ operation }) => operation === LABEL_MOVE);
    expect(moves).toHaveLength(1);
    expect(world.aws.stages("openai")["FLINK_READY"]).toBe(world.aws.stages("openai")["AWSCURRENT"]);
  });

  it("row 31: the label does not move if a connection that names the secret differently is not in the run", async () => {
    const world = await startNamed();
    expect(await world.invoke({ connections: ["a"] })).toMatchObject({ counts: { ready: 1 } });
    expect(world.aws.stages("openai")).not.toHaveProperty("FLINK_READY");
  });

  it("row 31: a replica that accepts no label causes a note but no alert", async () => {
    const words =
      "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
    const world = await startNamed();
    world.aws.fail({ operation: LABEL_MOVE, error: "InvalidParameterException", message: words });
    const lines = captureOutput();
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 3 } });
    expect(lines().filter(({ code }) => code === "NOTE")).toMatchObject([
      { note: expect.stringContaining(`AWS says: ${words}`) },
    ]);
    expect(world.aws.published()).toEqual([]);
  });
});

const LABEL_MOVE = "UpdateSecretVersionStage";
