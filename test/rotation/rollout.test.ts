import { describe, expect, it } from "vitest";
import { HOUR_MS, NOW } from "../support/builders.ts";
import type { Fault } from "../support/fake-confluent.ts";
import type { FakeConnectionOptions } from "../support/fake-connection.ts";
import { openRollout, type RolloutOptions, refusing } from "../support/fake-rollout.ts";
import { openRun } from "../support/fake-run.ts";
import type { FakeRead } from "../support/fake-secrets.ts";

const SILENT: FakeConnectionOptions = { world: "silent" };

describe("a canary whose phase disappears after its PUT", () => {
  const GOING_SILENT: FakeConnectionOptions = { timeToReadyMs: HOUR_MS, phases: { pending: "" } };

  it("proves nothing, so at most two connections get the key", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: GOING_SILENT, b: GOING_SILENT, c: GOING_SILENT },
    });
    expect(await rotate()).toMatchObject({
      a: { outcome: "unverified" },
      b: { outcome: "unverified" },
      c: { outcome: "not-attempted" },
    });
    expect(puts()).toEqual(["a v1", "b v1"]);
  });
});

describe("a run that is stopped before the first PUT", () => {
  it("attempts none of the connections, and says why for each", async () => {
    const { rotate, puts } = openRollout({
      connections: { a: {}, b: {}, c: {}, d: {} },
      context: { isStopping: () => true },
    });
    const stopped = {
      outcome: "not-attempted",
      errorClass: "timeout",
      message: "The run was stopped before it was this connection's turn.",
    };
    expect(await rotate()).toMatchObject({ a: stopped, b: stopped, c: stopped, d: stopped });
    expect(puts()).toEqual([]);
  });
});

describe("which key a connection holds after a failure", () => {
  interface Case {
    readonly what: string;
    readonly said: string;
    readonly behaviour?: FakeConnectionOptions;
    readonly fault?: Fault;
    readonly holds?: string;
  }

  it.each<Case>([
    { what: "the PUT was refused", said: "the previous one", fault: "refused", holds: "previous" },
    { what: "the PUT may have been applied", said: "left open", fault: "dropped" },
    { what: "the key was refused", said: "left open", behaviour: refusing("v1") },
  ])("is $said if $what", async ({ behaviour = {}, fault, holds }) => {
    const { rotate } = openRollout({
      connections: { a: behaviour },
      confluent: { fault: ({ method }) => (method === "PUT" ? fault : undefined) },
    });
    const { a } = await rotate();
    expect([a?.outcome, a?.holds]).toEqual(["failed", holds]);
  });
});

