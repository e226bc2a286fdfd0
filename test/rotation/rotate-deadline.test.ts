import { describe, expect, it } from "vitest";
import type { RunContext } from "../../src/rotation/dependencies.ts";
import { HOUR_MS, NOW } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";

const THREE = [{ name: "a" }, { name: "b" }, { name: "c" }];

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

  it("updates connections of a secret although another environment of that secret does not answer", async () => {
    const { run, context, add, valueIn } = openRun({
      remainingMs: 35_000,
      connections: [{ name: "a" }, { name: "b", environment: "test" }],
    });
    for (const name of ["a", "b"]) add(name);
    const connect: RunContext["connect"] = (environment, apiKey) => {
      const real = context.connect(environment, apiKey);
      return environment === "test" ? { ...real, get: () => new Promise(() => undefined) } : real;
    };
    expect(await run({ connect })).toMatchObject([
      { name: "a", outcome: "ready" },
      { name: "b", outcome: "failed", errorClass: "unreachable", holds: "previous" },
    ]);
    expect([valueIn("a"), valueIn("b")]).toEqual(["sk-1", "old-key"]);
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
