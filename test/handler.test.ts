import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createHandler } from "../src/handler.ts";
import type { Report } from "../src/rotation/report/report.ts";
import { captureOutput, type Line } from "./support/output.ts";
import { startWorld, type World, type WorldOptions } from "./support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const KEY = "sk-new-key-0123456789";
const REFUSED = "1 of 1 failed (rejected)";

/** A world with the connection `a`, whose key Confluent refuses by default. */
async function worldOf(changes: Partial<WorldOptions> = {}): Promise<World> {
  const world = await startWorld({
    connections: [{ name: "a", secret: "openai" }],
    confluent: { accepts: [] },
    ...changes,
  });
  world.aws.putSecret("openai", KEY, { createdAt: world.clock.now() - 3_600_000 });
  return world;
}

const wellWorld = (changes: Partial<WorldOptions> = {}) => worldOf({ confluent: {}, ...changes });

/** Invokes a handler with the given environment variables. */
function invokeWith(world: World, env: Readonly<Record<string, string>>, event: unknown): Promise<Report> {
  const handler = createHandler({ env, clock: world.clock, random: () => 0.5 });
  return handler(event, { functionName: "rotator", getRemainingTimeInMillis: () => 900_000 });
}

async function failure(run: Promise<Report>): Promise<Error> {
  const error: unknown = await run.catch((reason: unknown) => reason);
  if (error instanceof Error) return error;
  throw new Error("The run did not fail.");
}

function changeOf(world: World): unknown {
  const [event] = world.events.slice(-1);
  return event;
}

const codesOf = (lines: readonly Line[]) => lines.flatMap(({ code }) => code ?? []);
const lineOf = (lines: readonly Line[], wanted: string) => lines.find(({ code }) => code === wanted);

describe("a scheduled run", () => {
  it("returns its report and sends no alert if everything succeeded", async () => {
    const world = await wellWorld();
    const report = await world.invoke(SCHEDULE);
    expect(report).toMatchObject({
      outcome: "succeeded",
      trigger: { kind: "schedule" },
      counts: { ready: 1 },
    });
    expect(report.requests).toBe(world.confluent.requests.length);
    expect(world.aws.published()).toEqual([]);
  });

  it("throws after the alert if a connection failed", async () => {
    const world = await worldOf();
    const error = await failure(world.invoke(SCHEDULE));
    expect(error).toMatchObject({
      name: "RotationFailedError",
      message: `[FAILED] Flink connections prod: ${REFUSED}`,
    });
    expect(world.aws.published()).toMatchObject([
      { subject: "[DOWN 1] openai: new key refused", topicArn: world.topicArn },
    ]);
  });

  it("returns its report and sends an alert if a connection is ready with a detail", async () => {
    const world = await wellWorld({ confluent: { detail: "Lookup failed: ai.openai.com" } });
    await expect(world.invoke(SCHEDULE)).resolves.toMatchObject({ outcome: "succeeded" });
    expect(world.aws.published()).toHaveLength(1);
  });

  it("throws if that alert cannot be sent", async () => {
    const world = await wellWorld({ confluent: { detail: "Lookup failed: ai.openai.com" } });
    world.aws.fail({ operation: "Publish", error: "NotFound" });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow(/^\[NOTICE\].*\nThe alert could not be sent: /);
  });
});

describe("a run started by a secret change", () => {
  it("throws after the alert if a connection failed", async () => {
    const world = await worldOf();
    const error = await failure(world.invoke(changeOf(world)));
    expect(error).toMatchObject({ name: "RotationFailedError", message: expect.stringContaining(REFUSED) });
    expect(world.aws.published()).toHaveLength(1);
  });

  it("updates the connections of that secret only", async () => {
    const world = await wellWorld({
      connections: [
        { name: "a", secret: "openai" },
        { name: "b", secret: "other" },
      ],
    });
    await expect(world.invoke(changeOf(world))).resolves.toMatchObject({
      trigger: { kind: "secret-change" },
      connections: [{ name: "a", outcome: "ready" }],
    });
  });

  it("changes nothing if no connection uses the secret, and logs a note", async () => {
    const world = await wellWorld();
    const { arn } = world.aws.putSecret("stranger", "value");
    const lines = captureOutput();
    const calls = world.aws.requests.length;
    await expect(world.invoke(changeOf(world))).resolves.toMatchObject({
      outcome: "succeeded",
      connections: [],
      requests: 0,
    });
    expect(lineOf(lines(), "NOTE")).toMatchObject({
      note: "No listed connection uses this secret.",
      secret: arn,
    });
    expect([world.aws.requests.length, world.confluent.requests.length]).toEqual([calls, 0]);
  });
});

