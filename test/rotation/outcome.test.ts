import { describe, expect, it } from "vitest";
import {
  ERROR_CLASSES,
  OutOfTimeError,
  RotationError,
  UnauthorizedError,
} from "../../src/rotation/errors.ts";
import { detailsOf, toOutcome } from "../../src/rotation/outcome.ts";
import { connection } from "../support/builders.ts";
import { shown, untrusted } from "../support/untrusted.ts";

describe("an outcome", () => {
  it("is a finding with what the connection is", () => {
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

  it("keeps the duration of the finding", () => {
    expect(toOutcome(connection(), { outcome: "ready", durationMs: 12 })).toMatchObject({ durationMs: 12 });
  });

  it.each(ERROR_CLASSES)("says what to do next about %s", (errorClass) => {
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
  ] as const)("names in the next step about %s: %s", (errorClass, word) => {
    expect(toOutcome(connection(), { outcome: "failed", errorClass }).nextStep).toContain(word);
  });

  it("leaves a next step that the finding brings", () => {
    const details = { outcome: "failed", errorClass: "secret", nextStep: "Wait." } as const;
    expect(toOutcome(connection(), details)).toMatchObject({ nextStep: "Wait." });
  });
});

describe("the finding of an error", () => {
  it("has its class, its message and its answer", () => {
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
    "is no attempt where time or our own access lacked: %s",
    (error) => {
      expect(detailsOf(error)).toMatchObject({ outcome: "not-attempted", errorClass: error.errorClass });
    },
  );
});
