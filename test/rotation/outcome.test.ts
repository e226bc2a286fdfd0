import { describe, expect, it } from "vitest";
import {
  ERROR_CLASSES,
  OutOfTimeError,
  RotationError,
  UnauthorizedError,
} from "../../src/rotation/errors.ts";
import { asResult, detailsOf, evidenceOfPhase, toOutcome } from "../../src/rotation/outcome.ts";
import { connection } from "../support/builders.ts";
import { shown, untrusted } from "../support/untrusted.ts";

describe("an outcome", () => {
  it("consists of the connection and the details of its update", () => {
    expect(toOutcome(connection({ name: "a" }), { outcome: "ready", phase: "READY" })).toEqual({
      name: "a",
      environment: "prod",
      type: "OPENAI",
      secret: "prod/openai",
      outcome: "ready",
      phase: "READY",
      evidence: { provider: "not-asked", phase: "not-seen", statement: "not-run" },
      durationMs: 0,
    });
  });

  it("keeps a duration that is known", () => {
    expect(toOutcome(connection(), { outcome: "ready", durationMs: 12 })).toMatchObject({ durationMs: 12 });
  });

  it.each(ERROR_CLASSES)("of class %s says what to do next", (errorClass) => {
    const { nextStep } = toOutcome(connection(), { outcome: "failed", errorClass });
    expect(nextStep).toMatch(/^[A-Z].{30,}\.$/);
  });

  it.each([
    ["secret", "prod/openai"],
    ["guard", "orders-openai"],
    ["guard", "prod"],
    ["not-found", "orders-openai"],
    ["unauthorized", "FlinkAdmin"],
    ["rejected", "prod/openai"],
    ["superseded", "prod/openai"],
    ["timeout", "orders-openai"],
    ["throttled", "orders-openai"],
    ["unreachable", "orders-openai"],
    ["service", "request id"],
    ["config", "connections.json"],
    ["internal", "stack"],
  ] as const)("of class %s names %s in its next step", (errorClass, word) => {
    expect(toOutcome(connection(), { outcome: "failed", errorClass }).nextStep).toContain(word);
  });

  it("keeps a next step that is known", () => {
    const details = { outcome: "failed", errorClass: "secret", nextStep: "Wait." } as const;
    expect(toOutcome(connection(), details)).toMatchObject({ nextStep: "Wait." });
  });
});

describe("evidence of a phase", () => {
  it("says nothing about the provider or a statement", () => {
    expect(evidenceOfPhase("silent")).toEqual({
      provider: "not-asked",
      phase: "silent",
      statement: "not-run",
    });
  });
});

describe("the result of some work in a run", () => {
  const fakeLog = () => {
    const bugs: unknown[] = [];
    return { bugs, log: { bug: (error: unknown) => bugs.push(error), note: () => undefined } };
  };

  it("is its value if it succeeds", async () => {
    expect(await asResult(fakeLog(), async () => "done")).toBe("done");
  });

  it("is the error with which it fails", async () => {
    const { log, bugs } = fakeLog();
    const error = new RotationError("service", "Confluent answered 500.");
    expect(await asResult({ log }, () => Promise.reject(error))).toBe(error);
    expect(bugs).toEqual([]);
  });

  it("is an error without the text of a bug, which is logged", async () => {
    const { log, bugs } = fakeLog();
    const bug = new TypeError("The key sk-secret is not a function.");
    const result = await asResult({ log }, () => Promise.reject(bug));
    expect(result).toMatchObject({
      errorClass: "internal",
      message: "Unexpected error (a bug in the rotator).",
    });
    expect(bugs).toEqual([bug]);
  });
});

describe("the outcome of an error", () => {
  it("has its class, its message and its response", () => {
    const error = new RotationError("service", "Confluent answered 500.", {
      httpStatus: 500,
      detail: untrusted("Oops"),
    });
    expect(shown(detailsOf(error))).toEqual({
      outcome: "failed",
      errorClass: "service",
      message: "Confluent answered 500.",
      httpStatus: 500,
      detail: "Oops",
    });
  });

  it.each([new OutOfTimeError(), new UnauthorizedError("Refused.", {})])(
    "is not-attempted for %s",
    (error) => {
      expect(detailsOf(error)).toMatchObject({ outcome: "not-attempted", errorClass: error.errorClass });
    },
  );
});
