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
const ISSUES = [
  'refesh: unknown key. Did you mean "refresh"?',
  "environments.unused: no connection uses it",
  "environments.unused: needs either cloud and region, or restEndpoint",
  "connections[1] (a): the same connection as connections[0]",
  'connections[2].secert (b): unknown key. Did you mean "secret"?',
  "connections[2].secret (b): is missing",
  'connections[2].environment (b): there is no environment "prd". Did you mean "prod"?',
  'connections[3].type (c): "OPENAY" is not a known type. Did you mean "OPENAI"?',
  "connections[4] (d): username, token exclude each other",
];

async function startBroken(text: string | undefined): Promise<World> {
  const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
  world.aws.putSecret("openai", "new");
  if (text === undefined) rmSync(world.configFile);
  else writeFileSync(world.configFile, text);
  return world;
}

describe("an invalid configuration", () => {
  it("row 22: is an error that lists every issue, before anything is read or sent", async () => {
    const world = await startBroken(JSON.stringify(BROKEN));
    const error: unknown = await world.invoke(SCHEDULE).catch((thrown: unknown) => thrown);
    for (const issue of ISSUES) expect(String(error)).toContain(issue);
    expect(world.confluent.requests).toEqual([]);
    expect(world.aws.requests.map(({ operation }) => operation)).toEqual(["Publish"]);
  });

  it("row 22: causes an alert with every issue if no caller waits for the report", async () => {
    const world = await startBroken(JSON.stringify(BROKEN));
    await expect(world.invoke(SCHEDULE)).rejects.toMatchObject({ name: "ConfigError" });
    const [alert, ...others] = world.aws.published();
    expect(alert?.subject).toBe(
      "[NOT STARTED] Flink connection rotator: connections.json or a setting is wrong (config)",
    );
    for (const issue of ISSUES) expect(JSON.parse(alert?.message ?? "{}").default).toContain(issue);
    expect(others).toEqual([]);
  });

  it("row 22: causes no alert if the caller waits for the report", async () => {
    const world = await startBroken(JSON.stringify(BROKEN));
    await expect(world.invoke({})).rejects.toMatchObject({ name: "ConfigError" });
    expect(world.aws.requests).toEqual([]);
  });

  it.each([
    ["missing", undefined, "ENOENT"],
    ["not JSON", "{", "not valid JSON"],
    ["empty", "", "not valid JSON"],
    ["a list", "[]", "must be an object, not a list"],
  ])("row 22: is reported if the file is %s", async (_, text, message) => {
    const world = await startBroken(text);
    const error: unknown = await world.invoke(SCHEDULE).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain(world.configFile);
    expect(String(error)).toContain(message);
    expect(world.confluent.requests).toEqual([]);
  });

  it("row 22: is not reported for an event about a secret that no connection uses", async () => {
    const world = await startWorld({ connections: [{ name: "a", secret: "openai" }] });
    world.aws.putSecret("unused", "new");
    expect(await world.invoke(world.events.at(-1))).toMatchObject({ outcome: "succeeded", connections: [] });
    expect(world.aws.requests).toEqual([]);
  });
});
