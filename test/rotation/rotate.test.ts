import { describe, expect, it } from "vitest";
import type { RunContext } from "../../src/rotation/dependencies.ts";
import { SecretError } from "../../src/rotation/errors.ts";
import type { Trigger } from "../../src/rotation/plan.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { HOUR_MS, NOW } from "../support/builders.ts";
import { openRun, type RunOptions } from "../support/fake-run.ts";
import { API_KEY_SECRET } from "../support/fake-world.ts";

const LABEL = "FLINK_READY";

const THREE = [{ name: "a" }, { name: "b" }, { name: "c" }];

describe("a run", () => {
  it("puts the current version into every connection", async () => {
    const { run, add, valueIn } = openRun({ connections: THREE });
    for (const name of ["a", "b", "c"]) add(name);
    const outcomes = await run();
    expect(outcomes).toMatchObject(
      ["a", "b", "c"].map((name) => ({ name, outcome: "ready", secretVersionId: "v1", phase: "READY" })),
    );
    expect(["a", "b", "c"].map(valueIn)).toEqual(["sk-1", "sk-1", "sk-1"]);
  });

  it("does nothing without connections", async () => {
    const { run, secrets, confluent } = openRun({ connections: [] });
    expect(await run()).toEqual([]);
    expect([secrets.reads, confluent.requests]).toEqual([[], []]);
  });

  it("reports each outcome as progress, with the time at which the secret's version was created", async () => {
    const { run, add, progress } = openRun();
    add("a");
    const [outcome] = await run();
    expect(progress.filter(({ step }) => step === "done")).toEqual([
      {
        step: "done",
        connection: expect.objectContaining({ name: "a" }),
        outcome,
        secretCreatedAt: NOW - HOUR_MS,
      },
    ]);
  });

  it("reads the rotator's API key once for all environments that share it", async () => {
    const { run, add, secrets } = openRun({
      connections: [{ name: "a" }, { name: "b", environment: "test" }],
    });
    add("a");
    add("b");
    await run();
    expect(secrets.reads.filter(({ secretId }) => secretId === API_KEY_SECRET)).toHaveLength(1);
  });

  it("reads the connections as soon as it has the rotator's API key, while it reads the other secrets", async () => {
    const { run, add, secrets, confluent, context } = openRun({
      secrets: { latencyMs: () => 10 },
      confluent: { latencyMs: () => 25 },
    });
    add("a");
    const looksBefore: number[] = [];
    const read: typeof secrets.read = (secretId, selector) => {
      if (secretId === "openai") looksBefore.push(confluent.requests.length);
      return secrets.read(secretId, selector);
    };
    await run({ secrets: { ...context.secrets, read } });
    expect(looksBefore[0]).toBe(1);
    const [look] = confluent.requests;
    const other = secrets.reads.find(({ secretId }) => secretId === "openai");
    expect([look?.sentAt, other?.sentAt]).toEqual([NOW + 20, NOW + 20]);
  });

  it("is not delayed if the API key of another environment cannot be read", async () => {
    const { run, add, confluent, context, secrets } = openRun({
      connections: [{ name: "a" }, { name: "b", environment: "test", secret: "other" }],
      settings: {
        apiKeySecrets: new Map([
          ["test", "hanging"],
          ["prod", API_KEY_SECRET],
        ]),
      },
    });
    add("a");
    const read: typeof secrets.read = (secretId, selector) =>
      secretId === "hanging" ? new Promise(() => undefined) : secrets.read(secretId, selector);
    await run({ secrets: { ...context.secrets, read } });
    expect(confluent.requests.find(({ method }) => method === "PUT")?.sentAt).toBe(NOW);
  });

  it("reads the rotator's API key again if it is refused", async () => {
    const { run, add, secrets } = openRun({
      confluent: {
        latencyMs: () => 200,
        fault: ({ apiKey }) => (apiKey === "flink-key" ? "unauthorized" : undefined),
      },
    });
    add("a");
    secrets.add(API_KEY_SECRET, { versionId: "key-2", value: "flink-key-2:secret", at: NOW + 300 });
    expect(await run()).toMatchObject([{ outcome: "ready" }]);
    expect(secrets.reads.filter(({ secretId }) => secretId === API_KEY_SECRET)).toHaveLength(2);
  });

  it("puts nothing into a connection that is missing or is not the one that is listed, and updates the others", async () => {
    const { run, add, confluent } = openRun({ connections: [...THREE, { name: "d" }] });
    add("b", { type: "BEDROCK" });
    add("c", { detail: "Lookup failed: ai.openai.com" });
    add("d");
    expect(await run()).toMatchObject([
      { name: "a", outcome: "failed", errorClass: "not-found", secretVersionId: "v1", httpStatus: 404 },
      { name: "b", outcome: "failed", errorClass: "guard" },
      { name: "c", outcome: "ready", detail: "Lookup failed: ai.openai.com" },
      { name: "d", outcome: "ready" },
    ]);
    expect(new Set(confluent.requests.flatMap(({ method, name }) => (method === "PUT" ? name : [])))).toEqual(
      new Set(["c", "d"]),
    );
  });

  it("fails the connections of a secret that cannot be read, and no others", async () => {
    const { run, add } = openRun({
      connections: [{ name: "a" }, { name: "b", secret: "other" }],
      secrets: { fault: (id) => (id === "other" ? new SecretError("Denied.") : undefined) },
    });
    add("a");
    add("b");
    expect(await run()).toMatchObject([
      { name: "a", outcome: "ready" },
      { name: "b", outcome: "failed", errorClass: "secret", message: "Denied." },
    ]);
  });

  it("updates the connections of a secret although another secret has a bad key", async () => {
    const { run, add, secrets } = openRun({ connections: [...THREE, { name: "d", secret: "other" }] });
    secrets.add("other", { versionId: "o1", value: "sk-o", at: NOW - HOUR_MS });
    const isBad = (key = "") => key.startsWith("sk-1");
    for (const name of ["a", "b", "c", "d"]) add(name, { accepts: (data) => !isBad(data["API_KEY"]) });
    expect(await run()).toMatchObject([
      { name: "a", outcome: "failed", errorClass: "rejected" },
      { name: "b", outcome: "not-attempted" },
      { name: "c", outcome: "not-attempted" },
      { name: "d", outcome: "ready" },
    ]);
  });

  it("fails a connection whose fields the secret lacks, before any PUT", async () => {
    const { run, add, secrets, confluent } = openRun();
    add("a");
    secrets.add("openai", { versionId: "v2", value: `{"unrelated":"x"}` });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "secret", secretVersionId: "v2" }]);
    expect(confluent.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it.each(["unauthorized", "service"] as const)(
    "updates no connection of an environment if reading them ends in an error of class %s",
    async (fault) => {
      const { run, add } = openRun({ connections: THREE, confluent: { fault: () => fault } });
      add("a");
      const outcome = fault === "unauthorized" ? "not-attempted" : "failed";
      expect(await run()).toMatchObject(THREE.map(({ name }) => ({ name, outcome, errorClass: fault })));
    },
  );

  it("reports a secret error for an environment without an API key", async () => {
    const { run, bugs } = openRun({ connections: [{ name: "a", environment: "elsewhere" }] });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "secret" }]);
    expect(bugs).toEqual([]);
  });

  it("turns a bug into an outcome, with the stack in the log", async () => {
    const bug = new TypeError("a bug");
    const { run, bugs } = openRun();
    const reject = () => Promise.reject(bug);
    const secrets = { read: reject, moveLabel: reject, lastChangedAt: reject };
    expect(await run({ secrets })).toMatchObject([
      {
        outcome: "failed",
        errorClass: "internal",
        message: "Unexpected error (a bug in the rotator).",
      },
    ]);
    expect(bugs).toContain(bug);
  });

  it("turns a bug during a PUT into an outcome of its connection", async () => {
    const { run, add, bugs, context } = openRun();
    add("a");
    const connections: RunContext["connect"] = (...args) => ({
      ...context.connect(...args),
      put: () => Promise.reject(new TypeError("a bug")),
    });
    expect(await run({ connect: connections })).toMatchObject([
      {
        outcome: "failed",
        errorClass: "internal",
        secretVersionId: "v1",
        message: "Unexpected error (a bug in the rotator).",
      },
    ]);
    expect(bugs).toHaveLength(1);
  });

  it("returns no secret in its outcomes", async () => {
    const { run, add, context } = openRun();
    context.redactor.add(new Secret("sk-1-very-secret"));
    add("a", { detail: "refused sk-1-very-secret" });
    const [outcome] = await run();
    expect(JSON.stringify(outcome)).not.toContain("very-secret");
    expect(outcome).toMatchObject({ detail: "refused [redacted]" });
  });
});

