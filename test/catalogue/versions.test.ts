import { describe, expect, it } from "vitest";
import { startWorld, type World } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const SCHEDULE = { trigger: "schedule" };
const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "openai" },
];

/** The events that announce the secret's versions, the oldest first. */
function eventsOf(world: World, secret: string) {
  return world.events.filter(({ detail }) => detail.name === secret);
}

function cloudTrail(eventName: string, requestParameters: object) {
  return {
    source: "aws.secretsmanager",
    "detail-type": "AWS API Call via CloudTrail",
    detail: { eventName, requestParameters },
  };
}

describe("the versions of a secret", () => {
  it("row 1: waits for the version of the event while Secrets Manager still shows the old one", async () => {
    const world = await startWorld({ connections: TWO });
    world.aws.putSecret("openai", "old", { createdAt: world.clock.now() - HOUR_MS });
    world.aws.putSecret("openai", "new", { invisibleForMs: 3_000 });
    const report = await world.invoke(eventsOf(world, "openai").at(-1));
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect([world.keysPut("a"), world.keysPut("b")]).toEqual([["new"], ["new"]]);
  });

  it("row 1: puts nothing when the version of the event never appears", async () => {
    const world = await startWorld({ connections: TWO });
    world.aws.putSecret("openai", "old");
    world.aws.putSecret("openai", "new", { invisibleForMs: HOUR_MS });
    await expect(world.invoke(eventsOf(world, "openai").at(-1))).rejects.toThrow("(secret)");
    expect([...world.keysPut("a"), ...world.keysPut("b")]).toEqual([]);
    expect(world.aws.published()[0]?.message).toContain("cannot be read yet");
  });

  it("row 2: a value that is put as AWSPENDING starts nothing", async () => {
    const world = await startWorld({ connections: TWO });
    world.aws.putSecret("openai", "current");
    world.aws.putSecret("openai", "pending", { stages: ["AWSPENDING"] });
    const event = cloudTrail("PutSecretValue", { secretId: "openai", versionStages: ["AWSPENDING"] });
    const report = await world.invoke(event);
    expect(report).toMatchObject({ trigger: { kind: "ignored" }, connections: [] });
    expect(eventsOf(world, "openai")).toHaveLength(1);
    expect(world.confluent.requests).toEqual([]);
    expect(world.aws.requests).toEqual([]);
  });

  it.each([
    ["is left over on the current version", "current", ["AWSCURRENT", "AWSPENDING"]],
    ["sits on a newer version", "pending", ["AWSPENDING"]],
    ["sits on a version without a value", undefined, ["AWSPENDING"]],
  ])("row 3: judges by AWSCURRENT alone where AWSPENDING %s", async (_, value, stages) => {
    const world = await startWorld({ connections: TWO });
    world.aws.putSecret("openai", "current");
    world.aws.putSecret("openai", value, { stages });
    for (const event of [SCHEDULE, eventsOf(world, "openai").at(-1)]) {
      expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    }
    expect(new Set([...world.keysPut("a"), ...world.keysPut("b")])).toEqual(new Set(["current"]));
  });

  it("row 4: the same event twice, one after the other, ends in the same state", async () => {
    const world = await startWorld({ connections: TWO, confluent: { timeToReadyMs: 2_000 } });
    world.aws.putSecret("openai", "new");
    const [event] = eventsOf(world, "openai");
    expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect([world.held("a")["API_KEY"], world.held("b")["API_KEY"]]).toEqual(["new", "new"]);
    expect(world.aws.published()).toEqual([]);
  });

  it("row 4: the same event twice at once ends in the same state", async () => {
    const world = await startWorld({ connections: TWO, confluent: { timeToReadyMs: 2_000 } });
    world.aws.putSecret("openai", "new");
    const [event] = eventsOf(world, "openai");
    const reports = await Promise.all([world.invoke(event), world.invoke(event)]);
    expect(reports.map(({ outcome }) => outcome)).toEqual(["succeeded", "succeeded"]);
    expect([world.held("a")["API_KEY"], world.held("b")["API_KEY"]]).toEqual(["new", "new"]);
    expect(world.aws.published()).toEqual([]);
  });

  it("row 5: two changes a second apart, their events in the wrong order and twice, end with the newest", async () => {
    const world = await startWorld({ connections: TWO, confluent: { timeToReadyMs: 2_000 } });
    world.aws.putSecret("openai", "first");
    await world.clock.sleep(1_000);
    world.aws.putSecret("openai", "second");
    const [first, second] = eventsOf(world, "openai");
    for (const event of [second, first, second, first]) {
      expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    }
    expect(new Set([...world.keysPut("a"), ...world.keysPut("b")])).toEqual(new Set(["second"]));
  });

  it("row 5: a version that appears during the run is put in the same run, never the older one after it", async () => {
    const world = await startWorld({ connections: TWO, confluent: { timeToReadyMs: 10_000 } });
    world.aws.putSecret("openai", "first");
    const run = world.invoke(eventsOf(world, "openai")[0]);
    await world.clock.sleep(15_000);
    world.aws.putSecret("openai", "second");
    expect(await run).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect([world.keysPut("a"), world.keysPut("b")]).toEqual([
      ["first", "second"],
      ["first", "second"],
    ]);
  });
});
