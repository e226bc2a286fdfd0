import { describe, expect, it } from "vitest";
import type { ConnectionState } from "../../src/rotation/connection.ts";
import type { EnvironmentApi } from "../../src/rotation/dependencies.ts";
import { RotationError, UnauthorizedError } from "../../src/rotation/errors.ts";
import { HOUR_MS, NOW } from "../support/builders.ts";
import type { FakeConnectionOptions } from "../support/fake-connection.ts";
import { openRun } from "../support/fake-run.ts";
import { openUpdate } from "../support/fake-update.ts";

const UNCHANGED = "READY, but Confluent shows no change of the connection since before the key was sent.";
const UNMOVED: FakeConnectionOptions = { world: "credulous", resourceVersion: "still", updatedAt: "still" };

/** A run over two connections, so that the environment is read by pages. */
function openPages(behaviour: FakeConnectionOptions, get?: (real: EnvironmentApi) => EnvironmentApi["get"]) {
  const world = openRun({
    connections: [{ name: "a" }, { name: "b" }],
    settings: { canary: false },
    ...(get && { api: (real) => ({ get: get(real) }) }),
  });
  for (const name of ["a", "b"]) world.add(name, behaviour);
  const gets = () => world.confluent.requests.flatMap(({ method, name }) => (method === "GET" ? name : []));
  return { ...world, gets };
}

describe("READY of a connection that shows no change after its PUT", () => {
  it("is confirmed by one GET, since a page may come from a cache, and is reported as unchanged", async () => {
    const { run, gets } = openPages(UNMOVED);
    const ready = { outcome: "ready", message: UNCHANGED };
    expect(await run()).toMatchObject([ready, ready]);
    expect(gets().toSorted()).toEqual(["a", "b"]);
  });

  it.each([
    { resourceVersion: "absent", updatedAt: "still", message: UNCHANGED },
    { resourceVersion: "still", updatedAt: "absent", message: UNCHANGED },
    { resourceVersion: "absent", updatedAt: "absent", message: undefined },
    { resourceVersion: "moves", updatedAt: "still", message: undefined },
    { resourceVersion: "still", updatedAt: "moves", message: undefined },
  ] as const)(
    "is reported as unchanged only if Confluent would show a change (resource_version $resourceVersion, updated_at $updatedAt)",
    async ({ message, ...behaviour }) => {
      const { run, gets, clock } = openPages({ world: "credulous", ...behaviour });
      await clock.sleep(1_000);
      const outcomes = await run();
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(["ready", "ready"]);
      expect(outcomes.map((each) => each.message)).toEqual([message, message]);
      expect(gets()).toHaveLength(message === undefined ? 0 : 2);
    },
  );

  const answers: { what: string; answer: (state: ConnectionState) => ConnectionState | undefined }[] = [
    { what: "INVALID_AUTH", answer: (state) => ({ ...state, phase: "INVALID_AUTH" }) },
    { what: "an older state", answer: (state) => ({ ...state, updatedAt: 1, resourceVersion: "a0v" }) },
    { what: "no such connection", answer: () => undefined },
    {
      what: "an error of the service",
      answer: () => {
        throw new RotationError("service", "Confluent answered 500.", { httpStatus: 500 });
      },
    },
  ];

  it.each(answers)("is not believed as long as GET shows $what", async ({ answer }) => {
    const { run } = openPages(UNMOVED, ({ get }) => async (name) => {
      const state = await get(name);
      return state && answer(state);
    });
    const unverified = {
      outcome: "unverified",
      errorClass: "timeout",
      message: "The key was sent, but the run ended before READY could be confirmed for it.",
    };
    expect(await run()).toMatchObject([unverified, unverified]);
  });

  it.each(answers)("is read again after one GET has shown $what", async ({ answer }) => {
    const asked = new Set<string>();
    const { run } = openPages(UNMOVED, ({ get }) => async (name) => {
      const isFirst = !asked.has(name);
      asked.add(name);
      const state = await get(name);
      return state && isFirst ? answer(state) : state;
    });
    expect(await run()).toMatchObject([{ outcome: "ready" }, { outcome: "ready" }]);
  });

  it.each([
    {
      error: new UnauthorizedError("Confluent refused the API key (401).", { httpStatus: 401 }),
      errorClass: "unauthorized",
      bug: false,
    },
    { error: new TypeError("a bug"), errorClass: "internal", bug: true },
  ])(
    "is unverified at once if the GET ends in an error of class $errorClass",
    async ({ error, errorClass, bug }) => {
      const { run, bugs, clock } = openPages(UNMOVED, () => () => Promise.reject(error));
      expect(await run()).toMatchObject([
        { outcome: "unverified", errorClass },
        { outcome: "unverified", errorClass },
      ]);
      expect(clock.now() - NOW).toBeLessThan(20_000);
      expect(bugs.includes(error)).toBe(bug);
    },
  );
});