describe("an event to ignore", () => {
  it("results in an empty report and one log line with the reason", async () => {
    const world = await worldOf();
    const lines = captureOutput();
    const event = { ...Object(changeOf(world)), detail: { labelUpdated: "AWSPENDING" } };
    const report = await invokeWith(world, {}, event);
    expect(report).toMatchObject({ outcome: "succeeded", connections: [], requests: 0, durationMs: 0 });
    expect(lines()).toMatchObject([
      { code: "RUN_IGNORED", trigger: { reason: expect.stringContaining("AWSPENDING") } },
    ]);
    expect(world.confluent.requests).toEqual([]);
  });
});

describe("an unsupported event", () => {
  it("is refused before anything is read or sent", async () => {
    const world = await worldOf();
    const lines = captureOutput();
    const calls = world.aws.requests.length;
    await expect(world.invoke({ Records: [] })).rejects.toMatchObject({ name: "EventError" });
    expect(codesOf(lines())).toEqual(["NOT_STARTED"]);
    expect(world.aws.requests).toHaveLength(calls);
  });
});

describe("a direct call", () => {
  it("returns the report of a failed run after the alert", async () => {
    const world = await worldOf();
    await expect(world.invoke({})).resolves.toMatchObject({
      outcome: "failed",
      connections: [{ errorClass: "rejected" }],
    });
    expect(world.aws.published()).toHaveLength(1);
  });

  it("returns the report even if the alert cannot be sent", async () => {
    const world = await worldOf();
    world.aws.fail({ operation: "Publish", error: "NotFound" });
    await expect(world.invoke({})).resolves.toMatchObject({ outcome: "failed" });
  });

  it("changes nothing and sends no alert in a dry run, even if it fails", async () => {
    const world = await worldOf({
      connections: [
        { name: "a", secret: "openai" },
        { name: "b", secret: "openai" },
      ],
      missing: ["b"],
    });
    const report = await world.invoke({ dryRun: true });
    expect(report).toMatchObject({ outcome: "failed", counts: { planned: 1, failed: 1 } });
    expect(world.held("a")).toEqual({ API_KEY: "old-key" });
    expect(world.aws.published()).toEqual([]);
  });

  it("that names an unlisted connection is refused with the listed names and without an alert", async () => {
    const world = await worldOf();
    const error = await failure(world.invoke({ connections: ["z"] }));
    expect(error).toMatchObject({ name: "EventError", message: expect.stringContaining("Listed: a.") });
    expect(world.aws.published()).toEqual([]);
  });
});

describe("an invalid configuration", () => {
  async function worldWithInvalidConfig(): Promise<World> {
    const world = await worldOf();
    writeFileSync(world.configFile, "{}");
    return world;
  }

  it.each([
    ["a scheduled run", () => SCHEDULE],
    ["a run started by a secret change", changeOf],
  ])("is alerted and thrown by %s", async (_, eventOf) => {
    const world = await worldWithInvalidConfig();
    const error = await failure(world.invoke(eventOf(world)));
    expect(error).toMatchObject({ name: "ConfigError" });
    const [alert] = world.aws.published();
    expect(alert?.subject).toMatch(/^\[NOT STARTED\].*\(config\)$/);
    expect(JSON.parse(alert?.message ?? "")).toEqual({
      default: expect.stringContaining(error.message),
      sms: expect.stringContaining("[NOT STARTED]"),
    });
  });

  it("is thrown to a direct caller without an alert", async () => {
    const world = await worldWithInvalidConfig();
    await expect(world.invoke({})).rejects.toMatchObject({ name: "ConfigError" });
    expect(world.aws.published()).toEqual([]);
  });

  it("is the cause of the error if the alert cannot be sent", async () => {
    const world = await worldWithInvalidConfig();
    world.aws.fail({ operation: "Publish", error: "NotFound", message: "Topic does not exist" });
    const lines = captureOutput();
    const error = await failure(world.invoke(SCHEDULE));
    expect(error).toMatchObject({ name: "RotationFailedError", cause: { name: "ConfigError" } });
    expect(error.message).toMatch(/connections\.json has .*The alert could not be sent: .*does not exist/s);
    expect(codesOf(lines())).toEqual(["NOT_STARTED", "ALERT_FAILED"]);
  });

  it("is read from the bundle's folder if CONNECTIONS_FILE is empty", async () => {
    const world = await worldOf();
    await expect(invokeWith(world, { CONNECTIONS_FILE: "" }, {})).rejects.toThrow(
      /src[\\/]config[\\/]connections\.json has a problem:\n.*cannot be read \(ENOENT\)/,
    );
  });

  it("reports a thrown value that is not an Error, without quoting it", async () => {
    const world = await worldOf();
    const odd: unknown = "odd";
    const env = {
      get CONNECTIONS_FILE(): string {
        throw odd;
      },
    };
    await expect(invokeWith(world, env, SCHEDULE)).rejects.toThrow(
      /^Unexpected error\.\nThe alert could not be sent: /,
    );
  });
});

