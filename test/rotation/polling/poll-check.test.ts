import { describe, expect, it } from "vitest";
import type { PollCheck } from "../../../src/rotation/polling/poller.ts";
import { NOW } from "../../support/builders.ts";
import { never, openPoller, readyWhenSeen } from "../../support/poller.ts";

/** How long after now a connection is read first, and it and others are waited for. */
async function firstReadAfterMs(
  { clock, confluent, watch }: ReturnType<typeof openPoller>,
  name: string,
  check: PollCheck,
): Promise<number> {
  const startedAt = clock.now();
  const before = confluent.requests.length;
  await watch(name, { check, forMs: 20_000 });
  const own = confluent.requests.slice(before).find((request) => request.name === name);
  return (own?.sentAt ?? Number.NaN) - startedAt;
}

describe("the check of a connection that is polled", () => {
  it("may call a state outdated, which is then ignored", async () => {
    const outdatedWhilePending: PollCheck = {
      ...readyWhenSeen,
      verdictOn: ({ phase }) => (phase === "PENDING" ? "outdated" : "ready"),
    };
    const { verdict, phases } = await openPoller([400]).watch("c0", { check: outdatedWhilePending });
    expect({ verdict, phases }).toEqual({ verdict: "ready", phases: ["READY"] });
  });

  it("says whether the time until its verdict tells how long others take", async () => {
    for (const [hasJudged, minMs, maxMs] of [
      [true, 1_500, 2_000],
      [false, 0, 300],
    ] as const) {
      const poller = openPoller([2_000, 600_000]);
      await poller.watch("c0", { check: { ...readyWhenSeen, hasJudged } });
      const waitedMs = await firstReadAfterMs(poller, "c1", never);
      expect(waitedMs).toBeGreaterThanOrEqual(minMs);
      expect(waitedMs).toBeLessThanOrEqual(maxMs);
    }
  });

  it("is asked early if it knows when the next read may tell something, however long others took", async () => {
    const poller = openPoller([20_000, 600_000]);
    await poller.watch("c0");
    const check: PollCheck = { ...never, nextReadAt: (now) => now };
    expect(await firstReadAfterMs(poller, "c1", check)).toBeLessThanOrEqual(300);
  });

  it("does not hold up the first read of others while its phase only has to last", async () => {
    const poller = openPoller([600_000, 600_000], {}, 3);
    const lasting: PollCheck = { ...never, nextReadAt: (now) => now + 1_000 };
    await poller.watch("c0", { check: lasting, forMs: 10_000 });
    expect(await firstReadAfterMs(poller, "c1", never)).toBeLessThanOrEqual(500);
  });

  it("fails for all connections if it throws an unexpected error", async () => {
    const { clock, watch } = openPoller([600_000, 600_000]);
    const nextReadAt = (now: number) => {
      if (now > NOW + 1_000) throw new TypeError("a bug");
      return undefined;
    };
    const all = await Promise.allSettled([watch("c0"), watch("c1", { check: { ...never, nextReadAt } })]);
    expect(all).toMatchObject([{ reason: { message: "a bug" } }, { reason: { message: "a bug" } }]);
    expect(clock.now()).toBeLessThan(NOW + 2_000);
  });
});

describe("a connection that is polled", () => {
  it.each([10, 80])("is read at least once, even if there are only %i ms", async (forMs) => {
    expect(await openPoller([0]).watch("c0", { forMs })).toMatchObject({ verdict: "ready" });
  });

  it("has no error if only a page with others could not be read", async () => {
    const names = Array.from({ length: 120 }, (_, index) => `c${index}`);
    let lists = 0;
    const { watch } = openPoller(Array(120).fill(600_000), {
      fault: ({ method, name }) => {
        lists += method === "LIST" ? 1 : 0;
        return name !== undefined || (method === "LIST" && lists % 2 === 0) ? "service" : undefined;
      },
    });
    const watched = await Promise.all(names.map((name) => watch(name, { check: never, forMs: 150 })));
    const [first, last] = [watched[0], watched.at(-1)];
    expect(first).toMatchObject({ state: { phase: "PENDING" } });
    expect(first).not.toHaveProperty("error");
    expect(last).toMatchObject({ error: { errorClass: "service" } });
  });
});
