import { describe, expect, it } from "vitest";
import {
  ConflictError,
  OutOfTimeError,
  RotationError,
  SecretError,
  SupersededError,
  UnauthorizedError,
  UnknownResultError,
} from "../../src/rotation/errors.ts";
import { NOW, observation } from "../support/builders.ts";
import { first, openUpdate, type UpdateOptions } from "../support/fake-update.ts";
import { shown } from "../support/untrusted.ts";

/** An update whose PUTs fail in this way before they reach the service; `undefined` lets one through. */
function failing(errors: readonly (RotationError | undefined)[], options: UpdateOptions = {}) {
  const left = [...errors];
  let puts = 0;
  const opened = openUpdate({
    ...options,
    api: ({ put }) => ({
      put: (request) => {
        puts += 1;
        const error = left.shift();
        return error === undefined ? put(request) : Promise.reject(error);
      },
    }),
  });
  return { ...opened, puts: () => puts };
}

describe("the key that a connection holds after a PUT that failed", () => {
  const refused = new RotationError("rejected", "It was refused.", { httpStatus: 400 });
  const unknown = new UnknownResultError("unreachable", "No answer came.");

  it.each([
    { what: "a refusal", errors: [refused, refused], is: "is not", mayHoldVersion: false },
    {
      what: "an answer that never came, and a refusal",
      errors: [unknown, refused, refused],
      is: "may be",
      mayHoldVersion: true,
    },
  ])("$is the new one after $what", async ({ errors, mayHoldVersion }) => {
    const { result } = failing(errors);
    const details = { outcome: "failed", errorClass: "rejected", message: "It was refused." };
    expect(await result()).toMatchObject({ details, mayHoldVersion });
  });

  it.each([
    {
      what: "the rotator's API key was refused",
      error: new UnauthorizedError("It was refused.", { httpStatus: 401 }),
    },
    { what: "no time was left", error: new OutOfTimeError("The time was up.") },
  ])("may be the new one if $what for the PUT after an answer that never came", async ({ error }) => {
    const { result } = failing([unknown, error]);
    const { details, mayHoldVersion } = await result();
    const message = `${error.message} Whether an earlier PUT was applied is not known.`;
    const { errorClass } = error;
    expect(mayHoldVersion).toBe(true);
    expect(shown(details)).toMatchObject({ outcome: "failed", errorClass, message });
  });

  it("may be the new one if a newer version keeps the PUT from being repeated", async () => {
    const { result } = openUpdate({
      fault: first("PUT", "lost"),
      request: {
        before: observation({ name: "a", resourceVersion: "a1v" }),
        assertCurrent: () => Promise.reject(new SupersededError()),
      },
    });
    expect(await result()).toMatchObject({ details: { errorClass: "superseded" }, mayHoldVersion: true });
  });
});

describe("a PUT that was applied although its answer does not say so", () => {
  it.each([
    { answer: "no answer", response: {}, times: "once", puts: 1 },
    { answer: "an unreadable 200", response: { httpStatus: 200 }, times: "once", puts: 1 },
    { answer: "a 300", response: { httpStatus: 300 }, times: "twice", puts: 2 },
    { answer: "a 503", response: { httpStatus: 503 }, times: "twice", puts: 2 },
  ])("is sent $times after $answer", async ({ response, puts }) => {
    let isFirst = true;
    const { update, held } = openUpdate({
      api: ({ put }) => ({
        put: async (request) => {
          const accepted = await put(request);
          if (!isFirst) return accepted;
          isFirst = false;
          throw new UnknownResultError("service", "Who knows.", response);
        },
      }),
    });
    expect(await update()).toMatchObject({ outcome: "ready", httpStatus: 200 });
    expect(held.puts).toHaveLength(puts);
  });
});

describe("conflicts", () => {
  const conflict = new ConflictError({ httpStatus: 409 });

  it("end the update if they continue without metadata", async () => {
    const { update, puts } = failing(Array.from({ length: 10 }, () => conflict));
    expect(await update()).toMatchObject({ outcome: "failed", errorClass: "service", httpStatus: 409 });
    expect(puts()).toBe(4);
  });

  it("are not blamed on metadata that was never sent", async () => {
    const { update, notes, session } = failing([conflict, conflict, conflict], {
      behaviour: { resourceVersion: "absent" },
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(notes).toEqual([]);
    expect(session.sendsMetadata).toBe(true);
  });
});

it("a PUT is not repeated if the connection was deleted in the meantime", async () => {
  const gone = new RotationError("not-found", "There is no such connection.", { httpStatus: 404 });
  const { update, puts } = failing([gone]);
  expect(await update()).toMatchObject({ outcome: "failed", errorClass: "not-found" });
  expect(puts()).toBe(1);
});

describe("the endpoint, which a PUT must repeat", () => {
  it("is read first if the page that listed the connection left it out", async () => {
    const { update, methods, held } = openUpdate({
      request: { before: observation({ name: "a", endpoint: "", resourceVersion: "a1v" }) },
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(methods().slice(0, 2)).toEqual(["GET", "PUT"]);
    expect(held.puts).toHaveLength(1);
  });

  it("is never left empty: without one, nothing is put", async () => {
    const { update, held } = openUpdate({ behaviour: { endpoint: "" } });
    expect(await update()).toMatchObject({
      outcome: "failed",
      errorClass: "guard",
      message: "Confluent shows no endpoint for a, and a PUT must repeat it. Nothing was written.",
      httpStatus: 200,
    });
    expect(held.puts).toEqual([]);
  });
});

describe("the read before the first PUT", () => {
  it("is enough even if AWSCURRENT cannot be read after it", async () => {
    const { update, held } = openUpdate({
      request: { assertCurrent: () => Promise.reject(new SecretError("Denied.")) },
    });
    expect(await update()).toMatchObject({ outcome: "ready" });
    expect(held.puts).toHaveLength(1);
  });

  it("shows that an answer after the PUT is outdated, so that it is ignored", async () => {
    let reads = 0;
    const older = observation({ name: "a", resourceVersion: "a0v", updatedAt: NOW - 60_000, phase: "READY" });
    const { update } = openUpdate({
      behaviour: { initially: "invalidAuth", accepts: () => false, timeToReadyMs: 1_000 },
      api: ({ get }) => ({
        get: async (name) => {
          reads += 1;
          return reads === 2 ? older : get(name);
        },
      }),
    });
    expect(await update()).toMatchObject({
      outcome: "failed",
      errorClass: "rejected",
      phase: "INVALID_AUTH",
    });
    expect(reads).toBeGreaterThan(2);
  });
});