describe("an alert that cannot be sent", () => {
  it.each([
    ["NotFound", "Topic does not exist"],
    ["AuthorizationError", "User is not authorized"],
    ["KMSAccessDenied", "The ciphertext refers to a key that you may not use"],
  ])("(%s) is logged in full and added to the error of the failed run", async (error, message) => {
    const world = await worldOf();
    world.aws.fail({ operation: "Publish", error, message });
    const lines = captureOutput();
    const thrown = await failure(world.invoke(SCHEDULE));
    expect(thrown.name).toBe("RotationFailedError");
    expect(thrown.message.split("\n")).toEqual([
      `[FAILED] Flink connections prod: ${REFUSED}`,
      expect.stringMatching(new RegExp(`^The alert could not be sent: .*${message}`)),
    ]);
    expect(lineOf(lines(), "ALERT_FAILED")).toMatchObject({
      level: "ERROR",
      reason: expect.stringContaining(message),
      alert: expect.stringMatching(/^\[DOWN 1\].*\n\nDOWN NOW: a\n.*aws lambda invoke/s),
    });
    expect(codesOf(lines()).slice(-2)).toEqual(["ALERT_FAILED", "RUN_FAILED"]);
  });

  it("because no topic is configured is reported with that reason", async () => {
    const world = await worldOf();
    const lines = captureOutput();
    const env = { CONNECTIONS_FILE: world.configFile };
    await expect(invokeWith(world, env, SCHEDULE)).rejects.toThrow(
      "The alert could not be sent: Error: ALERT_TOPIC_ARN is not set",
    );
    expect(lineOf(lines(), "ALERT_FAILED")).toHaveProperty("alert", expect.stringContaining("DOWN NOW: a"));
  });

  it("because SNS never responds is given up before Lambda's timeout", async () => {
    const world = await worldOf();
    world.aws.fail({ operation: "Publish", connection: "silence" });
    const endsAt = world.clock.now() + 60_000;
    await expect(world.invoke(SCHEDULE, 60_000)).rejects.toThrow("The alert could not be sent");
    expect(world.clock.now()).toBeLessThan(endsAt);
  });
});

describe("an alert", () => {
  it.each([
    [20, /--payload '\{"connections":\["prod\/c-0",.*"prod\/c-19"\]\}'/],
    [21, /--payload '\{\}'/],
  ])("about %i connections contains the command that rotates them again", async (size, payload) => {
    const connections = Array.from({ length: size }, (_, index) => ({
      name: `c-${index}`,
      secret: "openai",
    }));
    const world = await worldOf({ connections, missing: connections.map(({ name }) => name) });
    await world.invoke({});
    const { default: text } = JSON.parse(world.aws.published()[0]?.message ?? "");
    expect(text).toMatch(
      /npx \. invoke --function rotator\b.*aws lambda invoke .*--function-name rotator .*--invocation-type Event/s,
    );
    expect(text).toMatch(payload);
  });
});

describe("the remaining time of the invocation", () => {
  it.each([
    ["a hanging connection", 60_000],
    ["less time than the alert's reserve", 8_000],
    ["one second", 1_000],
  ])("is not exceeded with %s", async (_, remainingMs) => {
    const world = await worldOf({ confluent: { hang: true } });
    const endsAt = world.clock.now() + remainingMs;
    await expect(world.invoke(SCHEDULE, remainingMs)).rejects.toThrow("Flink connections prod: 1 of 1 ");
    expect(world.clock.now()).toBeLessThan(endsAt);
    expect(world.aws.published()).toHaveLength(1);
  });
});

describe("the log of a run", () => {
  it("has a JSON line for each step and contains no secret", async () => {
    const world = await worldOf({
      confluent: { accepts: [], detail: (_state, data) => JSON.stringify(data) },
    });
    const lines = captureOutput();
    await failure(world.invoke(SCHEDULE));
    expect(codesOf(lines())).toEqual(["RUN_STARTED", "CONNECTION", "RUN_ENDED", "ALERT_SENT", "RUN_FAILED"]);
    expect(JSON.stringify(lines())).not.toContain(KEY);
    const metrics = lines().filter((line) => "_aws" in line);
    expect(
      metrics.flatMap(({ ScheduledRuns, Runs, OpenFailures, AlertedErrors, environment }) => [
        { ScheduledRuns, Runs, OpenFailures, AlertedErrors, environment },
      ]),
    ).toEqual([
      { ScheduledRuns: 1 },
      { Runs: 1 },
      { environment: "prod" },
      { OpenFailures: 1 },
      { AlertedErrors: 1 },
    ]);
  });

  it("has no metrics of a dry run", async () => {
    const world = await wellWorld();
    const lines = captureOutput();
    await world.invoke({ dryRun: true });
    expect(codesOf(lines())).toEqual(["RUN_STARTED", "CONNECTION", "RUN_ENDED"]);
    expect(lines().filter((line) => "_aws" in line)).toEqual([]);
  });
});
