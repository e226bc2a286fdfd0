import { describe, expect, it } from "vitest";
import { RotationError } from "../../../src/rotation/errors.ts";
import { verify } from "../../support/statement-verification.ts";

const failing = () => Promise.reject(new RotationError("service", "Confluent answered 500."));

describe("a verification statement", () => {
  it("reports each of its phases as progress", async () => {
    const { progress } = await verify();
    expect(
      progress.map((each) => (each.step === "seen" ? `${each.connection.name}: ${each.phase}` : "")),
    ).toEqual([
      "openai: STATEMENT PENDING",
      "openai: STATEMENT RUNNING",
      "openai: STATEMENT RUNNING",
      "openai: STATEMENT COMPLETED",
    ]);
  });

  it("is read less and less often and waited for no longer than its timeout", async () => {
    const { details, seconds, left, read } = await verify({ settings: { pendingMs: 1e9 } });
    expect(details).toMatchObject({
      outcome: "unverified",
      errorClass: "timeout",
      message: expect.stringContaining("it was still PENDING after 60 s"),
      nextStep:
        "Check that its compute pool has room, or raise timeoutSeconds of the statement in connections.json; then rotate again.",
      evidence: { statement: "failed" },
    });
    expect(seconds).toBeGreaterThanOrEqual(60);
    expect(seconds).toBeLessThan(61);
    expect(read).toBeGreaterThan(20);
    expect(read).toBeLessThan(50);
    expect(left).toEqual([]);
  });

  it("is deleted before the run ends", async () => {
    const { seconds, left } = await verify({ settings: { pendingMs: 1e9 }, remainingMs: 30_000 });
    expect(seconds).toBeLessThan(26);
    expect(left).toEqual([]);
  });

  it("is not created if no time is left to delete it", async () => {
    expect(await verify({ remainingMs: 4_000 })).toMatchObject({
      details: {
        outcome: "unverified",
        message: expect.stringContaining("There was no time left to run the statement."),
        evidence: { statement: "not-run" },
      },
      submitted: 0,
      deleted: 0,
    });
  });

  it.each(["STOPPING", "STOPPED", "DELETING"])("says nothing about the key if it is %s", async (phase) => {
    const { details, left } = await verify({
      api: (real) => ({
        get: async (name) => {
          const state = await real.get(name);
          return state && { ...state, phase };
        },
      }),
    });
    expect(details).toMatchObject({
      outcome: "unverified",
      message: expect.stringMatching(new RegExp(`it ended as ${phase}$`)),
    });
    expect(left).toEqual([]);
  });

  it("is waited for if it still runs after the provider has refused a call", async () => {
    const { details } = await verify({
      api: (real) => ({
        get: async (name) => {
          const state = await real.get(name);
          return state && { ...state, isKeyRefused: state.phase === "RUNNING" };
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready", evidence: { statement: "completed" } });
  });

  it("is waited for if it is not found at first", async () => {
    let reads = 0;
    const { details } = await verify({
      api: (real) => ({
        get: (name) => {
          reads += 1;
          return reads < 3 ? Promise.resolve(undefined) : real.get(name);
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready" });
  });

  it("says nothing about the key if it is never found", async () => {
    const { details } = await verify({ api: () => ({ get: () => Promise.resolve(undefined) }) });
    expect(details).toMatchObject({
      errorClass: "timeout",
      message: expect.stringContaining("it was not found within 60 s"),
    });
  });

  it("is deleted if it cannot be read", async () => {
    const { details, left } = await verify({ api: () => ({ get: failing }) });
    expect(details).toMatchObject({
      outcome: "unverified",
      message: expect.stringContaining("Confluent answered 500."),
      evidence: { statement: "failed" },
    });
    expect(left).toEqual([]);
  });

  it("that cannot be deleted is mentioned in the log", async () => {
    const { details, left, notes } = await verify({ api: () => ({ delete: failing }) });
    expect(details).toMatchObject({ outcome: "ready" });
    expect(notes).toEqual([
      [
        "A statement of the rotator could not be deleted; a later run tries again.",
        { statement: left[0], reason: "Confluent answered 500." },
      ],
    ]);
  });
});
