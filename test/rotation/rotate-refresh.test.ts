import { describe, expect, it } from "vitest";
import { SecretError } from "../../src/rotation/errors.ts";
import { openRun } from "../support/fake-run.ts";

const LABEL = "FLINK_READY";

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
