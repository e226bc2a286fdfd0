import { describe, expect, it, vi } from "vitest";
import { RotationError, UnauthorizedError } from "../../../src/rotation/errors.ts";
import type { PollCheck } from "../../../src/rotation/polling/poller.ts";
import { NOW } from "../../support/builders.ts";
import { namesOf, openPoller as open, readyWhenSeen } from "../../support/poller.ts";

describe("the poller", () => {
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

  it.each([1, 2])("neither polls nor sleeps once all connections have failed (%i pending)", async (count) => {
    const { clock, confluent, watch } = open(Array(count).fill(0), { fault: () => "unauthorized" });
    const sleep = vi.spyOn(clock, "sleep");
    await expect(Promise.all(namesOf(count).map((name) => watch(name)))).rejects.toThrow(UnauthorizedError);
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
});
