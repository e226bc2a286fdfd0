import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/rotation/connection.ts";
import { buildCredentials } from "../../src/rotation/credentials/auth-data.ts";
import { EnvironmentSession } from "../../src/rotation/environment.ts";
import { SupersededError } from "../../src/rotation/errors.ts";
import { evidenceOfPhase, type OutcomeDetails } from "../../src/rotation/outcome.ts";
import { Poller } from "../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../src/rotation/polling/schedule.ts";
import { rollBack } from "../../src/rotation/rollback.ts";
import type { UpdateRequest } from "../../src/rotation/update.ts";
import type { StatementSettings } from "../../src/sandbox/confluent/statement.ts";
import { connection, flinkApiKey, HOUR_MS, NOW, secretVersion } from "../support/builders.ts";
import type { FakeOptions } from "../support/fake-confluent.ts";
import type { FakeConnectionOptions } from "../support/fake-connection.ts";
import { fakeWorld } from "../support/fake-world.ts";
import { shown, untrusted } from "../support/untrusted.ts";

const VERIFY = { name: "smoke", sql: "SELECT ML_PREDICT('a', 'ping')", timeoutMs: 60_000 };
const REFUSAL = { outcome: "failed", errorClass: "rejected", message: "Confluent refused the key." } as const;

interface Options {
  readonly versionIds?: readonly string[];
  readonly behaviour?: FakeConnectionOptions;
  readonly fault?: FakeOptions["fault"];
  readonly verify?: Connection["verify"];
  readonly statements?: Partial<StatementSettings>;
  /** When the refused version was created. */
  readonly createdAt?: number;
}

function open({
  versionIds = ["v1", "v2"],
  behaviour,
  fault,
  verify,
  statements,
  createdAt = NOW - HOUR_MS,
}: Options = {}) {
  const { context, confluent, secrets, clock } = fakeWorld({ confluent: { ...(fault && { fault }) } });
  const held = confluent.add("a", behaviour);
  if (statements) confluent.statements.configure(statements);
  const listed = connection({ name: "a", secret: "openai", ...(verify && { verify }) });
  for (const versionId of versionIds)
    secrets.add("openai", { versionId, value: `sk-${versionId}`, at: clock.now() - HOUR_MS });
  const api = context.connect("prod", flinkApiKey());
  const poller = new Poller(new ConnectionReader(api), clock, new PollSchedule(0));
  const session = new EnvironmentSession(api, poller, new Map());
  const restore = (
    refusal: OutcomeDetails = REFUSAL,
    assertCurrent: UpdateRequest["assertCurrent"] = () => Promise.resolve(),
  ) => {
    const version = secretVersion({ versionId: "v2", createdAt });
    const { data } = buildCredentials(listed, version.value);
    const refused = { connection: listed, version, data, isKeyProven: false, assertCurrent };
    const settings = { ...context.settings, graceMs: 0 };
    return rollBack({ ...context, settings }, session, refused, refusal);
  };
  return { held, restore, clock };
}

