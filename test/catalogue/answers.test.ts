import { describe, expect, it } from "vitest";
import type { Fault } from "../../src/sandbox/confluent/faults.ts";
import { startWorld, type World } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const ONE = [{ name: "a", secret: "openai" }];
const TWO = [...ONE, { name: "b", secret: "openai" }];

async function startOne(confluent = {}): Promise<World> {
  const world = await startWorld({ connections: ONE, confluent });
  world.aws.putSecret("openai", "new");
  return world;
}

describe("the handling of Confluent's responses", () => {
  it.each([
    ["Retry-After", { "retry-after": "7" }, 7_000],
    ["X-RateLimit-Reset alone", { "x-ratelimit-reset": "7" }, 7_000],
    [
      "a date in Retry-After",
      { date: "Sat, 21 Mar 2026 10:00:00 GMT", "retry-after": "Sat, 21 Mar 2026 10:01:00 GMT" },
      60_000,
    ],
    ["neither header", {}, 100],
    ["an invalid value", { "retry-after": "soon" }, 100],
  ])("row 9: a 429 with %s holds all requests to that host", async (_, headers, leastMs) => {
    const world = await startWorld({ connections: TWO, config: { rollout: { canary: false } } });
    world.aws.putSecret("openai", "new");
    world.confluent.fail({ method: "PUT", fault: { kind: "status", status: 429, headers, body: "empty" } });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 2 } });
    const { requests } = world.confluent;
    const refusedAt = requests.find(({ status }) => status === 429)?.at ?? 0;
    const later = requests.filter(({ at }) => at > refusedAt);
    expect(Math.min(...later.map(({ at }) => at)) - refusedAt).toBeGreaterThanOrEqual(leastMs);
    expect([world.keysPut("a"), world.keysPut("b")]).toEqual([["new"], ["new"]]);
  });

  it("row 9: a 429 that requests a longer wait than the remaining time is alerted as throttled", async () => {
    const world = await startOne();
    const headers = { "retry-after": "99999999" };
    world.confluent.fail({ method: "PUT", fault: { kind: "status", status: 429, headers } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(throttled)");
    expect(world.alertedAfterMs()).toBeLessThan(900_000);
  });

  it.each([500, 502, 503, 504])(
    "row 10: a run survives a temporary %i to the first read, the PUT and the polls",
    async (status) => {
      const world = await startOne({ timeToReadyMs: 1_000 });
      const fault: Fault = { kind: "status", status, body: "html" };
      world.confluent.fail({ method: "GET", times: 2, fault });
      world.confluent.fail({ method: "PUT", times: 2, fault });
      world.confluent.fail({ method: "GET", afterTimes: 6, fault });
      expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
      expect(world.keysPut("a")).toEqual(["new"]);
      expect(world.aws.published()).toEqual([]);
    },
  );

  it.each(["GET", "PUT"] as const)(
    "row 10: a run survives a temporary fault even after a long wait (%s)",
    async (method) => {
      const world = await startOne();
      const headers = { "retry-after": "40" };
      world.confluent.fail({ method, fault: { kind: "status", status: 429, headers } });
      world.confluent.fail({ method, fault: { kind: "status", status: 503 } });
      expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
      expect(world.keysPut("a")).toEqual(["new"]);
    },
  );

  it("row 9: a host that allows one request a second is polled between the PUTs", async () => {
    const connections = Array.from({ length: 20 }, (_, index) => ({ name: `c${index}`, secret: "openai" }));
    const config = { rollout: { canary: false }, timing: { readyTimeoutSeconds: 15 } };
    const world = await startWorld({ connections, config, confluent: { limits: { perSecond: 1 } } });
    world.aws.putSecret("openai", "new");
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 20 } });
    expect(world.confluent.requests.filter(({ status }) => status === 429).length).toBeLessThanOrEqual(1);
  });

  it.each([500, 502, 503, 504])("row 10: a persistent %i is alerted as service", async (status) => {
    const world = await startOne();
    world.confluent.fail({ times: 1_000, fault: { kind: "status", status, body: "empty" } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(service)");
    expect(world.aws.published()[0]?.message).toContain(`${status}`);
    expect(world.alertedAfterMs()).toBeLessThan(40_000);
  });

  it.each<[string, Fault]>([
    ["reset before it was applied", { kind: "reset" }],
    ["reset after it was applied", { kind: "reset", applied: true }],
    ["never answered", { kind: "hang" }],
    ["never answered after it was applied", { kind: "hang", applied: true }],
  ])("row 10: a PUT that is %s is followed by a read and repeated only if needed", async (_, fault) => {
    const world = await startOne();
    world.confluent.fail({ method: "PUT", fault });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.keysPut("a")).toEqual(["new"]);
    const methods = world.confluent.requests.map(({ method }) => method);
    expect(methods.slice(0, 3)).toEqual(["GET", "PUT", "GET"]);
  });

  it("row 10: a PUT that is answered with 503 is repeated after a read, even if another client changed the connection", async () => {
    const world = await startOne();
    world.confluent.fail({ method: "PUT", fault: { kind: "touch" } });
    world.confluent.fail({ method: "PUT", fault: { kind: "status", status: 503 } });
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded" });
    expect(world.keysPut("a")).toEqual(["new"]);
  });

  it.each<[string, Fault]>([
    ["arrives at a byte per second", { kind: "drip" }],
    ["stops halfway", { kind: "stall" }],
    ["never ends", { kind: "huge", bytes: 1e12 }],
    ["has 100 MB", { kind: "huge" }],
  ])("row 11: a response to a PUT or a poll is cut off if it %s", async (_, fault) => {
    const world = await startOne({ timeToReadyMs: 500 });
    world.confluent.fail({ method: "PUT", fault });
    world.confluent.fail({ method: "GET", afterTimes: 2, fault });
    const report = await world.invoke(SCHEDULE);
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 1 } });
    expect(report.durationMs).toBeLessThan(30_000);
    expect(world.keysPut("a")).toEqual(["new"]);
  });

  it.each<Fault & { readonly errorClass: string }>([
    { kind: "stall", errorClass: "timeout" },
    { kind: "hang", errorClass: "timeout" },
    { kind: "huge", errorClass: "service" },
  ])("row 11: reads that always end in the fault $kind are alerted", async ({ errorClass, ...fault }) => {
    const world = await startOne();
    world.confluent.fail({ method: "GET", times: 1_000, fault });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow(`1 of 1 failed (${errorClass})`);
    expect(world.keysPut("a")).toEqual([]);
    expect(world.alertedAfterMs()).toBeLessThan(45_000);
  });

  it("row 15: an error that echoes the request is shown without the key", async () => {
    const world = await startOne();
    world.aws.putSecret("openai", "sk-a-key-that-nobody-may-see");
    world.confluent.fail({ method: "PUT", times: 9, fault: { kind: "status", status: 400, echo: true } });
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(rejected)");
    expect(world.aws.published()[0]?.message).toContain("The request was refused: ");
    expect(world.aws.published()[0]?.message).toContain("[redacted]");
    expect(world.aws.published()[0]?.message).not.toContain("nobody-may-see");
  });
});