describe("a run with a refused key", () => {
  it.each([
    { onRejected: "rollback", outcome: "rolled-back", holds: "sk-0" },
    { onRejected: "keep", outcome: "failed", holds: "sk-1" },
  ] as const)("ends as $outcome if onRejected is $onRejected", async ({ onRejected, outcome, holds }) => {
    const { run, add, valueIn } = openRun({ settings: { onRejected } });
    add("a", { accepts: (data) => data["API_KEY"] !== "sk-1" });
    expect(await run()).toMatchObject([{ outcome, errorClass: "rejected" }]);
    expect(valueIn("a")).toBe(holds);
  });
});

describe("a run whose time is up", () => {
  it("does not report a superseded version as ready if the PUT of the newer one gets no answer", async () => {
    const { run, add, secrets } = openRun({
      confluent: { fault: ({ data }) => (data?.["API_KEY"] === "sk-2" ? "hang" : undefined) },
    });
    add("a", { timeToReadyMs: 2_000 });
    secrets.add("openai", { versionId: "v2", value: "sk-2", at: NOW + 1_000 });
    expect(await run()).toMatchObject([{ outcome: "not-attempted", errorClass: "timeout" }]);
  });

  it("ends half a second after the deadline at the latest, with an outcome for each connection", async () => {
    const { run, clock, deadlineAt, add } = openRun({
      remainingMs: 10_000,
      connections: THREE,
      settings: { canary: false },
      confluent: { fault: ({ name, method }) => (name === "b" && method === "PUT" ? "hang" : undefined) },
    });
    for (const name of ["a", "b", "c"]) add(name);
    expect(await run()).toMatchObject([
      { name: "a", outcome: "unverified" },
      {
        name: "b",
        outcome: "not-attempted",
        errorClass: "timeout",
        message: "The run's time was up before the outcome was known.",
      },
      { name: "c", outcome: "unverified" },
    ]);
    expect(clock.now()).toBe(deadlineAt + 500);
  });

  it("ignores an answer that arrives after its end", async () => {
    const { run, clock, progress, add } = openRun({
      remainingMs: 1_000,
      confluent: { latencyMs: () => 900 },
    });
    add("a");
    const outcomes = await run();
    await clock.sleep(HOUR_MS);
    expect(progress.flatMap((each) => (each.step === "done" ? [each.outcome] : []))).toEqual(outcomes);
    expect(outcomes).toMatchObject([{ outcome: "not-attempted", errorClass: "timeout" }]);
  });

  it("does not wait for the deadline when every connection is done", async () => {
    const { run, clock, add } = openRun();
    add("a");
    await run();
    expect(clock.now() - NOW).toBeLessThan(11_000);
  });

  it("starts no further update once it is asked to stop", async () => {
    const { run, add, confluent } = openRun({ connections: THREE });
    for (const name of ["a", "b", "c"]) add(name);
    const isStopping = () => confluent.requests.some(({ method }) => method === "PUT");
    expect(await run({ isStopping })).toMatchObject([
      { name: "a", outcome: "ready" },
      ...["b", "c"].map((name) => ({
        name,
        outcome: "not-attempted",
        errorClass: "timeout",
        message: "The run was stopped before it was this connection's turn.",
      })),
    ]);
  });
});

