import { describe, expect, it } from "vitest";
import type { Connection, PutRequest } from "../../src/rotation/connection.ts";
import type { SecretVersion } from "../../src/rotation/dependencies.ts";
import { Poller } from "../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../src/rotation/polling/schedule.ts";
import { Secret } from "../../src/rotation/secret.ts";
import {
  assertMatchesConfig,
  type Lane,
  type UpdateRequest,
  updateConnection,
} from "../../src/rotation/update.ts";
import { connection, flinkApiKey, HOUR_MS, NOW, observation, secretVersion } from "../support/builders.ts";
import type { FakeRequest, Fault } from "../support/fake-confluent.ts";
import type { Behaviour } from "../support/fake-connection.ts";
import { type FakeWorldOptions, fakeWorld } from "../support/fake-world.ts";

const A = connection({ name: "a" });

interface Options {
  readonly behaviour?: Partial<Behaviour>;
  readonly fault?: (request: Omit<FakeRequest, "fault">) => Fault | undefined;
  readonly world?: FakeWorldOptions;
  readonly lane?: Partial<Lane>;
  readonly version?: Partial<SecretVersion>;
  readonly order?: Partial<UpdateRequest>;
}

function open({
  behaviour = {},
  fault,
  world: options = {},
  lane: changes,
  version,
  order: own,
}: Options = {}) {
  const world = fakeWorld({ ...options, confluent: { ...(fault && { fault }), ...options.confluent } });
  const held = world.confluent.add("a", behaviour);
  const api = world.context.connect("prod", flinkApiKey());
  const lane: Lane = {
    context: world.context,
    api,
    poller: new Poller(new ConnectionReader(api), world.clock, new PollSchedule(0)),
    readyTimeoutMs: 60_000,
    graceMs: 120_000,
    ...changes,
  };
  const order: UpdateRequest = {
    connection: A,
    version: secretVersion(version),
    data: new Secret(`{"API_KEY":"new"}`),
    ...own,
  };
  const methods = () => world.confluent.requests.map(({ method }) => method);
  return { ...world, lane, held, methods, push: () => updateConnection(lane, order) };
}

/** The first requests of that method meet these faults. */
function first(method: FakeRequest["method"], ...faults: readonly (Fault | undefined)[]) {
  const left = [...faults];
  return (request: Omit<FakeRequest, "fault">) => (request.method === method ? left.shift() : undefined);
}

