import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../support/builders.ts";
import { eventsOf } from "../support/secret-events.ts";
import { API_KEY, startWorld, type World } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };

const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "openai" },
];

function cloudTrail(eventName: string, requestParameters: object) {
  return {
    source: "aws.secretsmanager",
    "detail-type": "AWS API Call via CloudTrail",
    detail: { eventName, requestParameters },
  };
}

describe("the versions of a secret", () => {
  it("row 1: a run waits for the announced version while Secrets Manager still shows the old one", async () => {
    const world = await startWorld({ connections: TWO });
    world.aws.putSecret("openai", "old", { createdAt: world.clock.now() - HOUR_MS });
    world.aws.putSecret("openai", "new", { invisibleForMs: 3_000 });
    const report = await world.invoke(eventsOf(world, "openai").at(-1));
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    expect([world.keysPut("a"), world.keysPut("b")]).toEqual([["new"], ["new"]]);
  });

  it("row 1: a run sends no PUT if the announced version never appears", async () => {
    const world = await startWorld({ connections: TWO });
    world.aws.putSecret("openai", "old");
    world.aws.putSecret("openai", "new", { invisibleForMs: HOUR_MS });
    await expect(world.invoke(eventsOf(world, "openai").at(-1))).rejects.toThrow("(secret)");
    expect([...world.keysPut("a"), ...world.keysPut("b")]).toEqual([]);
    expect(world.aws.published()[0]?.message).toContain("cannot be read yet");
  });

  it("row 2: a value that is stored as AWSPENDING starts no run", async () => {
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
    ["is on a newer version", "pending", ["AWSPENDING"]],
    ["is on a version without a value", undefined, ["AWSPENDING"]],
  ])("row 3: only AWSCURRENT is sent if AWSPENDING %s", async (_, value, stages) => {
    const world = await startWorld({ connections: TWO });
    world.aws.putSecret("openai", "current");
    world.aws.putSecret("openai", value, { stages });
    for (const event of [SCHEDULE, eventsOf(world, "openai").at(-1)]) {
      expect(await world.invoke(event)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    }
    expect(new Set([...world.keysPut("a"), ...world.keysPut("b")])).toEqual(new Set(["current"]));
  });

  it("row 4: the same event twice in succession ends in the same state", async () => {
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

  it("row 5: two changes a second apart end with the newest version, even if their events arrive twice and out of order", async () => {
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

  it("row 5: a version that appears during a run is sent in that run and never overwritten by the older one", async () => {
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

describe("an old key that another client puts back", () => {
  const config = { propagationLabel: "FLINK_READY", refresh: "when-stale" };

  it("row 42: is replaced by the next scheduled run, which skips connections that nobody changed", async () => {
    const world = await startWorld({ connections: TWO, config });
    world.aws.putSecret("openai", "new");
    expect(await world.invoke(SCHEDULE)).toMatchObject({ counts: { ready: 2 } });
    await world.clock.sleep(HOUR_MS);
    expect(await world.invoke(SCHEDULE)).toMatchObject({ counts: { ready: 0, skipped: 2 } });
    await putByHand(world, "a", "old-key");
    expect(world.held("a")["API_KEY"]).toBe("old-key");
    await world.clock.sleep(HOUR_MS);
    expect(await world.invoke(SCHEDULE)).toMatchObject({ counts: { ready: 1, skipped: 1 } });
    expect([world.held("a")["API_KEY"], world.held("b")["API_KEY"]]).toEqual(["new", "new"]);
  });
});

/** Sends a PUT as Confluent's own tools do. */
async function putByHand({ confluent }: World, name: string, key: string): Promise<void> {
  const url = `${confluent.url}/sql/v1/organizations/org-1/environments/env-1/connections/${name}`;
  const authorization = `Basic ${Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64")}`;
  const data = JSON.stringify({ API_KEY: key });
  const body = {
    name,
    spec: {
      connection_type: "OPENAI",
      endpoint: "https://api.example.com/v1",
      auth_data: { kind: "PlaintextProvider", data },
    },
  };
  const { status } = await fetch(url, {
    method: "PUT",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(status).toBe(200);
}
