import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/rotation/errors.ts";
import { describePollResult } from "../../../src/rotation/polling/describe.ts";
import { observation } from "../../support/builders.ts";

describe("the finding of a watch", () => {
  it("is ready, with the phase that was seen", () => {
    expect(describePollResult({ verdict: "ready", state: observation() })).toEqual({
      outcome: "ready",
      phase: "READY",
    });
  });

  it("keeps the service's detail", () => {
    const seen = observation({ detail: "Lookup failed: ai.openai.com" });
    expect(describePollResult({ verdict: "ready", state: seen })).toEqual({
      outcome: "ready",
      phase: "READY",
      detail: "Lookup failed: ai.openai.com",
    });
  });

  it("is rejected for a refused key", () => {
    expect(describePollResult({ verdict: "refused", state: observation({ phase: "INVALID_AUTH" }) })).toEqual(
      {
        outcome: "failed",
        errorClass: "rejected",
        phase: "INVALID_AUTH",
        message: "Confluent refused the key.",
      },
    );
  });

  it("is unreachable for an endpoint that Confluent cannot reach", () => {
    expect(
      describePollResult({ verdict: "unreachable", state: observation({ phase: "UNREACHABLE" }) }),
    ).toEqual({
      outcome: "failed",
      errorClass: "unreachable",
      phase: "UNREACHABLE",
      message: "The key was put, but Confluent cannot reach the connection's endpoint.",
    });
  });

  it("is unverified where the service does not say", () => {
    expect(describePollResult({ verdict: "silent", state: observation({ phase: "" }) })).toEqual({
      outcome: "unverified",
      errorClass: "service",
      phase: "",
      message: "The key was put, but Confluent does not say in which phase the connection is.",
    });
  });

  it("is unverified where nothing at all was seen", () => {
    expect(describePollResult({})).toEqual({
      outcome: "unverified",
      errorClass: "service",
      message:
        "The key was put, but the state of the connection could not be read: No response could be read in time.",
    });
  });

  it("names the word that was still seen when the time was up", () => {
    expect(describePollResult({ state: observation({ phase: "PROVISIONING" }) })).toEqual({
      outcome: "failed",
      errorClass: "timeout",
      phase: "PROVISIONING",
      message:
        "The key was put, but the connection did not become READY in time; its last phase was PROVISIONING.",
    });
  });

  it.each(["READY", "INVALID_AUTH"])("is unverified for a %s that did not settle in time", (phase) => {
    expect(describePollResult({ state: observation({ phase }) })).toEqual({
      outcome: "unverified",
      errorClass: "timeout",
      phase,
      message: `The key was put, but the time was up before it was clear that the ${phase} that was seen is this key's, and lasts.`,
    });
  });

  it("is unverified, in the error's class, where the last look failed", () => {
    const error = new RotationError("unreachable", "The host could not be reached.", {
      requestId: "request-9",
    });
    expect(describePollResult({ error, state: observation({ phase: "PENDING" }) })).toEqual({
      outcome: "unverified",
      errorClass: "unreachable",
      phase: "PENDING",
      message:
        "The key was put, but the state of the connection could not be read: The host could not be reached.",
      requestId: "request-9",
    });
  });

  it("goes by the verdict even if a look failed", () => {
    const error = new RotationError("service", "Confluent answered 500.");
    expect(describePollResult({ verdict: "ready", error, state: observation() })).toMatchObject({
      outcome: "ready",
    });
  });
});