describe("a version that turns out to be superseded", () => {
  it("is not reported as applied when the run gives up", async () => {
    const { rotate } = openRollout({
      connections: { a: SILENT },
      newerAfterMs: Array.from({ length: 30 }, (_, index) => 1_000 * index + 500),
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "failed", errorClass: "superseded" } });
  });

  it.each([
    { what: "READY", behaviour: { timeToReadyMs: 1_000 } },
    { what: "accepted", behaviour: { world: "silent" } },
  ] as const)("is not reported as $what for a connection that gets there later", async ({ behaviour }) => {
    const { run, add, secrets, progress, clock } = openRun({
      connections: [{ name: "young" }, { name: "early" }, { name: "late" }, { name: "hanging" }],
      settings: { canary: false },
      remainingMs: 30_000,
      confluent: {
        fault: ({ method, name }) => (method === "PUT" && name === "hanging" ? "hang" : undefined),
      },
      api: ({ put }) => ({
        put: async (request) => {
          if (request.name === "late") await clock.sleep(6_000);
          return put(request);
        },
      }),
    });
    secrets.add("openai", { versionId: "v2", value: "sk-2", at: NOW - 1_000 });
    secrets.add("openai", { versionId: "v3", value: "sk-3", at: NOW + 4_000 });
    add("young", { accepts: () => false });
    add("early", { timeToReadyMs: 1_000 });
    add("late", behaviour);
    add("hanging");
    const outcomes = await run();
    expect(outcomes.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["young", "failed"],
      ["early", "not-attempted"],
      ["late", "not-attempted"],
      ["hanging", "not-attempted"],
    ]);
    const ofLate = progress.filter((each) => each.step === "done" && each.outcome.name === "late");
    expect(ofLate).toHaveLength(1);
  });

  it("is replaced by the newer one even if later reads show the older one again", async () => {
    const { rotate, secrets, puts } = openRollout({
      connections: { a: refusing("v2") },
      newerAfterMs: [-1_000, 3_000],
      settings: { graceMs: 60_000 },
      secrets: {
        staleMs: () => (secrets.reads.some(({ versionId }) => versionId === "v3") ? 20_000 : 0),
      },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready", secretVersionId: "v3" } });
    expect(puts()).toEqual(["a v2", "a v3"]);
  });

  it("is replaced by a newer one that was created in the same millisecond", async () => {
    const { rotate, secrets, puts } = openRollout({ connections: { a: { timeToReadyMs: 2_000 } } });
    const sameMoment = { at: NOW - HOUR_MS, lagMs: HOUR_MS + 1_000 };
    secrets.add("openai", { versionId: "v2", value: "v2", ...sameMoment });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready", secretVersionId: "v2" } });
    expect(puts()).toEqual(["a v1", "a v2"]);
  });

  it("is replaced by the newer one if that appears during the last read", async () => {
    let isAdded = false;
    const { rotate, puts, secrets, clock, detailsByConnection } = openRollout({
      connections: { a: { world: "credulous" } },
      confluent: {
        fault: ({ method }) => {
          if (method === "GET" && detailsByConnection.has("a") && !isAdded) {
            isAdded = true;
            secrets.add("openai", { versionId: "v2", value: "v2", at: clock.now() });
          }
          return undefined;
        },
      },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready", secretVersionId: "v2" } });
    expect(puts()).toEqual(["a v1", "a v2"]);
  });
});

describe("the number of reads of AWSCURRENT", () => {
  const PROMPT: FakeConnectionOptions = { timeToReadyMs: 1_000 };
  const skipping = { refresh: "when-stale", propagationLabel: "FLINK_READY" } as const;

  it.each<{ what: string; atMost: number } & Omit<RolloutOptions, "connections">>([
    { what: "a dry run", atMost: 1, context: { trigger: { kind: "direct", dryRun: true } } },
    { what: "a run in which every connection has the version", atMost: 2, settings: skipping },
    { what: "a run without a canary", atMost: 3, settings: { canary: false } },
    { what: "a run with a canary", atMost: 4 },
  ])("is at most $atMost in $what", async ({ atMost, ...options }) => {
    const { rotate, secrets } = openRollout({ connections: { a: PROMPT, b: PROMPT }, ...options });
    if (options.settings === skipping) secrets.label("openai", "FLINK_READY", "v1");
    await rotate();
    expect(secrets.reads.length).toBeGreaterThan(0);
    expect(secrets.reads.filter(isCurrent).length).toBeLessThanOrEqual(atMost);
  });

  it.each([1, 8])(
    "is one in five seconds while a young key is given time (connections: %i)",
    async (count) => {
      const names = Array.from({ length: count }, (_, index) => `c${index}`);
      const { rotate, secrets } = openRollout({
        connections: Object.fromEntries(names.map((name) => [name, refusing("v2")])),
        newerAfterMs: [-1_000],
        settings: { canary: false, graceMs: 60_000 },
      });
      await rotate();
      const during = secrets.reads.filter(
        (read) => isCurrent(read) && read.sentAt > NOW + 1_000 && read.sentAt < NOW + 29_000,
      );
      expect(during).toHaveLength(5);
    },
  );

  it("is at most 3 for a single connection", async () => {
    const { rotate, secrets } = openRollout({ connections: { a: PROMPT } });
    await rotate();
    expect(secrets.reads.filter(isCurrent).length).toBeLessThanOrEqual(3);
  });
});

function isCurrent({ selector }: FakeRead): boolean {
  return "stage" in selector && selector.stage === "AWSCURRENT";
}
