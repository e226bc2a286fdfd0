import { describe, expect, it } from "vitest";
import { failureOf, update } from "./client.ts";
import { inTurn } from "./replies-in-turn.ts";

const DATE = "Sat, 21 Mar 2026 11:00:00 GMT";

describe("a 429", () => {
  it.each([
    ["with seconds", { "retry-after": "7" }, 7_000],
    [
      "with a date from a server whose clock is an hour ahead",
      { "retry-after": "Sat, 21 Mar 2026 11:00:09 GMT", date: DATE },
      9_000,
    ],
    ["with a reset", { "x-ratelimit-reset": "3" }, 3_000],
    ["with seconds, and a reset", { "retry-after": "7", "x-ratelimit-reset": "3" }, 7_000],
    ["without a header", {}, 375],
    ["with text", { "retry-after": "a moment" }, 375],
    ["with a Unix timestamp as reset", { "x-ratelimit-reset": "1774087200" }, 375],
    ["with zero seconds", { "retry-after": "0" }, 100],
    ["with a date in the past", { "retry-after": "Thu, 01 Jan 1970 00:00:00 GMT" }, 375],
  ])("%s is retried after the delay", async (_what, headers, pauseMs) => {
    const { api, sentAt } = await inTurn([{ status: 429, headers }]);
    await expect(api.get("a")).resolves.toMatchObject({ name: "a" });
    expect(sentAt()).toEqual([0, pauseMs]);
  });

  it("to a PUT is retried, since the PUT was not applied", async () => {
    const { api, sentAt } = await inTurn([{ status: 429, headers: { "retry-after": "2" } }]);
    await expect(api.put(update())).resolves.toMatchObject({ httpStatus: 200 });
    expect(sentAt()).toEqual([0, 2_000]);
  });

  it("pauses all requests to the host, in every environment", async () => {
    const { api, clock, connect, sentAt } = await inTurn([{ status: 429, headers: { "retry-after": "7" } }]);
    const other = connect({ environmentId: "env-2" });
    const first = api.get("a");
    await clock.sleep(1_000);
    await Promise.all([first, other.get("b"), other.put(update()), api.get("c")]);
    expect(sentAt()).toEqual([0, 7_000, 7_000, 7_000, 7_000]);
  });

  it.each([
    ["a day of seconds", { "retry-after": "86400" }],
    ["more seconds than a number can hold", { "retry-after": "9".repeat(400) }],
    ["a date in another century", { "retry-after": "Fri, 01 Jan 2100 00:00:00 GMT" }],
  ])("that requests %s fails at once with class throttled", async (_what, headers) => {
    const { api, clock, sentAt } = await inTurn([{ status: 429, headers }]);
    const startedAt = clock.now();
    expect(await failureOf(api.get("a"))).toMatchObject({
      errorClass: "throttled",
      response: { httpStatus: 429 },
    });
    expect(clock.now()).toBe(startedAt);
    expect(sentAt()).toHaveLength(1);
  });

  it("that is repeated until the deadline has class throttled, after growing delays", async () => {
    const replies = Array.from({ length: 100 }, () => ({ status: 429 }));
    const { api, clock, sentAt } = await inTurn(replies, { remainingMs: 60_000 });
    const deadlineAt = clock.now() + 60_000;
    expect(await failureOf(api.get("a"))).toMatchObject({ errorClass: "throttled" });
    expect(sentAt().slice(0, 5)).toEqual([0, 375, 1_125, 2_625, 5_625]);
    expect(clock.now()).toBeLessThanOrEqual(deadlineAt);
  });

  it("just before the deadline has class throttled, not timeout", async () => {
    const { api } = await inTurn([{ status: 429, headers: { "retry-after": "1" } }], { remainingMs: 1_000 });
    expect(await failureOf(api.get("a"))).toMatchObject({ errorClass: "throttled" });
  });
});

describe("the X-RateLimit headers of a response", () => {
  const left = (remaining: number, reset: number, limit = 50) => ({
    status: 200,
    headers: {
      "x-ratelimit-limit": String(limit),
      "x-ratelimit-remaining": String(remaining),
      "x-ratelimit-reset": String(reset),
    },
  });

  it("are respected", async () => {
    const { api, sentAt } = await inTurn([left(1, 5)]);
    await api.get("a");
    await Promise.all([api.get("a"), api.get("a")]);
    expect(sentAt()).toEqual([0, 0, 5_000]);
  });

  it("count from the time of the request, even after a slow response", async () => {
    const { api, clock, sentAt } = await inTurn([{ status: 200 }, { ...left(0, 1, 2), takesMs: 500 }]);
    await api.get("a");
    await clock.sleep(800);
    await api.get("a");
    await api.get("a");
    expect(sentAt()).toEqual([0, 800, 1_300]);
  });

  it("are ignored if the reset is a Unix timestamp", async () => {
    const { api, sentAt } = await inTurn([left(0, 1_774_087_200)]);
    await api.get("a");
    await api.get("a");
    expect(sentAt()).toEqual([0, 0]);
  });
});
