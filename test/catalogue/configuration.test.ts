import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { startWorld, type World } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const ENVIRONMENT = {
  organizationId: "org-1",
  environmentId: "env-1",
  restEndpoint: "http://127.0.0.1:9",
  apiKeySecret: "confluent/key",
};
const BROKEN = {
  environments: { prod: ENVIRONMENT, unused: { ...ENVIRONMENT, region: "us-west-2" } },
  connections: [
    { name: "a", environment: "prod", type: "OPENAI", secret: "openai" },
    { name: "a", environment: "prod", type: "OPENAI", secret: "openai" },
    { name: "b", environment: "prd", type: "OPENAI", secert: "openai" },
    { name: "c", environment: "prod", type: "OPENAY", secret: "openai" },
    { name: "d", environment: "prod", type: "REST", secret: "x", fields: { username: "u", token: "t" } },
  ],
  refesh: "always",
};
const FAULTS = [
  "refesh: unknown key",
  "environments.unused: no connection uses it",
  "environments.unused: needs either cloud and region, or restEndpoint",
  "connections[1]: the same connection as connections[0]",
  "connections[2].secert: unknown key",
  "connections[2].secret",
  'connections[2].environment: "prd" is not one of prod, unused',
  'connections[3].type: "OPENAY" is not one of OPENAI',
  "connections[4]: username, token exclude each other",
];

async function startBroken(text: string | undefined): Promise<World> {
  const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
  world.aws.putSecret("openai", "new");
  if (text === undefined) rmSync(world.configFile);
  else writeFileSync(world.configFile, text);
  return world;
}

describe("a configuration that is broken", () => {
  it("row 22: is an error that names every fault, before anything happens", async () => {
    const world = await startBroken(JSON.stringify(BROKEN));
    const error: unknown = await world.invoke(SCHEDULE).catch((thrown: unknown) => thrown);
    for (const fault of FAULTS) expect(String(error)).toContain(fault);
    expect(world.confluent.requests).toEqual([]);
    expect(world.aws.requests.map(({ operation }) => operation)).toEqual(["Publish"]);
  });

  it("row 22: is alerted with every fault where nobody waits for the answer", async () => {
    const world = await startBroken(JSON.stringify(BROKEN));
    await expect(world.invoke(SCHEDULE)).rejects.toMatchObject({ name: "ConfigError" });
    const [alert, ...others] = world.aws.published();
    expect(alert?.subject).toBe("[FAILED] Flink connections: the run could not start (config)");
    for (const fault of FAULTS) expect(JSON.parse(alert?.message ?? "{}").default).toContain(fault);
    expect(others).toEqual([]);
  });

  it("row 22: is no alert where somebody does", async () => {
    const world = await startBroken(JSON.stringify(BROKEN));
    await expect(world.invoke({})).rejects.toMatchObject({ name: "ConfigError" });
    expect(world.aws.requests).toEqual([]);
  });

  it.each([
    ["missing", undefined, "ENOENT"],
    ["no JSON", "{", "not valid JSON"],
    ["empty", "", "not valid JSON"],
    ["a list", "[]", "expected object"],
  ])("row 22: a file that is %s is an error that names it", async (_, text, message) => {
    const world = await startBroken(text);
    const error: unknown = await world.invoke(SCHEDULE).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(world.configFile);
    expect(String(error)).toContain(message);
    expect(world.confluent.requests).toEqual([]);
  });

  it("row 22: a secret that no connection uses starts nothing", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
    world.aws.putSecret("unused", "new");
    expect(await world.invoke(world.events.at(-1))).toMatchObject({ outcome: "succeeded", connections: [] });
    expect(world.aws.requests).toEqual([]);
  });
});
