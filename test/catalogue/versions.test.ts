import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deploy } from "../support/deployment.ts";
import { captureOutput } from "../support/output.ts";
import { API_KEY, startWorld, type World, type WorldOptions } from "../support/world.ts";

const HOUR_MS = 3_600_000;
const SCHEDULE = { trigger: "schedule" };
const TWO = [
  { name: "a", secret: "openai" },
  { name: "b", secret: "openai" },
];

/** The events for the secret's versions, the oldest first. */
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

const LABEL_MOVE = "UpdateSecretVersionStage";

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