describe("a push", () => {
  it("looks, puts, watches, and says what came of it", async () => {
    const { push: run, held, methods, clock } = open({ behaviour: { timeToReadyMs: 2_000 } });
    expect(await run()).toEqual({
      outcome: "ready",
      phase: "READY",
      httpStatus: 200,
      requestId: "request-put",
      secretVersionId: "version-1",
      durationMs: clock.now() - NOW,
    });
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(2_000);
    expect(held.data).toEqual({ API_KEY: "new" });
    expect(methods().slice(0, 2)).toEqual(["GET", "PUT"]);
  });

  it("does not look at what was seen just now", async () => {
    const { push: run, methods } = open({
      order: { before: observation({ name: "a", resourceVersion: "a1v" }) },
    });
    await run();
    expect(methods()[0]).toBe("PUT");
  });

  it("tells of its steps", async () => {
    const { push: run, progress } = open({ behaviour: { timeToReadyMs: 500 } });
    await run();
    expect(progress).toEqual([
      { step: "put", connection: A },
      { step: "seen", connection: A, phase: "PENDING" },
      { step: "seen", connection: A, phase: "READY" },
    ]);
  });

  it("sends type and endpoint as they were seen, with the resource version where there is one", async () => {
    const { lane } = open({ behaviour: { type: "openai", endpoint: "https://x.example.com" } });
    const sent: PutRequest[] = [];
    const put = (update: PutRequest) => {
      sent.push(update);
      return lane.api.put(update);
    };
    const order = { connection: A, version: secretVersion(), data: new Secret("{}") };
    await updateConnection({ ...lane, api: { ...lane.api, put } }, order);
    const { resourceVersion: _, ...before } = observation({ name: "a" });
    await updateConnection({ ...lane, api: { ...lane.api, put } }, { ...order, before });
    expect(sent).toMatchObject([
      { name: "a", connectionType: "openai", endpoint: "https://x.example.com", resourceVersion: "a1v" },
      { name: "a", connectionType: "OPENAI", endpoint: before.endpoint },
    ]);
    expect(sent[1]).not.toHaveProperty("resourceVersion");
  });

  it("writes to nothing that is not the connection it should be", async () => {
    const { push: run, methods } = open({ behaviour: { type: "BEDROCK" } });
    await expect(run()).rejects.toMatchObject({ name: "GuardError" });
    expect(methods()).toEqual(["GET"]);
  });

  it("looks again and puts again when somebody else was quicker", async () => {
    const {
      push: run,
      held,
      methods,
    } = open({ order: { before: observation({ name: "a", resourceVersion: "stale" }) } });
    await expect(run()).resolves.toMatchObject({ outcome: "ready" });
    expect(methods().slice(0, 3)).toEqual(["PUT", "GET", "PUT"]);
    expect(held.puts).toHaveLength(1);
  });

  it("guards again after a conflict", async () => {
    const before = observation({ name: "a", resourceVersion: "stale" });
    const { push: run, held } = open({
      behaviour: { endpoint: "https://moved.example.com" },
      order: { before, connection: connection({ name: "a", endpoint: before.endpoint }) },
    });
    await expect(run()).rejects.toMatchObject({ name: "GuardError" });
    expect(held.puts).toEqual([]);
  });

  it("gives up after three conflicts more", async () => {
    const { lane, confluent, clock } = open();
    const { get } = lane.api;
    const contested = async (name: string) => {
      const seen = await get(name);
      confluent.connection(name).touch(clock.now());
      return seen;
    };
    const order = { connection: A, version: secretVersion(), data: new Secret("{}") };
    await expect(
      updateConnection({ ...lane, api: { ...lane.api, get: contested } }, order),
    ).rejects.toMatchObject({
      name: "ConflictError",
    });
    expect(confluent.requests.filter(({ method }) => method === "PUT")).toHaveLength(4);
  });

  it("does not put again what was applied though nobody heard of it", async () => {
    const { push: run, held } = open({ fault: first("PUT", "lost"), behaviour: { timeToReadyMs: 3_000 } });
    expect(await run()).toMatchObject({ outcome: "ready", httpStatus: 200, requestId: "request-read" });
    expect(held.puts).toHaveLength(1);
  });

  it("puts again what was not applied", async () => {
    const { push: run, held, methods } = open({ fault: first("PUT", "dropped", "dropped") });
    expect(await run()).toMatchObject({ outcome: "ready", requestId: "request-put" });
    expect(held.puts).toHaveLength(1);
    expect(methods().slice(0, 6)).toEqual(["GET", "PUT", "GET", "PUT", "GET", "PUT"]);
  });

  it("waits longer each time before it looks what became of a PUT, and gives up after half a minute", async () => {
    const {
      push: run,
      confluent,
      clock,
    } = open({ fault: ({ method }) => (method === "PUT" ? "dropped" : undefined) });
    await expect(run()).rejects.toMatchObject({ name: "UnknownResultError" });
    const puts = confluent.requests
      .filter(({ method }) => method === "PUT")
      .map(({ sentAt }) => sentAt - NOW);
    const pauses = puts.slice(1).map((at, index) => at - (puts[index] ?? 0));
    expect(pauses.slice(0, 6)).toEqual([187.5, 375, 750, 1_500, 3_000, 3_750]);
    expect(pauses.at(-1)).toBe(3_750);
    expect(clock.now() - NOW).toBeGreaterThan(20_000);
    expect(clock.now() - NOW).toBeLessThanOrEqual(30_000);
  });

  it("does not wait beyond the deadline", async () => {
    const { push: run, clock } = open({
      fault: ({ method }) => (method === "PUT" ? "dropped" : undefined),
      world: { remainingMs: 1_000 },
    });
    await expect(run()).rejects.toMatchObject({ name: "UnknownResultError" });
    expect(clock.now() - NOW).toBeLessThan(1_000);
  });

  it("keeps to the first error when a PUT's fate cannot be looked up", async () => {
    const { push: run } = open({
      fault: ({ method, sentAt }) => (method === "PUT" ? "dropped" : sentAt > NOW ? "service" : undefined),
    });
    await expect(run()).rejects.toMatchObject({ name: "UnknownResultError" });
  });

  it("reports data that was refused, without watching", async () => {
    const { push: run, methods } = open({ fault: first("PUT", "refused") });
    await expect(run()).rejects.toMatchObject({ errorClass: "rejected" });
    expect(methods()).toEqual(["GET", "PUT"]);
  });

  it("is unverified when our own key is refused while it watches", async () => {
    const { push: run } = open({
      behaviour: { timeToReadyMs: 5_000 },
      fault: ({ sentAt }) => (sentAt > NOW + 1_000 ? "unauthorized" : undefined),
    });
    expect(await run()).toMatchObject({
      outcome: "unverified",
      errorClass: "unauthorized",
      message: "Put, but not verified: Confluent refused the API key (401).",
      httpStatus: 200,
      secretVersionId: "version-1",
    });
  });

  it("lets a bug through", async () => {
    const { lane } = open();
    const api = { ...lane.api, get: () => Promise.reject(new TypeError("a bug")) };
    const poller = new Poller(new ConnectionReader(api), lane.context.clock, new PollSchedule(0));
    const before = observation({ name: "a", resourceVersion: "a1v" });
    const order = { connection: A, version: secretVersion(), data: new Secret("{}"), before };
    await expect(updateConnection({ ...lane, api, poller }, order)).rejects.toThrow("a bug");
  });

  it("ends without a proof when the time that a connection has is over", async () => {
    const { push: run, clock } = open({ behaviour: { timeToReadyMs: HOUR_MS } });
    expect(await run()).toMatchObject({ outcome: "failed", errorClass: "timeout", phase: "PENDING" });
    expect(clock.now() - NOW).toBe(60_000);
  });

  it("ends at the deadline if that comes first", async () => {
    const { push: run, clock } = open({
      behaviour: { timeToReadyMs: HOUR_MS },
      world: { remainingMs: 7_000 },
    });
    expect(await run()).toMatchObject({ errorClass: "timeout" });
    expect(clock.now() - NOW).toBe(7_000);
  });
});