describe("the last read of a READY", () => {
  it.each([
    { why: "the service has not shown that it tried the key", world: "credulous", is: "is needed" },
    { why: "another phase came before it", world: "prompt", is: "is not needed" },
  ] as const)("$is if $why", async ({ world, is }) => {
    const { result } = openUpdate({ behaviour: { world, timeToReadyMs: 500 } });
    const updated = await result();
    expect(updated.details.outcome).toBe("ready");
    expect(updated.readAgain !== undefined).toBe(is === "is needed");
  });

  it("takes fifteen seconds at most", async () => {
    let isDown = false;
    const { result, clock } = openUpdate({
      behaviour: { world: "credulous" },
      fault: () => (isDown ? "service" : undefined),
    });
    const { readAgain } = await result();
    isDown = true;
    const startedAt = clock.now();
    expect(await readAgain?.()).toBeUndefined();
    expect(clock.now() - startedAt).toBe(15_000);
  });

  it.each([
    { what: "silence", behaviour: { world: "silent" } },
    {
      what: "no verdict in time",
      behaviour: { world: "controller", verdictAfterMs: HOUR_MS, initially: "pending" },
    },
    { what: "a refusal", behaviour: { accepts: () => false } },
  ] as const)("is not needed after $what", async ({ behaviour }) => {
    const { result } = openUpdate({ behaviour });
    const updated = await result();
    expect(updated.details.outcome).not.toBe("ready");
    expect(updated).not.toHaveProperty("readAgain");
  });

  it.each([
    { refusedForMs: 900, outcome: undefined },
    { refusedForMs: HOUR_MS, outcome: { outcome: "failed", errorClass: "rejected", phase: "INVALID_AUTH" } },
  ])("overrules it only if INVALID_AUTH lasts ($refusedForMs ms)", async ({ refusedForMs, outcome }) => {
    let refusedFrom = Number.POSITIVE_INFINITY;
    const isRefused = (at: number) => at >= refusedFrom && at < refusedFrom + refusedForMs;
    const { result, clock } = openUpdate({
      behaviour: { world: "credulous" },
      api: ({ get }) => ({
        get: async (name) => {
          const state = await get(name);
          return state && isRefused(clock.now()) ? { ...state, phase: "INVALID_AUTH" } : state;
        },
      }),
    });
    const { readAgain } = await result();
    refusedFrom = clock.now();
    const taken = await readAgain?.();
    if (outcome === undefined) expect(taken).toBeUndefined();
    else expect(taken).toMatchObject(outcome);
  });
});

it("the phase that was read last is reported if nothing can be read after it", async () => {
  const { update } = openUpdate({
    behaviour: { accepts: () => false },
    version: { createdAt: NOW },
    fault: ({ sentAt }) => (sentAt > NOW + 1_000 ? "service" : undefined),
    world: { remainingMs: HOUR_MS },
  });
  expect(await update()).toMatchObject({
    outcome: "unverified",
    errorClass: "service",
    phase: "INVALID_AUTH",
    evidence: { phase: "unsettled" },
  });
});
