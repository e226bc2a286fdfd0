import { describe, expect, it } from "vitest";
import { Canaries, Canary } from "../../src/rotation/canary.ts";
import type { OutcomeDetails } from "../../src/rotation/outcome.ts";
import { evidenceOfPhase } from "../../src/rotation/outcome.ts";
import { Secret } from "../../src/rotation/secret.ts";
import type { UpdateRequest } from "../../src/rotation/update.ts";
import { connection, secretVersion } from "../support/builders.ts";

const [A, B, C] = ["a", "b", "c"].map(
  (name): UpdateRequest => ({
    connection: connection({ name }),
    version: secretVersion(),
    data: new Secret("{}"),
    isKeyProven: false,
    assertCurrent: () => Promise.resolve(),
  }),
) as [UpdateRequest, UpdateRequest, UpdateRequest];

const UNREACHABLE = {
  outcome: "failed",
  errorClass: "unreachable",
  evidence: evidenceOfPhase("unreachable"),
} as const;
const MISSING = { outcome: "failed", errorClass: "not-found" } as const;
const READY = { outcome: "ready", evidence: evidenceOfPhase("ready") } as const;
const SILENT = { outcome: "unverified", errorClass: "service", evidence: evidenceOfPhase("silent") } as const;

const never = () => false;

const holds = (details: OutcomeDetails) => ({ details, mayHoldVersion: true });
const holdsNot = (details: OutcomeDetails) => ({ details, mayHoldVersion: false });