describe("a dry run", () => {
  it("says what it would send, and sends nothing", async () => {
    const { run, add, confluent } = openRun({ trigger: { kind: "direct", dryRun: true } });
    add("a", { detail: "as it was" });
    expect(await run()).toMatchObject([
      {
        outcome: "planned",
        message: "Would send api-key.",
        phase: "READY",
        detail: "as it was",
        secretVersionId: "v1",
      },
    ]);
    expect(confluent.requests.map(({ method }) => method)).toEqual(["GET"]);
  });

  it("names every option that it would send, and omits an empty detail", async () => {
    const connections = [{ name: "a", type: "MONGODB" }];
    const { run, add, secrets } = openRun({ connections, trigger: { kind: "direct", dryRun: true } });
    add("a", { type: "MONGODB" });
    secrets.add("openai", { versionId: "v2", value: `{"username":"u","password":"p"}` });
    const [outcome] = await run();
    expect(outcome).toMatchObject({ outcome: "planned", message: "Would send username, password." });
    expect(outcome).not.toHaveProperty("detail");
  });

  it("reports problems as a real run does", async () => {
    const { run } = openRun({ trigger: { kind: "direct", dryRun: true } });
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "not-found" }]);
  });

  it("takes place only if the call asks for it", async () => {
    const { run, add } = openRun({ trigger: { kind: "direct" } });
    add("a");
    expect(await run()).toMatchObject([{ outcome: "ready" }]);
  });
});

