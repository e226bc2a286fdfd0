import { describe, expect, it } from "vitest";
import { ConflictError, UnauthorizedError, UnknownResultError } from "../../../src/rotation/errors.ts";
import { verify } from "../../support/statement-verification.ts";

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

  it("is repeated twice with the same name if that is never known", async () => {
    const names: string[] = [];
    const { details, deleted } = await verify({
      api: () => ({
        create: ({ name }) => {
          names.push(name);
          return Promise.reject(new UnknownResultError("service", "Confluent answered 503."));
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "unverified", evidence: { statement: "failed" } });
    expect(names).toEqual(Array(3).fill(names[0]));
    expect(deleted).toBe(1);
  });

  it("may have succeeded if the second attempt is rejected", async () => {
    const errors = [new ConflictError({}), new UnauthorizedError("No.", { httpStatus: 403 })];
    for (const second of errors) {
      let [created, read] = [0, 0];
      const { details, left } = await verify({
        api: (real) => ({
          get: (name) => {
            read += 1;
            return read <= 2 ? Promise.resolve(undefined) : real.get(name);
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
    const { details, submitted, left } = await verify({
      api: (real) => ({
        create: async (statement) => {
          await real.create(statement);
          throw new UnknownResultError("service", "No answer came.");
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready", evidence: { statement: "completed" } });
    expect(submitted).toBe(1);
    expect(left).toEqual([]);
  });

  it("may have succeeded although no attempt has an answer", async () => {
    let created = 0;
    const { details, left } = await verify({
      api: (real) => ({
        create: async (statement) => {
          created += 1;
          if (created === 3) await real.create(statement);
          throw new UnknownResultError("service", "No answer came.");
        },
      }),
    });
    expect(details).toMatchObject({ outcome: "ready", evidence: { statement: "completed" } });
    expect(left).toEqual([]);
  });
});
