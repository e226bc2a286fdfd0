import { describe, expect, it } from "vitest";
import { SupersededError, UnauthorizedError } from "../../../src/rotation/errors.ts";
import { evidenceOfPhase, type OutcomeDetails } from "../../../src/rotation/outcome.ts";
import { connection } from "../../support/builders.ts";
import { READY, verify } from "../../support/statement-verification.ts";

const SILENT: OutcomeDetails = {
  outcome: "applied",
  message: "Confluent accepted the key and reports no phase for this connection.",
  evidence: evidenceOfPhase("silent"),
};
const UNREACHABLE: OutcomeDetails = {
  outcome: "failed",
  errorClass: "unreachable",
  message: "Confluent cannot reach it.",
  evidence: evidenceOfPhase("unreachable"),
};
const UNSETTLED: OutcomeDetails = {
  outcome: "failed",
  errorClass: "timeout",
  evidence: evidenceOfPhase("unsettled"),
};
const NOT_SHOWN = "The statement smoke did not show that the key works: it ended as FAILED: Host not found";

describe("a key that the statement has used", () => {
  it.each([
    ["READY", READY],
    ["UNREACHABLE", UNREACHABLE],
    ["silence", SILENT],
    ["an unknown phase", UNSETTLED],
  ])("is ready after %s", async (_, details) => {
    const verified = await verify({ details });
    expect(verified.details).toMatchObject({
      outcome: "ready",
      message: "The statement smoke has used the connection with this key and completed.",
      evidence: { phase: details.evidence?.phase, statement: "completed" },
    });
    expect(verified.details).not.toHaveProperty("errorClass");
    expect(verified.left).toEqual([]);
  });

  it("is reported with the time from its PUT until the statement completed", async () => {
    const { details, seconds } = await verify({ details: { ...READY, durationMs: 3_000 } });
    expect(seconds).toBeGreaterThan(1);
    expect(details).toMatchObject({ durationMs: 3_000 + seconds * 1_000 });
    expect((await verify()).details).toMatchObject({ durationMs: seconds * 1_000 });
  });

  it("is not tried again if it is young", async () => {
    expect((await verify({ keyAgeMs: 0 })).submitted).toBe(1);
  });
});

describe("the statement of a connection", () => {
  it.each<[string, OutcomeDetails]>([
    ["INVALID_AUTH", { outcome: "failed", errorClass: "rejected", evidence: evidenceOfPhase("refused") }],
    ["a newer version", { outcome: "failed", errorClass: "superseded" }],
    ["a refusal of the rotator's Confluent API key", { outcome: "unverified", errorClass: "unauthorized" }],
  ])("is not run after %s", async (_, details) => {
    expect(await verify({ details })).toMatchObject({ details, submitted: 0 });
  });

  it("is run only if the connection names one", async () => {
    expect(await verify({ request: { connection: connection() } })).toMatchObject({ submitted: 0 });
  });
});

describe("a key that the provider refuses when the statement uses it", () => {
  it("is rejected with the message of the provider", async () => {
    const { details } = await verify({ accepts: [] });
    expect(details).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      message:
        "The key is refused or not allowed: the statement smoke, which uses the connection, has failed.",
      detail: expect.stringContaining("403"),
      nextStep:
        "Check that the key in secret prod/openai is valid and may use what the statement calls, then put the right one there; that starts the rotation by itself.",
      evidence: { phase: "ready", statement: "refused" },
    });
  });

  it("is tried once if it is old", async () => {
    expect(await verify({ accepts: [] })).toMatchObject({ submitted: 1 });
  });

  it("is tried less and less often until its grace period ends if it is young", async () => {
    const { details, submitted, seconds } = await verify({ accepts: [], keyAgeMs: 0 });
    expect(details).toMatchObject({ errorClass: "rejected" });
    expect(submitted).toBeGreaterThan(3);
    expect(submitted).toBeLessThan(9);
    expect(seconds).toBeGreaterThanOrEqual(120);
    expect(seconds).toBeLessThan(130);
  });

  it.each([60_000, 10_000])(
    "is unverified if it is young and the run ends after %i ms",
    async (remainingMs) => {
      const { details, left, seconds } = await verify({ accepts: [], keyAgeMs: 0, remainingMs });
      expect(details).toMatchObject({
        outcome: "unverified",
        errorClass: "timeout",
        message:
          "The key was sent, and nothing shows that it is bad. The statement smoke did not show that the key works: its provider refused the key, but the run ended before that counts for a key this young",
        evidence: { statement: "failed" },
      });
      expect(left).toEqual([]);
      expect(seconds).toBeLessThan(remainingMs / 1_000);
    },
  );

  it("is unverified for the reason why it cannot be tried again", async () => {
    let created = 0;
    const { details } = await verify({
      accepts: [],
      keyAgeMs: 0,
      api: (real) => ({
        create: (statement) => {
          created += 1;
          const forbidden = new UnauthorizedError("The API key may not do this (403).", { httpStatus: 403 });
          return created === 1 ? real.create(statement) : Promise.reject(forbidden);
        },
      }),
    });
    expect(details).toMatchObject({
      outcome: "unverified",
      errorClass: "unauthorized",
      message: expect.stringContaining("The API key may not do this (403)."),
    });
  });

  it("is not tried again once a newer version is current", async () => {
    const request = { assertCurrent: () => Promise.reject(new SupersededError()) };
    expect(await verify({ accepts: [], keyAgeMs: 0, request })).toMatchObject({
      details: {
        outcome: "failed",
        errorClass: "superseded",
        evidence: { phase: "ready", statement: "failed" },
      },
      mayHoldVersion: true,
      submitted: 1,
    });
  });
});

describe("a statement that fails for another reason", () => {
  const settings = { failure: "Host not found" };

  it.each([
    ["READY", READY],
    ["silence", SILENT],
  ])("leaves the key unverified after %s", async (_, details) => {
    expect((await verify({ details, settings })).details).toMatchObject({
      outcome: "unverified",
      errorClass: "service",
      message: `The key was sent, and nothing shows that it is bad. ${NOT_SHOWN}`,
      nextStep:
        "Run the statement in Confluent Cloud, correct it under verification.statements in connections.json; then rotate again.",
      evidence: { phase: details.evidence?.phase, statement: "failed" },
    });
  });

  it.each([
    ["with a message", UNREACHABLE, `Confluent cannot reach it. ${NOT_SHOWN}`],
    ["without one", UNSETTLED, NOT_SHOWN],
  ])("keeps an earlier failure %s and adds its own message", async (_, details, message) => {
    const { outcome, errorClass, evidence } = details;
    expect((await verify({ details, settings })).details).toMatchObject({
      outcome,
      errorClass,
      message,
      evidence: { ...evidence, statement: "failed" },
    });
  });
});
