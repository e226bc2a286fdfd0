import { describe, expect, it } from "vitest";
import { HOUR_MS, NOW } from "../support/builders.ts";
import { openRun } from "../support/fake-run.ts";

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