describe("a canary", () => {
  it("that is READY lets the others follow with a proven key", () => {
    expect(new Canary().decide(A, holds(READY), [B], never)).toEqual({
      kind: "follow",
      proof: { isKeyProven: true },
    });
  });

  it.each([
    ["applied", { ...SILENT, outcome: "applied" } as const, false],
    ["silent as before", SILENT, true],
  ])("that is %s lets the others follow with an unproven key", (_what, details, wasSilent) => {
    expect(new Canary().decide(A, holds(details), [B], () => wasSilent)).toEqual({
      kind: "follow",
      proof: { isKeyProven: false },
    });
  });

  it("hands over to a connection whose environment reports phases if its own reports none", () => {
    const wasSilent = (request: UpdateRequest) => request !== C;
    const applied = holds({ ...SILENT, outcome: "applied" });
    const canary = new Canary();
    expect(canary.decide(A, applied, [B, C], wasSilent)).toEqual({ kind: "hand-over", others: [C, B] });
    expect(canary.decide(C, holds(UNREACHABLE), [B], wasSilent)).toMatchObject({ kind: "keep" });
    expect(new Canary().decide(A, applied, [B], wasSilent)).toMatchObject({ kind: "follow" });
  });

  it("hands over if its statement is inconclusive, even in an environment that never reports a phase", () => {
    const verify = { name: "smoke", sql: "SELECT 1", timeoutMs: 1_000 };
    const verified = { ...A, connection: { ...A.connection, verify } };
    const silently = () => true;
    expect(new Canary().decide(verified, holds(SILENT), [B], silently)).toMatchObject({ kind: "hand-over" });
    const refused = { ...SILENT, outcome: "failed", errorClass: "rejected" } as const;
    expect(new Canary().decide(verified, holds(refused), [B], silently)).toMatchObject({ kind: "keep" });
  });

  it("hands over if its phase disappears", () => {
    expect(new Canary().decide(A, holds(SILENT), [B], never)).toMatchObject({ kind: "hand-over" });
  });

  it("does not hand over if it was last INVALID_AUTH, even if that was not confirmed", () => {
    const unsettled = {
      outcome: "unverified",
      errorClass: "timeout",
      evidence: evidenceOfPhase("unsettled"),
    } as const;
    const canary = new Canary();
    expect(canary.decide(A, holds({ ...unsettled, phase: "INVALID_AUTH" }), [B], never)).toEqual({
      kind: "keep",
      details: {
        outcome: "not-attempted",
        errorClass: "timeout",
        message:
          "a went first, and its last phase with this key was INVALID_AUTH, so this connection keeps the key it has.",
      },
    });
    expect(canary.decide(A, holds({ ...unsettled, phase: "READY" }), [B], never)).toMatchObject({
      kind: "hand-over",
    });
  });

  it("hands over only once if it may hold a bad key, and the others keep the key they have", () => {
    const canary = new Canary();
    expect(canary.decide(A, holds(UNREACHABLE), [B], never)).toMatchObject({ kind: "hand-over" });
    expect(canary.decide(B, holds(UNREACHABLE), [C], never)).toEqual({
      kind: "keep",
      details: {
        outcome: "not-attempted",
        errorClass: "unreachable",
        message:
          "a and b went first, and it is not known whether this key works, so this connection keeps the key it has.",
      },
    });
  });

  it("hands over as often as needed if it certainly holds no bad key", () => {
    const canary = new Canary();
    expect(canary.decide(A, holdsNot(MISSING), [B], never)).toMatchObject({ kind: "hand-over" });
    expect(canary.decide(B, holdsNot(MISSING), [C], never)).toMatchObject({ kind: "hand-over" });
    expect(canary.decide(C, holds(UNREACHABLE), [], never)).toMatchObject({ kind: "hand-over" });
  });

  it("for a newer version is a connection that may already hold a bad key", () => {
    const canary = new Canary();
    canary.decide(B, holds(UNREACHABLE), [C], never);
    expect(canary.order([A, B, C])).toEqual([B, A, C]);
    expect(canary.decide(B, holds(UNREACHABLE), [A], never)).toMatchObject({ kind: "hand-over" });
    expect(canary.decide(A, holds(UNREACHABLE), [C], never)).toMatchObject({ kind: "keep" });
  });

  it("that is READY allows two unproven connections again for a newer version", () => {
    const canary = new Canary();
    canary.decide(A, holds(UNREACHABLE), [B], never);
    canary.decide(B, holds(READY), [C], never);
    expect(canary.order([C, A])).toEqual([C, A]);
    expect(canary.decide(C, holds(UNREACHABLE), [B], never)).toMatchObject({ kind: "hand-over" });
  });

  it("that fails does not let the others follow, even in an environment that never reports a phase", () => {
    const silently = () => true;
    const rejected = { outcome: "failed", errorClass: "rejected" } as const;
    expect(new Canary().decide(A, holdsNot(rejected), [B], silently)).toMatchObject({ kind: "keep" });
    expect(new Canary().decide(A, holds(UNREACHABLE), [B], silently)).toMatchObject({ kind: "hand-over" });
  });

  it.each([
    ["rejected", "a went first and was refused this key, so this connection keeps the key it has."],
    ["superseded", "A newer version of the secret appeared, so this connection keeps the key it has."],
  ] as const)("that is %s leaves the others as they are", (errorClass, message) => {
    expect(new Canary().decide(A, holdsNot({ outcome: "failed", errorClass }), [B], never)).toEqual({
      kind: "keep",
      details: { outcome: "not-attempted", errorClass, message },
    });
  });
});

describe("the canaries of a secret", () => {
  it("go first for a newer version if they may hold an unproven one", () => {
    const canaries = new Canaries();
    canaries.of([A, B]).decide(B, holds(UNREACHABLE), [], never);
    expect(canaries.of([A, B]).order([A, B])).toEqual([B, A]);
  });

  it("are separate for connections that have no key in common", () => {
    const canaries = new Canaries();
    canaries.of([A]).decide(A, holds(UNREACHABLE), [], never);
    canaries.of([B, C]).decide(B, holds(UNREACHABLE), [C], never);
    expect(canaries.of([B, C]).decide(C, holds(UNREACHABLE), [A], never)).toMatchObject({
      details: { message: expect.stringMatching(/^b and c went first/) },
    });
  });
});