describe("a run for a version that an event announces", () => {
  const trigger: Trigger = { kind: "secret-change", secret: "openai", versionId: "v2" };

  it("waits for that version, and never puts the one before it", async () => {
    const { run, add, secrets, confluent } = openRun({ trigger });
    add("a");
    secrets.add("openai", { versionId: "v2", value: "sk-2", lagMs: 2_000 });
    expect(await run()).toMatchObject([{ outcome: "ready", secretVersionId: "v2" }]);
    expect(confluent.connection("a").puts).toHaveLength(1);
  });

  it("fails if that version does not appear", async () => {
    const { run, add, confluent } = openRun({ trigger });
    add("a");
    expect(await run()).toMatchObject([{ outcome: "failed", errorClass: "secret" }]);
    expect(confluent.connection("a").puts).toEqual([]);
  });

  it("puts the current version if the event names none", async () => {
    const { run, add } = openRun({ trigger: { kind: "secret-change", secret: "openai" } });
    add("a");
    expect(await run()).toMatchObject([{ outcome: "ready", secretVersionId: "v1" }]);
  });
});

describe("a scheduled run that refreshes only what is stale", () => {
  const settings = { refresh: "when-stale", propagationLabel: LABEL } as const;

  it("skips a READY connection if the label is on the current version", async () => {
    const { run, add, secrets, confluent } = openRun({ settings });
    add("a", { detail: "all well" });
    secrets.label("openai", LABEL, "v1");
    expect(await run()).toMatchObject([
      {
        outcome: "skipped",
        message: "The label shows that this version is already in use.",
        phase: "READY",
        detail: "all well",
      },
    ]);
    expect(confluent.connection("a").puts).toEqual([]);
  });

  it.each([
    {
      why: "another version has the label",
      holder: "v0",
      readyPhase: "READY",
      trigger: { kind: "schedule" },
    },
    { why: "it is not READY", holder: "v1", readyPhase: "PENDING", trigger: { kind: "schedule" } },
    { why: "a direct call asks for it", holder: "v1", readyPhase: "READY", trigger: { kind: "direct" } },
  ] as const)("updates a connection if $why", async ({ holder, readyPhase, trigger }) => {
    const { run, add, secrets, confluent } = openRun({ settings, trigger });
    add("a", { phases: { ready: readyPhase } });
    secrets.label("openai", LABEL, holder);
    await run();
    expect(confluent.connection("a").puts).toHaveLength(1);
  });

  it("updates a connection that was changed after the label was moved", async () => {
    const { run, add, secrets, confluent, clock, notes } = openRun({ settings });
    add("a");
    secrets.label("openai", LABEL, "v1");
    await clock.sleep(60_000);
    confluent.connection("a").touch(clock.now());
    expect(await run()).toMatchObject([{ outcome: "ready" }]);
    expect(confluent.connection("a").puts).toHaveLength(1);
    expect(notes).toEqual([]);
  });

  it("updates a connection, with a note, if the time of the secret's last change cannot be read", async () => {
    const { run, add, secrets, confluent, context, notes } = openRun({ settings });
    add("a");
    secrets.label("openai", LABEL, "v1");
    const lastChangedAt = () => Promise.reject(new SecretError("Denied."));
    expect(await run({ secrets: { ...context.secrets, lastChangedAt } })).toMatchObject([
      { outcome: "ready" },
    ]);
    expect(confluent.connection("a").puts).toHaveLength(1);
    expect(notes).toEqual([
      [
        "It is not known whether the key is already in use, so it is put again.",
        { secret: "openai", reason: "Denied." },
      ],
    ]);
  });

  it("does not read the time of the secret's last change if the label is not on the current version", async () => {
    const { run, add, context } = openRun({ settings });
    add("a");
    const lastChangedAt = () => Promise.reject(new Error("It was asked."));
    expect(await run({ secrets: { ...context.secrets, lastChangedAt } })).toMatchObject([
      { outcome: "ready" },
    ]);
  });
});

