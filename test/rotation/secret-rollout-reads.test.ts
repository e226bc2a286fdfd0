import { describe, expect, it } from "vitest";
import { RotationError } from "../../src/rotation/errors.ts";
import type { ReadResult } from "../../src/rotation/polling/reader.ts";
import { observation } from "../support/builders.ts";
import { openRollout, refusing } from "../support/fake-rollout.ts";

const LABEL = "FLINK_READY";

describe("the last read of a connection", () => {
  it.each([
    ["no further read confirms that", "service", {}],
    ["the rotator's API key is refused after that", "unauthorized", { errorClass: "unauthorized" }],
  ] as const)("overrules READY if it sees a refusal, even if %s", async (_name, fault, facts) => {
    let reads = 0;
    const { rotate, secrets, detailsByConnection } = openRollout({
      connections: {
        a: { world: "controller", verdictAfterMs: 11_000, ...refusing("v1") },
        b: { timeToReadyMs: 15_000 },
      },
      settings: { canary: false, propagationLabel: LABEL },
      confluent: {
        fault: () => {
          if (detailsByConnection.has("b")) reads += 1;
          return reads > 1 ? fault : undefined;
        },
      },
    });
    expect(await rotate()).toMatchObject({
      a: { outcome: "unverified", ...facts },
      b: { outcome: "ready" },
    });
    expect(secrets.moves).toEqual([]);
  });

  it("does not change what a statement has shown before", async () => {
    const { rotate } = openRollout({
      connections: {
        a: { world: "controller", verdictAfterMs: 13_000, ...refusing("v1") },
        b: { timeToReadyMs: 15_000 },
      },
      verify: { a: { name: "smoke", sql: "SHOW CATALOGS", timeoutMs: 60_000 } },
      settings: { canary: false },
    });
    expect(await rotate()).toMatchObject({
      a: {
        outcome: "failed",
        errorClass: "rejected",
        evidence: { phase: "refused", statement: "completed" },
      },
      b: { outcome: "ready" },
    });
  });

  it("does not change READY if it fails", async () => {
    const { rotate, detailsByConnection } = openRollout({
      connections: { a: { world: "credulous" }, b: { timeToReadyMs: 15_000 } },
      settings: { canary: false },
      confluent: { fault: () => (detailsByConnection.has("b") ? "service" : undefined) },
    });
    expect(await rotate()).toMatchObject({ a: { outcome: "ready" }, b: { outcome: "ready" } });
  });
});

describe("a connection whose first read failed", () => {
  it("gets that error as its outcome, and the others are updated", async () => {
    const error = new RotationError("service", "Confluent answered 500.", { httpStatus: 500 });
    const initialStates = new Map<string, ReadResult>([
      ["a", error],
      ["b", observation({ name: "b", resourceVersion: "a1v" })],
    ]);
    const { rotate } = openRollout({ connections: { a: {}, b: {} }, initialStates });
    expect(await rotate()).toMatchObject({
      a: {
        outcome: "failed",
        errorClass: "service",
        message: "Confluent answered 500.",
        httpStatus: 500,
        secretVersionId: "v1",
      },
      b: { outcome: "ready" },
    });
  });
});
