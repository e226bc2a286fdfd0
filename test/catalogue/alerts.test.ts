import { SecretsManagerClient, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it, onTestFinished } from "vitest";
import { unwrapped } from "../support/alerts.ts";
import { startWorld, type World, type WorldOptions } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const NAMES = ["support", "triage", "docs"];
const THREE = NAMES.map((name) => ({ name, secret: "openai" }));
const HOUR_MS = 3_600_000;
const PREVIOUS_KEY = "sk-previous-key";

/** Three connections with the previous key, and a new key that the service refuses. */
async function refusedWorld(options: Partial<WorldOptions> = {}): Promise<World> {
  const world = await startWorld({
    connections: THREE,
    confluent: { accepts: [PREVIOUS_KEY] },
    live: { data: { API_KEY: PREVIOUS_KEY } },
    ...options,
  });
  world.aws.putSecret("openai", PREVIOUS_KEY, { createdAt: world.clock.now() - 48 * HOUR_MS });
  world.aws.putSecret("openai", "sk-revoked-key", { createdAt: world.clock.now() - HOUR_MS });
  return world;
}

async function alertOf(world: World, event: unknown = SCHEDULE) {
  await world.invoke(event).catch(() => undefined);
  const published = world.aws.published().at(-1);
  const { default: text = "", sms = "" } = JSON.parse(published?.message ?? "{}");
  return { subject: published?.subject, severity: published?.attributes["severity"]?.value, text, sms };
}