describe("a PUT of the previous version", () => {
  it("is a rollback if it becomes READY", async () => {
    const { held, restore } = open();
    expect(await restore()).toMatchObject({
      outcome: "rolled-back",
      errorClass: "rejected",
      phase: "READY",
      secretVersionId: "v1",
      message: "Confluent refused the key. The previous one was put back and is READY.",
    });
    expect(held.data).toEqual({ API_KEY: "sk-v1", AUTH_TYPE: "API_KEY" });
  });

  it("is a failure if it is refused too", async () => {
    const { restore } = open({ behaviour: { accepts: [] } });
    expect(await restore()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
      secretVersionId: "v1",
      message:
        "Confluent refused the key. The previous one was put back, but it is not READY either: Confluent refused the key.",
    });
  });

  it("is no rollback if it does not become READY in time", async () => {
    const { restore } = open({ behaviour: { timeToReadyMs: HOUR_MS } });
    expect(await restore()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "PENDING",
      secretVersionId: "v1",
      previousVersionId: "v1",
    });
  });

  it("is not sent if a newer version has become current", async () => {
    const { held, restore } = open();
    const { outcome, message } = await restore(REFUSAL, () => Promise.reject(new SupersededError()));
    expect(outcome).toBe("failed");
    expect(String(message)).toContain("could not be put back");
    expect(held.puts).toEqual([]);
  });

  it("does not count as READY at once if the service may not have tried the key", async () => {
    const { restore, clock } = open({ behaviour: { world: "credulous" } });
    expect(await restore()).toMatchObject({ outcome: "rolled-back" });
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(10_000);
  });

  it("is a rollback even if Confluent reports no phase", async () => {
    const { held, restore } = open({ behaviour: { world: "silent" } });
    expect(await restore()).toMatchObject({
      outcome: "rolled-back",
      errorClass: "rejected",
      message: "Confluent refused the key. The previous one was put back and is accepted.",
      evidence: { phase: "silent" },
    });
    expect(held.data["API_KEY"]).toBe("sk-v1");
  });

  it("is reported with the statement that has used the previous key", async () => {
    const { restore } = open({ verify: VERIFY, behaviour: { accepts: ["sk-v1"] } });
    expect(await restore()).toMatchObject({
      outcome: "rolled-back",
      message: "Confluent refused the key. The previous one was put back and a statement has used it.",
      evidence: { statement: "completed" },
    });
  });

  it("is a rollback if it becomes READY and the statement is inconclusive", async () => {
    const { restore } = open({ verify: VERIFY, statements: { failure: "no table" } });
    const { message, ...details } = await restore();
    expect(details).toMatchObject({
      outcome: "rolled-back",
      errorClass: "rejected",
      evidence: { phase: "ready", statement: "failed" },
    });
    expect(shown(message)).toContain("The previous one was put back and is READY. ");
    expect(shown(message)).toContain("did not show that the key works: it ended as FAILED: no table");
  });

  it("is a failure if it becomes READY and the statement is refused the previous key", async () => {
    const { restore } = open({ verify: VERIFY, behaviour: { world: "credulous", accepts: [] } });
    const { message, ...details } = await restore();
    expect(details).toMatchObject({ outcome: "failed", evidence: { phase: "ready", statement: "refused" } });
    expect(shown(message)).toContain(
      "The previous one was put back, but it is refused too: The key is refused",
    );
  });

  it("leaves the refused key in place if Confluent does not accept it", async () => {
    const { held, restore } = open({ fault: ({ method }) => (method === "PUT" ? "refused" : undefined) });
    const { message, ...details } = await restore();
    expect(details).toMatchObject({ outcome: "failed", errorClass: "rejected" });
    expect(shown(message)).toBe(
      "Confluent refused the key. The previous key could not be put back, so it still holds the refused one: It was refused.",
    );
    expect(held.puts).toEqual([]);
  });

  it("may have failed if it has no certain answer, so the refused key is still reported", async () => {
    const { restore } = open({ fault: ({ method }) => (method === "PUT" ? "dropped" : undefined) });
    const refusal = { ...REFUSAL, evidence: evidenceOfPhase("refused"), phase: "INVALID_AUTH" };
    expect(await restore(refusal)).toEqual({
      ...refusal,
      message:
        "Confluent refused the key. It is not known whether the previous key was put back: Whether the PUT was applied is not known.",
    });
  });

  it("is not sent if AWSPREVIOUS is newer, because it has lost AWSCURRENT to the refused one", async () => {
    const { held, restore } = open({ versionIds: ["v3", "v2"], createdAt: NOW - 2 * HOUR_MS });
    expect(shown((await restore()).message)).toBe(
      "Confluent refused the key. AWSPREVIOUS is a newer version, so it was not put back, and the connection still holds the refused one.",
    );
    expect(held.puts).toEqual([]);
  });

  it("is reported after a refusal that is quoted from outside", async () => {
    const { restore } = open({ versionIds: ["v2"] });
    expect(shown((await restore({ ...REFUSAL, message: untrusted("It said no.") })).message)).toBe(
      "It said no. There is no AWSPREVIOUS version to put back, so it still holds the refused one.",
    );
  });

  it.each([
    { versionIds: ["v2"], why: "there is no AWSPREVIOUS version" },
    { versionIds: ["v2", "v3"], why: "AWSPREVIOUS is the refused version" },
  ])("is not sent if $why", async ({ versionIds }) => {
    const { held, restore } = open({ versionIds });
    expect(await restore()).toEqual({
      ...REFUSAL,
      message:
        "Confluent refused the key. There is no AWSPREVIOUS version to put back, so it still holds the refused one.",
    });
    expect(held.puts).toEqual([]);
  });
});
