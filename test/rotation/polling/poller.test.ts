import { describe, expect, it, vi } from "vitest";
import { RotationError, UnauthorizedError } from "../../../src/rotation/errors.ts";
import { type PollCheck, Poller } from "../../../src/rotation/polling/poller.ts";
import { ConnectionReader } from "../../../src/rotation/polling/reader.ts";
import { PollSchedule } from "../../../src/rotation/polling/schedule.ts";
import { flinkApiKey, NOW } from "../../support/builders.ts";
import { never, openPoller as open, readyWhenSeen } from "../../support/poller.ts";

describe("the poller", () => {
  it("gives the verdict soon after the phase has changed, with the last state", async () => {
    const { watch } = open([5_000]);
    const { verdict, state, afterMs, phases } = await watch("c0");
    expect(verdict).toBe("ready");
    expect(state).toMatchObject({ name: "c0", phase: "READY" });
    expect(afterMs).toBeGreaterThanOrEqual(5_000);
    expect(afterMs).toBeLessThan(5_500);
    expect(phases).toEqual(["PENDING", "READY"]);
  });

  it("polls less and less often", async () => {
    const { confluent, watch } = open([600_000]);
    await watch("c0", { forMs: 300_000 });
    const sent = confluent.requests.map(({ sentAt }) => sentAt);
    const pauses = sent.slice(1).map((at, index) => at - (sent[index] ?? 0));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(pauses[0]).toBeLessThan(200);
    expect(pauses.at(-1)).toBe(10_000);
  });

  it("ends without a verdict as soon as the time is up", async () => {
    const { watch } = open([60_000]);
    const { verdict, state, afterMs } = await watch("c0", { forMs: 7_123 });
    expect(verdict).toBeUndefined();
    expect(state).toMatchObject({ phase: "PENDING" });
    expect(afterMs).toBe(7_123);
  });

  it("does not sleep once nothing is pending", async () => {
    const { clock, watch } = open([60_000]);
    const sleep = vi.spyOn(clock, "sleep");
    await watch("c0", { forMs: 500 });
    expect(Math.max(...sleep.mock.calls.map(([ms]) => ms))).toBeLessThanOrEqual(500);
  });

  it("ends in time even if no request is ever answered", async () => {
    const { watch } = open([0], { fault: () => "hang" });
    expect(await watch("c0", { forMs: 3_000 })).toEqual({ afterMs: 3_000, phases: [] });
  });

  it("reads many connections with one request", async () => {
    const { confluent, watch } = open([400, 400, 400, 400]);
    const watched = await Promise.all(["c0", "c1", "c2", "c3"].map((name) => watch(name)));
    expect(watched.map(({ verdict }) => verdict)).toEqual(["ready", "ready", "ready", "ready"]);
    expect(new Set(confluent.requests.map(({ method }) => method))).toEqual(new Set(["LIST"]));
  });

  it("needs few requests for many connections", async () => {
    const requestsFor = async (count: number) => {
      const { confluent, watch } = open(Array(count).fill(2_000));
      await Promise.all(namesOf(count).map((name) => watch(name)));
      return confluent.requests.length;
    };
    expect(await requestsFor(90)).toBeLessThanOrEqual((await requestsFor(1)) + 1);
  });

  it("is not held up by a request that hangs", async () => {
    const count = 101;
    const { watch } = open(Array(count).fill(2_000), {
      fault: ({ method, name }) => (method === "GET" && name === "c100" ? "hang" : undefined),
    });
    const names = namesOf(count);
    const watched = await Promise.all(names.map((name) => watch(name, { forMs: 20_000 })));
    const others = watched.slice(0, -1).map(({ afterMs }) => afterMs);
    expect(Math.max(...others)).toBeLessThan(3_000);
    expect(watched.at(-1)).toMatchObject({ afterMs: 20_000 });
  });

  it("gives each connection its own verdict at its own time", async () => {
    const { watch } = open([10_000, 100, 0]);
    const watched = await Promise.all([
      watch("c0"),
      watch("c1"),
      watch("c2", { check: never, forMs: 1_000 }),
    ]);
    expect(watched.map(({ verdict }) => verdict)).toEqual(["ready", "ready", undefined]);
    const [slow = 0, fast = 0, hopeless = 0] = watched.map(({ afterMs }) => afterMs);
    expect(fast).toBeLessThan(1_000);
    expect(hopeless).toBe(1_000);
    expect(slow).toBeGreaterThanOrEqual(10_000);
  });

  it("accepts a further connection while it waits", async () => {
    const { clock, watch } = open([60_000, 0]);
    const first = watch("c0", { forMs: 50_000 });
    await clock.sleep(30_000);
    const { afterMs } = await watch("c1");
    expect(afterMs).toBeLessThan(30_500);
    expect(await first).toMatchObject({ afterMs: 50_000 });
  });

  it("can be used again after nothing was pending", async () => {
    const { clock, watch } = open([0]);
    await watch("c0");
    await clock.sleep(60_000);
    expect(await watch("c0")).toMatchObject({ verdict: "ready" });
  });

  it("reports a phase only when it changes", async () => {
    const { phases } = await open([600_000]).watch("c0");
    expect(phases).toEqual(["PENDING"]);
  });

  it.each([1, 2])(
    "goes on if a request fails, and forgets the error once the next succeeds (%i pending)",
    async (count) => {
      const { watch } = open(Array(count).fill(400), {
        fault: ({ sentAt }) => (sentAt < NOW + 300 ? "service" : undefined),
      });
      const all = await Promise.all(namesOf(count).map((name) => watch(name)));
      for (const { verdict, error, afterMs } of all) {
        expect(verdict).toBe("ready");
        expect(error).toBeUndefined();
        expect(afterMs).toBeLessThan(1_000);
      }
    },
  );

  it.each([1, 2])("says why nothing could be read in time (%i pending)", async (count) => {
    const { watch } = open(Array(count).fill(0), { fault: () => "service" });
    const all = await Promise.all(namesOf(count).map((name) => watch(name, { forMs: 5_000 })));
    for (const { error, state } of all) {
      expect(error).toMatchObject({ errorClass: "service" });
      expect(state).toBeUndefined();
    }
  });

  it.each([1, 2])(
    "sends one request at a time while responses are slow and fail (%i pending)",
    async (count) => {
      const { confluent, watch } = open(Array(count).fill(0), {
        latencyMs: () => 1_000,
        fault: () => "service",
      });
      await Promise.all(namesOf(count).map((name) => watch(name, { forMs: 40_000 })));
      expect(confluent.requests.length).toBeLessThanOrEqual(16 * count);
    },
  );

  it("polls again after the response to a request that was sent too early", async () => {
    let latencyMs = 10;
    const { clock, watch } = open([0, 0], { latencyMs: () => latencyMs });
    const first = ["c0", "c1"].map((name) => watch(name, { check: never, forMs: 5_000 }));
    await clock.sleep(3_000);
    latencyMs = 10_000;
    await Promise.all(first);
    latencyMs = 10;
    const again = await Promise.all(["c0", "c1"].map((name) => watch(name, { forMs: 300_000 })));
    expect(again.map(({ verdict }) => verdict)).toEqual(["ready", "ready"]);
    expect(clock.now() - NOW).toBeLessThan(30_000);
  });

  it("goes on after a connection whose time was up before it began", async () => {
    const { watch } = open([0, 0]);
    await watch("c0", { forMs: 0 });
    expect(await watch("c1")).toMatchObject({ verdict: "ready" });
  });

  it("counts the time of a slow response as part of the delay", async () => {
    const { confluent, watch } = open([600_000], { latencyMs: () => 500 });
    await watch("c0", { forMs: 10_000 });
    expect(confluent.requests.length).toBeGreaterThanOrEqual(10);
  });

  it("polls connections together that are due soon, and no others", async () => {
    const { clock, confluent, watch } = open([600_000, 600_000, 600_000]);
    const first = watch("c0", { forMs: 90_000 });
    await clock.sleep(60_000);
    const before = confluent.requests.length;
    await Promise.all([watch("c1", { forMs: 500 }), watch("c2", { forMs: 500 })]);
    const later = confluent.requests.slice(before);
    expect(new Set(later.map(({ method }) => method))).toEqual(new Set(["LIST"]));
    expect(later.length).toBeLessThanOrEqual(5);
    await first;
  });

  it("does not poll a connection earlier because a page that was read for others showed it", async () => {
    const { clock, confluent, watch } = open([2_000, 600_000, 600_000, 600_000]);
    await watch("c0");
    const others = ["c1", "c2"].map((name) => watch(name, { forMs: 12_000 }));
    await clock.sleep(10_000);
    const startedAt = clock.now();
    await watch("c3", { forMs: 3_900 });
    const polls = confluent.requests.filter(
      ({ sentAt }) => sentAt >= startedAt && sentAt < startedAt + 1_900,
    );
    expect(polls.length).toBeGreaterThan(0);
    expect(polls.length).toBeLessThanOrEqual(6);
    await Promise.all(others);
  });

  it("ends in time for a connection that is not due until later", async () => {
    const { clock, watch } = open([2_000, 600_000, 600_000]);
    await watch("c0");
    const other = watch("c1", { forMs: 90_000 });
    await clock.sleep(80_000);
    const startedAt = clock.now() - NOW;
    expect((await watch("c2", { forMs: 500 })).afterMs - startedAt).toBe(500);
    await other;
  });

  it("polls the next connection later if it knows how long one took", async () => {
    const { clock, confluent, watch } = open([2_000, 600_000]);
    await watch("c0");
    const startedAt = clock.now();
    await watch("c1", { forMs: 5_000 });
    const firstAt = confluent.requests.find(({ name }) => name === "c1")?.sentAt ?? 0;
    expect(firstAt - startedAt).toBeGreaterThan(1_500);
    expect(firstAt - startedAt).toBeLessThanOrEqual(2_000);
  });

  it("polls no connection that was written later than others that are still pending, while it writes", async () => {
    const { clock, confluent, watch } = open([3_000, 600_000], {}, 3);
    const first = watch("c0");
    await clock.sleep(1_000);
    await Promise.all([first, watch("c1", { forMs: 20_000 })]);
    const later = confluent.requests.filter(({ method, name }) => method === "LIST" || name === "c1");
    expect((later[0]?.sentAt ?? 0) - NOW).toBeGreaterThanOrEqual(1_000 + 2_700);
  });

  it("polls a connection before half of its time is up, however long others took", async () => {
    const { clock, confluent, watch } = open([2_000, 600_000]);
    await watch("c0");
    const startedAt = clock.now();
    expect(await watch("c1", { forMs: 1_000 })).toMatchObject({ state: { phase: "PENDING" } });
    expect(confluent.requests.find(({ name }) => name === "c1")?.sentAt).toBeLessThanOrEqual(startedAt + 500);
  });

  it("polls within five seconds even if others have been pending for longer", async () => {
    const { clock, confluent, watch } = open([600_000, 600_000]);
    await watch("c0", { forMs: 60_000 });
    const startedAt = clock.now();
    await watch("c1", { forMs: 12_000 });
    const firstAt = confluent.requests.find(({ name }) => name === "c1")?.sentAt ?? 0;
    expect(firstAt - startedAt).toBeLessThanOrEqual(5_000);
  });

  it("needs no listener for phases", async () => {
    const { clock, confluent } = open([400]);
    const poller = new Poller(new ConnectionReader(confluent.api(flinkApiKey())), clock, new PollSchedule(0));
    const watched = await poller.waitUntilSettled({ name: "c0", check: readyWhenSeen, untilAt: NOW + 5_000 });
    expect(watched).toMatchObject({ verdict: "ready" });
  });

  it("keeps the last state beside a later error", async () => {
    const { watch } = open([60_000], {
      fault: ({ sentAt }) => (sentAt > NOW + 1_000 ? "service" : undefined),
    });
    const { error, state } = await watch("c0", { forMs: 5_000 });
    expect(state).toMatchObject({ phase: "PENDING" });
    expect(error).toBeInstanceOf(RotationError);
  });

  it("says that a connection no longer exists", async () => {
    const { watch } = open([]);
    const { error } = await watch("c0", { forMs: 1_000 });
    expect(error).toMatchObject({
      errorClass: "not-found",
      message: "c0 no longer exists. It did when its key was put.",
    });
  });

  it.each([1, 2])(
    "fails for all connections if the rotator's API key is refused (%i pending)",
    async (count) => {
      const { clock, watch } = open(Array(count).fill(0), { fault: () => "unauthorized" });
      const all = await Promise.allSettled(namesOf(count).map((name) => watch(name)));
      for (const result of all) expect(result).toMatchObject({ reason: expect.any(UnauthorizedError) });
      expect(clock.now()).toBeLessThan(NOW + 1_000);
    },
  );

  it("neither polls nor sleeps once all connections have failed", async () => {
    const { clock, confluent, watch } = open([0], { fault: () => "unauthorized" });
    const sleep = vi.spyOn(clock, "sleep");
    await expect(watch("c0")).rejects.toThrow(UnauthorizedError);
    expect(sleep.mock.calls.at(-1)?.[1]?.aborted).toBe(true);
    await clock.sleep(60_000);
    expect(confluent.requests).toHaveLength(1);
  });

  it("fails for all connections on an unexpected error", async () => {
    const { watch } = open([0, 0]);
    const check: PollCheck = {
      ...readyWhenSeen,
      verdictOn: () => {
        throw new TypeError("a bug");
      },
    };
    const all = await Promise.allSettled([watch("c0", { check }), watch("c1", { check })]);
    expect(all).toMatchObject([{ reason: { message: "a bug" } }, { reason: { message: "a bug" } }]);
  });

  it("ignores the response to a request that was sent before the connection was written", async () => {
    const { clock, watch } = open([600_000, 600_000, 0], { latencyMs: () => 1_000 });
    const others = [watch("c0", { forMs: 10_000 }), watch("c1", { forMs: 10_000 })];
    await clock.sleep(1_500);
    const { verdict, afterMs } = await watch("c2");
    expect(verdict).toBe("ready");
    expect(afterMs).toBeGreaterThanOrEqual(3_500);
    await Promise.all(others);
  });
});

function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `c${index}`);
}