/** The options of the command in the alert. */
function restoreOptions(text: string): ReadonlyMap<string, string> {
  const [, command = ""] = /(aws secretsmanager update-secret-version-stage.*?)\n\n/s.exec(text) ?? [];
  return new Map(
    [...command.matchAll(/--([\w-]+) (\S+)/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

describe("the alert about a refused key", () => {
  it("row 64: names what is down, what still works, and the command that restores the previous key", async () => {
    const world = await refusedWorld();
    const { subject, severity, text, sms } = await alertOf(world);
    expect(subject).toBe("[DOWN 1] openai: new key refused; 2 of 3 connections keep the previous one");
    expect(severity).toBe("critical");
    expect(text).toMatch(/^DOWN NOW: support\n.*STILL WORKING on the previous key:\n {2}triage, docs\n/s);
    expect(sms).toBe(`${subject}. Do not revoke the previous key.`);
    const options = restoreOptions(text);
    const client = new SecretsManagerClient({ endpoint: world.aws.url });
    onTestFinished(() => client.destroy());
    await client.send(
      new UpdateSecretVersionStageCommand({
        SecretId: options.get("secret-id") ?? "",
        VersionStage: options.get("version-stage"),
        MoveToVersionId: options.get("move-to-version-id"),
        RemoveFromVersionId: options.get("remove-from-version-id"),
      }),
    );
    await expect(world.invoke(world.events.at(-1))).resolves.toMatchObject({ outcome: "succeeded" });
    for (const name of NAMES) expect(world.held(name)).toMatchObject({ API_KEY: PREVIOUS_KEY });
  });

  it("row 64: is a warning if the previous key was restored", async () => {
    const world = await refusedWorld({ config: { rollout: { onRejected: "rollback" } } });
    const { subject, severity, text } = await alertOf(world);
    expect(subject).toBe("[ROLLED BACK 1] openai: new key refused; all 3 keep the previous key");
    expect(severity).toBe("warning");
    expect(text).toMatch(/^NOTHING IS DOWN\.\nSTILL WORKING/);
    expect(text).not.toContain("update-secret-version-stage");
  });

  it("row 64: says that all connections are down if there is no canary", async () => {
    const world = await refusedWorld({ config: { rollout: { canary: false } } });
    const { subject, text } = await alertOf(world);
    expect(subject).toBe("[DOWN 3] openai: new key refused");
    expect(text).not.toContain("STILL WORKING");
    expect(text.match(/^WHY: /gm)).toHaveLength(1);
  });

  it("row 65: does not say that the previous key works if it was refused before the run", async () => {
    const world = await refusedWorld({ live: { data: { API_KEY: "gone" }, initially: "invalidAuth" } });
    const { subject, text } = await alertOf(world);
    expect(subject).toMatch(/^\[DOWN 3\] /);
    expect(text).not.toMatch(/STILL WORKING|update-secret-version-stage/);
  });
});

describe("the alert of the next scheduled run", () => {
  it("row 66: says how long the same failure has lasted", async () => {
    const world = await refusedWorld();
    expect((await alertOf(world)).subject).toMatch(/^\[DOWN 1\] /);
    await world.clock.sleep(24 * HOUR_MS);
    const { subject, text } = await alertOf(world);
    expect(subject).toMatch(/^\[STILL DOWN 1\] openai: new key refused since \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(text).toMatch(/^STILL, since /);
  });

  it("row 66: reports a new failure if the secret has a newer version", async () => {
    const world = await refusedWorld();
    await alertOf(world);
    await world.clock.sleep(24 * HOUR_MS);
    world.aws.putSecret("openai", "sk-also-revoked", { createdAt: world.clock.now() - HOUR_MS });
    expect((await alertOf(world)).subject).toMatch(/^\[DOWN 1\] /);
  });
});

describe("one cause for many connections", () => {
  const sixty = Array.from({ length: 60 }, (_, index) => ({
    name: `agent-${index}`,
    secret: `s-${index % 6}`,
  }));

  it("row 67: is reported once, with the secret of the rotator's Confluent API key", async () => {
    const world = await startWorld({ connections: sixty });
    for (let index = 0; index < 6; index += 1) world.aws.putSecret(`s-${index}`, "new");
    world.aws.putSecret("confluent/key", JSON.stringify({ apiKey: "revoked", apiSecret: "revoked" }));
    const { subject, severity, text } = await alertOf(world);
    expect(subject).toBe(
      "[NOT ROTATED 60] prod: Confluent refuses the rotator's API key; all 60 keep the previous key",
    );
    expect(severity).toBe("warning");
    expect(text).toMatch(/^NOTHING WAS CHANGED\./);
    expect(text.match(/^WHY: /gm)).toHaveLength(1);
    expect(unwrapped(text)).toContain("the Flink API key in secret confluent/key");
    expect(text.length).toBeLessThan(4_000);
  });

  it("row 67: is reported once for a wrong environment", async () => {
    const world = await startWorld({ connections: sixty, missing: sixty.map(({ name }) => name) });
    for (let index = 0; index < 6; index += 1) world.aws.putSecret(`s-${index}`, "new");
    const { subject, text } = await alertOf(world);
    expect(subject).toBe("[NOT ROTATED 60] prod: connections not found");
    expect(text.match(/^WHY: /gm)).toHaveLength(1);
    expect(unwrapped(text)).toContain(
      "WHAT TO DO: Check organizationId, environmentId, cloud and region of prod",
    );
  });
});

describe("a direct call", () => {
  it("row 68: sends no alert if the event contains alert: false", async () => {
    const world = await refusedWorld();
    await expect(world.invoke({ alert: false })).resolves.toMatchObject({ outcome: "failed" });
    expect(world.aws.published()).toEqual([]);
  });

  it("row 68: sends an alert by default", async () => {
    const world = await refusedWorld();
    await world.invoke({ alert: true });
    expect(world.aws.published()).toHaveLength(1);
  });
});

describe("the command in an alert that starts the run again", () => {
  it("row 69: does not wait and names the region and the connections with their environment", async () => {
    const { text } = await alertOf(await refusedWorld());
    expect(text).toContain(
      "  npx . invoke --function rotator --region us-east-1 prod/support prod/triage prod/docs\n",
    );
    expect(text).toContain(
      [
        "  aws lambda invoke --region us-east-1 \\",
        "    --function-name rotator \\",
        "    --invocation-type Event --cli-binary-format raw-in-base64-out \\",
        `    --payload '{"connections":["prod/support","prod/triage","prod/docs"]}' /dev/null`,
      ].join("\n"),
    );
  });
});
