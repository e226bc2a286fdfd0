import { describe, expect, it } from "vitest";
import {
  ConflictError,
  RotationError,
  UnauthorizedError,
  UnknownResultError,
} from "../../../src/rotation/errors.ts";
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

describe("the creation of a verification statement", () => {
  it("is repeated twice with another name if the name is taken", async () => {
    const names = new Set<string>();
    const { details } = await verify({
      api: (real) => ({
        create: (statement) => {
          names.add(statement.name);
          return names.size < 3 ? Promise.reject(new ConflictError({})) : real.create(statement);
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready" });
    const name = expect.stringMatching(/^rotator-verify-/);
    expect([...names]).toEqual([name, name, name]);
  });

  it.each([
    ["each name is taken", new ConflictError({}), 3, "service"],
    [
      "the API key may not create statements",
      new UnauthorizedError("No.", { httpStatus: 403 }),
      1,
      "unauthorized",
    ],
  ])("is followed by no read and no deletion if %s", async (_, error, attempts, errorClass) => {
    let created = 0;
    const verified = await verify({
      api: () => ({
        create: () => {
          created += 1;
          return Promise.reject(error);
        },
      }),
    });
    expect(verified).toMatchObject({
      details: { outcome: "unverified", errorClass, evidence: { statement: "not-run" } },
      read: 0,
      deleted: 0,
    });
    expect(created).toBe(attempts);
  });

  it("is waited for no longer than the timeout of the statement", async () => {
    const { details, seconds } = await verify({
      api: () => ({ create: () => new Promise(() => undefined) }),
    });
    expect(details).toMatchObject({
      outcome: "unverified",
      errorClass: "timeout",
      message: expect.stringContaining("it could not be created within 60 s"),
      evidence: { statement: "not-run" },
    });
    expect(seconds).toBeCloseTo(60);
  });

  it("is undone if it succeeds after that", async () => {
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    const deleted = Promise.withResolvers<string>();
    const created: string[] = [];
    await verify({
      api: () => ({
        create: async ({ name }) => {
          await isLate;
          created.push(name);
        },
        delete: async (name) => deleted.resolve(name),
      }),
    });
    expect(created).toEqual([]);
    resolve();
    expect([await deleted.promise]).toEqual(created);
  });

  it("is repeated with the same name if it is not known whether it succeeded", async () => {
    const names: string[] = [];
    const { details, seconds, left } = await verify({
      api: (real) => ({
        create: (statement) => {
          names.push(statement.name);
          const unknown = new UnknownResultError("service", "Confluent answered 503.");
          return names.length < 3 ? Promise.reject(unknown) : real.create(statement);
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready", evidence: { statement: "completed" } });
    expect(new Set(names).size).toBe(1);
    expect(seconds).toBeLessThan(10);
    expect(left).toEqual([]);
  });

  it("may have succeeded if the second attempt is rejected", async () => {
    const errors = [new ConflictError({}), new UnauthorizedError("No.", { httpStatus: 403 })];
    for (const second of errors) {
      let [created, read] = [0, 0];
      const { details, left } = await verify({
        api: (real) => ({
          get: (name) => {
            read += 1;
            return read === 1 ? Promise.resolve(undefined) : real.get(name);
          },
          create: async (statement) => {
            created += 1;
            if (created > 1) throw second;
            await real.create(statement);
            throw new UnknownResultError("service", "No answer came.");
          },
        }),
      });
      expect(details).toMatchObject({ outcome: "ready" });
      expect(created).toBe(2);
      expect(left).toEqual([]);
    }
  });

  it("may have succeeded although its response is lost", async () => {
    const { details, left } = await verify({
      api: (real) => ({
        create: async (statement) => {
          await real.create(statement);
          throw new UnknownResultError("service", "No answer came.");
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready", evidence: { statement: "completed" } });
    expect(left).toEqual([]);
  });
});
