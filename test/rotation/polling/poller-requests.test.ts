import { describe, expect, it } from "vitest";
import { NOW } from "../../support/builders.ts";
import { namesOf, never, openPoller as open, readyWhenSeen } from "../../support/poller.ts";

describe("the poller", () => {
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

  it("polls connections with one request at once if their check says that they are due now", async () => {
    const { clock, confluent, watch } = open([0, 0, 0]);
    const check = { ...readyWhenSeen, nextReadAt: () => clock.now() };
    const watched = await Promise.all(namesOf(3).map((name) => watch(name, { check })));
    expect(watched.map(({ verdict, afterMs }) => [verdict, afterMs])).toEqual(Array(3).fill(["ready", 0]));
    expect(confluent.requests.map(({ method }) => method)).toEqual(["LIST"]);
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