describe("a key that is refused", () => {
  const refusing = (validAtMs: number, judged: Behaviour["judged"] = "always") => ({
    validFrom: () => NOW + validAtMs,
    judged,
  });

  it("is rejected at once when it is old", async () => {
    const { push: run, held, clock } = open({ behaviour: refusing(HOUR_MS) });
    expect(await run()).toMatchObject({ outcome: "failed", errorClass: "rejected", phase: "INVALID_AUTH" });
    expect(clock.now() - NOW).toBeLessThan(1_000);
    expect(held.puts).toHaveLength(1);
  });

  it.each([
    { ageMs: 599_000, puts: 2 },
    { ageMs: 600_000, puts: 1 },
  ])("is young for ten minutes ($ageMs ms: $puts PUTs)", async ({ ageMs, puts }) => {
    const { push: run, held } = open({ behaviour: refusing(HOUR_MS), version: { createdAt: NOW - ageMs } });
    expect(await run()).toMatchObject({ errorClass: "rejected" });
    expect(held.puts).toHaveLength(puts);
  });

  it("is watched on while it is young, and ready without another PUT when it becomes valid soon", async () => {
    const { push: run, held } = open({ behaviour: refusing(30_000), version: { createdAt: NOW } });
    expect(await run()).toMatchObject({ outcome: "ready" });
    expect(held.puts).toHaveLength(1);
  });

  it("is put once more half-way through the grace", async () => {
    const { push: run, held } = open({ behaviour: refusing(50_000, "on-put"), version: { createdAt: NOW } });
    expect(await run()).toMatchObject({ outcome: "ready" });
    expect(held.puts.map(({ at }) => at - NOW)).toEqual([0, expect.closeTo(60_000, -4)]);
  });

  it("is rejected when the grace is over", async () => {
    const { push: run, held, clock } = open({ behaviour: refusing(HOUR_MS), version: { createdAt: NOW } });
    expect(await run()).toMatchObject({ outcome: "failed", errorClass: "rejected", phase: "INVALID_AUTH" });
    expect(held.puts).toHaveLength(2);
    expect(clock.now() - NOW).toBeGreaterThanOrEqual(120_000);
    expect(clock.now() - NOW).toBeLessThan(135_000);
  });

  it("has no grace where there is none", async () => {
    const { push: run, clock } = open({
      behaviour: refusing(HOUR_MS),
      version: { createdAt: NOW },
      lane: { graceMs: 0 },
    });
    expect(await run()).toMatchObject({ errorClass: "rejected" });
    expect(clock.now() - NOW).toBeLessThan(1_000);
  });
});

describe("the guard", () => {
  const check = (changes: Partial<Connection>, seen: Parameters<typeof assertMatchesConfig>[1]) => () =>
    assertMatchesConfig(connection({ name: "a", ...changes }), seen);

  it.each([
    {},
    { type: "openai" },
    { endpoint: "https://api.openai.com/v1/chat/completions" },
    { endpoint: "https://API.openai.com:443/v1/chat/completions/" },
  ])("lets a connection through that is as configured: %j", (changes) => {
    const seen = observation();
    expect(check(changes, seen)()).toBe(seen);
  });

  it("does not read an endpoint that is no URL", () => {
    expect(check({ endpoint: "broker:9092/" }, observation({ endpoint: "broker:9092" }))).not.toThrow();
    expect(check({ endpoint: "not a url" }, observation({ endpoint: "not a url/" }))).not.toThrow();
    expect(check({ endpoint: "not a url" }, observation({ endpoint: "another" }))).toThrow("another");
  });

  it("stops at a connection that is not there", () => {
    expect(check({}, undefined)).toThrow(
      expect.objectContaining({
        errorClass: "not-found",
        message: "There is no connection a in environment prod.",
        response: { httpStatus: 404 },
      }),
    );
  });

  it.each([
    {
      changes: { type: "BEDROCK" },
      message: "a is of type OPENAI, not BEDROCK as configured. Nothing was written.",
    },
    {
      changes: { endpoint: "https://example.com" },
      message:
        "a has the endpoint https://api.openai.com/v1/chat/completions, not https://example.com as configured. Nothing was written.",
    },
  ])("stops at another one: $message", ({ changes, message }) => {
    expect(check(changes, observation({ requestId: "request-3" }))).toThrow(
      expect.objectContaining({
        name: "GuardError",
        message,
        response: { httpStatus: 200, requestId: "request-3" },
      }),
    );
  });
});