describe('a scheduled run with refresh set to "always"', () => {
  it("updates a connection although the label is on the current version", async () => {
    const { run, add, secrets, confluent } = openRun({
      settings: { refresh: "always", propagationLabel: LABEL },
    });
    add("a");
    secrets.label("openai", LABEL, "v1");
    await run();
    expect(confluent.connection("a").puts).toHaveLength(1);
  });
});

describe("connections that name the same secret in different ways", () => {
  const ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:openai-a1B2c3";
  const NAMED = [
    { name: "a", secret: "openai" },
    { name: "b", secret: ARN },
    { name: "c", secret: ARN.slice(0, -7), canary: true },
  ];

  function openNamed(arnOf: (secretId: string) => string | undefined, options: RunOptions = {}) {
    const opened = openRun({ connections: NAMED, ...options });
    const { context, add } = opened;
    for (const name of ["a", "b", "c"]) add(name);
    const read: RunContext["secrets"]["read"] = async (secretId, selector) => {
      if (secretId === API_KEY_SECRET) return context.secrets.read(secretId, selector);
      const version = await context.secrets.read("openai", selector);
      const arn = arnOf(secretId);
      return version && { ...version, ...(arn !== undefined && { arn }) };
    };
    return { ...opened, run: () => opened.run({ secrets: { ...context.secrets, read } }) };
  }

  it("have one canary and one label", async () => {
    const { run, confluent, secrets } = openNamed(() => ARN, {
      settings: { propagationLabel: LABEL },
      confluent: { latencyMs: () => 100 },
    });
    expect(await run()).toMatchObject([{ outcome: "ready" }, { outcome: "ready" }, { outcome: "ready" }]);
    const puts = confluent.requests.filter(({ method }) => method === "PUT");
    expect(puts.map(({ name }) => name).toSorted()).toEqual(["a", "b", "c"]);
    expect(puts[0]?.name).toBe("c");
    expect(puts[1]?.sentAt).toBeGreaterThan(puts[0]?.sentAt ?? 0);
    expect(puts[2]?.sentAt).toBe(puts[1]?.sentAt);
    expect(secrets.moves).toEqual([{ secretId: "openai", label: LABEL, to: "v1" }]);
  });

  it("are updated independently if the names turn out to mean several secrets", async () => {
    const { run, confluent } = openNamed((secretId) => `arn-of-${secretId}`);
    await run();
    const puts = confluent.requests.filter(({ method }) => method === "PUT");
    expect(new Set(puts.map(({ sentAt }) => sentAt)).size).toBe(1);
  });

  it("are updated without the one whose name of the secret cannot be read", async () => {
    const { run, confluent } = openNamed((secretId) => {
      if (secretId === ARN) throw new SecretError("Denied.");
      return ARN;
    });
    expect(await run()).toMatchObject([
      { name: "a", outcome: "ready" },
      { name: "b", outcome: "failed", errorClass: "secret", message: "Denied." },
      { name: "c", outcome: "ready" },
    ]);
    expect(confluent.connection("b").puts).toEqual([]);
  });
});
