import { describe, expect, it } from "vitest";
import { ConflictError, RotationError, SupersededError } from "../../../src/rotation/errors.ts";
import { type OutcomeDetails, phaseEvidence } from "../../../src/rotation/outcome.ts";
import { Secret } from "../../../src/rotation/secret.ts";
import { verifyByStatement } from "../../../src/rotation/statements/verification.ts";
import type { UpdateRequest } from "../../../src/rotation/update.ts";
import type { StatementSettings } from "../../../src/sandbox/confluent/statement.ts";
import { connection, HOUR_MS, secretVersion } from "../../support/builders.ts";
import { fakeWorld } from "../../support/fake-world.ts";
import { type ReplacedStatements, statementSession } from "../../support/statement-session.ts";
import { shown } from "../../support/untrusted.ts";

const VERIFY = { name: "smoke", sql: "SELECT ML_PREDICT('openai', 'ping')", timeoutMs: 60_000 };
const READY: OutcomeDetails = { outcome: "ready", phase: "READY", ...phaseEvidence("ready") };
const UNREACHABLE: OutcomeDetails = {
  outcome: "failed",
  errorClass: "unreachable",
  message: "Confluent cannot reach it.",
  ...phaseEvidence("unreachable"),
};

interface Options {
  readonly details?: OutcomeDetails;
  readonly settings?: Partial<StatementSettings>;
  readonly accepts?: readonly string[];
  readonly keyAgeMs?: number;
  readonly remainingMs?: number;
  readonly request?: Partial<UpdateRequest>;
  readonly api?: ReplacedStatements;
}

async function verify(options: Options = {}) {
  const { details = READY, settings, accepts = ["old-key"], keyAgeMs = HOUR_MS, remainingMs } = options;
  const world = fakeWorld(remainingMs === undefined ? {} : { remainingMs });
  world.confluent.add("openai", { accepts });
  const stored = world.confluent.statements;
  stored.configure({ pendingMs: 1_000, runMs: 1_000, ...settings });
  const session = statementSession(world, options.api);
  const request: UpdateRequest = {
    connection: connection({ name: "openai", verify: VERIFY }),
    version: secretVersion({ createdAt: world.clock.now() - keyAgeMs }),
    data: new Secret("{}"),
    isKeyProven: false,
    assertCurrent: () => Promise.resolve(),
    ...options.request,
  };
  const startedAt = world.clock.now();
  const result = await verifyByStatement(world.context, session, request, { details, mayHoldVersion: true });
  const submitted = world.confluent.requests.filter(({ method }) => method === "POST statement").length;
  const seconds = (world.clock.now() - startedAt) / 1_000;
  await session.deletionsDone();
  return { ...world, details: shown(result.details), left: stored.names, submitted, seconds };
}

describe("the verification of a key by a statement", () => {
  it.each([
    ["READY", READY],
    ["UNREACHABLE", UNREACHABLE],
    ["silence", { outcome: "applied", ...phaseEvidence("silent") } as const],
    [
      "an unknown phase",
      { outcome: "failed", errorClass: "timeout", ...phaseEvidence("unsettled") } as const,
    ],
  ])("makes it ready after %s", async (_, details) => {
    const found = await verify({ details });
    expect(found.details).toMatchObject({ outcome: "ready", evidence: { statement: "completed" } });
    expect(found.details).not.toHaveProperty("errorClass");
    expect(found.left).toEqual([]);
  });

  it.each([
    ["INVALID_AUTH", { outcome: "failed", errorClass: "rejected", ...phaseEvidence("refused") } as const],
    ["a newer version", { outcome: "failed", errorClass: "superseded" } as const],
    [
      "a refusal of the rotator's Confluent API key",
      { outcome: "unverified", errorClass: "unauthorized" } as const,
    ],
  ])("is not tried after %s", async (_, details) => {
    const found = await verify({ details });
    expect(found).toMatchObject({ details, submitted: 0 });
  });

  it("is not tried for a connection that names no statement", async () => {
    expect((await verify({ request: { connection: connection() } })).submitted).toBe(0);
  });

  it("fails with the words of the provider", async () => {
    const { details } = await verify({ accepts: [] });
    expect(details).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      detail: expect.stringContaining("403"),
      nextStep: expect.stringContaining("may use what the statement calls"),
    });
  });

  it("keeps a failure that the phase has shown, and adds what the statement says", async () => {
    const { details } = await verify({ details: UNREACHABLE, settings: { failure: "Host not found" } });
    expect(details).toMatchObject({
      outcome: "failed",
      errorClass: "unreachable",
      message:
        "Confluent cannot reach it. The statement smoke did not show that the key works: it ended as FAILED: Host not found",
      evidence: { phase: "unreachable", statement: "failed" },
    });
  });

  it("waits no longer than the statement's own time", async () => {
    const { details, seconds, left } = await verify({ settings: { pendingMs: 1e9 } });
    expect(details).toMatchObject({
      outcome: "unverified",
      errorClass: "timeout",
      message: expect.stringContaining("it was still PENDING after 60 s"),
    });
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(seconds).toBeLessThan(66);
    expect(left).toEqual([]);
  });

  it("is not begun if no time is left to delete the statement", async () => {
    const { details, submitted } = await verify({ remainingMs: 4_000 });
    expect(details).toMatchObject({ outcome: "unverified", evidence: { statement: "not-run" } });
    expect(submitted).toBe(0);
  });

  it("tells that the statement was not found", async () => {
    const { details } = await verify({ api: () => ({ get: () => Promise.resolve(undefined) }) });
    expect(details).toMatchObject({
      errorClass: "timeout",
      message: expect.stringContaining("was not found"),
    });
  });

  it("takes another name if one is taken", async () => {
    let attempts = 0;
    const { details } = await verify({
      api: (real) => ({
        create: (statement) => {
          attempts += 1;
          return attempts < 3 ? Promise.reject(new ConflictError({})) : real.create(statement);
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready" });
    expect(
      (await verify({ api: () => ({ create: () => Promise.reject(new ConflictError({})) }) })).details,
    ).toMatchObject({
      outcome: "unverified",
      evidence: { statement: "not-run" },
    });
  });

  it("says in the log which statement could not be deleted", async () => {
    const failing = () => Promise.reject(new RotationError("service", "Confluent answered 500."));
    const { details, left, notes } = await verify({ api: () => ({ delete: failing }) });
    expect(details).toMatchObject({ outcome: "ready" });
    expect(notes).toEqual([
      [
        "A statement of the rotator could not be deleted; a later run tries again.",
        { statement: left[0], reason: "Confluent answered 500." },
      ],
    ]);
  });

  it("repeats the statement for a young key until its grace has passed", async () => {
    const { details, submitted, seconds } = await verify({ accepts: [], keyAgeMs: 0 });
    expect(details).toMatchObject({ errorClass: "rejected" });
    expect(submitted).toBeGreaterThan(3);
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThan(130);
  });

  it("does not count a refusal of a young key if the run ends before its grace has passed", async () => {
    const { details, left } = await verify({ accepts: [], keyAgeMs: 0, remainingMs: 60_000 });
    expect(details).toMatchObject({ outcome: "unverified", errorClass: "timeout" });
    expect(left).toEqual([]);
  });

  it("ends as soon as a newer version is there", async () => {
    const request = { assertCurrent: () => Promise.reject(new SupersededError()) };
    const { details, submitted } = await verify({ accepts: [], keyAgeMs: 0, request });
    expect(details).toMatchObject({ outcome: "failed", errorClass: "superseded" });
    expect(submitted).toBe(1);
  });
});
