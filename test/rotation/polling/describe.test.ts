import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/rotation/errors.ts";
import { describePhase, type PhaseResult } from "../../../src/rotation/polling/describe.ts";
import { observation } from "../../support/builders.ts";
import { shown, untrusted } from "../../support/untrusted.ts";

function described(
  { phase, was = "READY", ...result }: Partial<PhaseResult> & { phase?: string; was?: string },
  require: Parameters<typeof describePhase>[1] = "auto",
) {
  const state = phase === undefined ? {} : { state: observation({ phase }) };
  const wasSilent = was === "";
  const { evidence, ...details } = describePhase(
    { wasSilent, hasChanged: true, ...state, ...result },
    require,
  );
  return { ...details, ...(shown(details) as typeof details), evidence: evidence?.phase };
}

describe("the outcome of a phase", () => {
  it("is ready for READY", () => {
    expect(described({ verdict: "ready", phase: "READY" })).toEqual({
      outcome: "ready",
      phase: "READY",
      evidence: "ready",
    });
  });

  it("says so if READY was confirmed but nothing changed", () => {
    expect(described({ verdict: "ready", phase: "READY", hasChanged: false })).toMatchObject({
      outcome: "ready",
      message: "READY, but Confluent shows no change of the connection since before the key was sent.",
    });
  });

  it("keeps the service's detail", () => {
    const state = observation({ detail: untrusted("Lookup failed: ai.openai.com") });
    expect(described({ verdict: "ready", state })).toMatchObject({ detail: "Lookup failed: ai.openai.com" });
  });

  it("is rejected for a refused key", () => {
    expect(described({ verdict: "refused", phase: "INVALID_AUTH" })).toEqual({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
      message: "Confluent refused the key.",
      evidence: "refused",
    });
  });

  it.each(["unreachable", undefined] as const)(
    "is unreachable for UNREACHABLE with the verdict %s",
    (verdict) => {
      expect(described({ ...(verdict && { verdict }), phase: "UNREACHABLE" })).toEqual({
        outcome: "failed",
        errorClass: "unreachable",
        phase: "UNREACHABLE",
        message: "The key was sent, but Confluent cannot reach the connection's endpoint.",
        evidence: "unreachable",
      });
    },
  );

  it.each([
    ["auto", "", "applied"],
    ["auto", "READY", "unverified"],
    ["ready", "", "unverified"],
    ["ready", "READY", "unverified"],
    ["applied", "", "applied"],
    ["applied", "READY", "applied"],
  ] as const)("is, if %s is required and the phase was %j, %3$s for silence", (require, was, outcome) => {
    const details = described({ verdict: "silent", phase: "", was }, require);
    expect(details).toMatchObject({ outcome, evidence: "silent" });
    expect(details.errorClass).toBe(outcome === "applied" ? undefined : "service");
  });

  it.each([
    ["applied", "", "Confluent accepted the key and reports no phase for this connection."],
    [
      "ready",
      "",
      'The key was sent, but Confluent reports no phase for this connection, and verification.require is "ready".',
    ],
    ["ready", "READY", "The key was sent, but Confluent no longer reports a phase for this connection."],
  ] as const)("says, if %s is required and the phase was %j, what silence means", (require, was, message) => {
    expect(described({ verdict: "silent", phase: "", was }, require)).toMatchObject({ message });
  });

  it("is unverified if nothing at all was read", () => {
    expect(described({})).toEqual({
      outcome: "unverified",
      errorClass: "service",
      message:
        "The key was sent, but the state of the connection could not be read: No response could be read in time.",
      evidence: "not-seen",
    });
  });

  it("names the last word if the time is up", () => {
    expect(described({ phase: "PROVISIONING" })).toEqual({
      outcome: "failed",
      errorClass: "timeout",
      phase: "PROVISIONING",
      message:
        "The key was sent, but the connection did not become READY in time; its last phase was PROVISIONING.",
      evidence: "unsettled",
    });
  });

  it.each(["READY", "INVALID_AUTH"])("is unverified for a %s that was not confirmed in time", (phase) => {
    expect(described({ phase })).toEqual({
      outcome: "unverified",
      errorClass: "timeout",
      phase,
      message: `The key was sent, but the run ended before ${phase} could be confirmed for it.`,
      evidence: "unsettled",
    });
  });

  it("is unverified for a silence that did not last", () => {
    expect(described({ phase: "" })).toEqual({
      outcome: "unverified",
      errorClass: "service",
      phase: "",
      message: "The key was sent, but the run ended before Confluent reported a phase.",
      evidence: "unsettled",
    });
  });

  it("is unverified, in the error's class, if the last read failed", () => {
    const error = new RotationError("unreachable", "The host could not be reached.", {
      requestId: untrusted("request-9"),
    });
    expect(described({ error, phase: "PENDING" })).toEqual({
      outcome: "unverified",
      errorClass: "unreachable",
      phase: "PENDING",
      message:
        "The key was sent, but the state of the connection could not be read: The host could not be reached.",
      requestId: "request-9",
      evidence: "unsettled",
    });
  });

  it("goes by the verdict even if a read failed", () => {
    const error = new RotationError("service", "Confluent answered 500.");
    expect(described({ verdict: "ready", error, phase: "READY" })).toMatchObject({ outcome: "ready" });
  });
});
