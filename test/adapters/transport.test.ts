import { describe, expect, it } from "vitest";
import { mostWithin } from "../support/rate-limiter.ts";
import { serve } from "../support/server.ts";
import { type Bench, type BenchOptions, clientOf, failureOf, startBench, update } from "./client.ts";

const SHOWN = JSON.stringify({ name: "a", spec: { connection_type: "OPENAI" } });
const DATE = "Sat, 21 Mar 2026 11:00:00 GMT";

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly takesMs?: number;
}

/** The client with a server that sends these replies in turn and then 200. `sentAt` counts from the first request. */
async function inTurn(
  replies: readonly Reply[],
  options: Omit<BenchOptions, "restEndpoint"> = {},
): Promise<Bench & { restEndpoint: string; sentAt: () => number[] }> {
  const times: number[] = [];
  const restEndpoint = await serve(async (_request, response) => {
    const { status, headers = {}, takesMs = 0 } = replies[times.length] ?? { status: 200 };
    times.push(bench.clock.now());
    await bench.clock.serverSide.sleep(takesMs);
    response.writeHead(status, headers).end(status === 200 ? SHOWN : "");
  });
  const bench = clientOf({ restEndpoint, ...options });
  return { ...bench, restEndpoint, sentAt: () => times.map((at) => at - (times[0] ?? 0)) };
}

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

describe("a GET", () => {
  it.each([408, 425, 500, 502, 503, 504, 520])("that is answered with %i is retried", async (status) => {
    const { api, sentAt } = await inTurn([{ status }, { status }]);
    await expect(api.get("a")).resolves.toMatchObject({ name: "a" });
    expect(sentAt()).toEqual([0, 187.5, 562.5]);
  });

  it.each([302, 400, 401, 403])("that is answered with %i is not retried", async (status) => {
    const { api, sentAt } = await inTurn([{ status }]);
    await failureOf(api.get("a"));
    expect(sentAt()).toHaveLength(1);
  });

  it("whose connection breaks is retried", async () => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ fault: { kind: "reset" } });
    await expect(api.get("a")).resolves.toMatchObject({ name: "a" });
    expect(sandbox.requests).toHaveLength(2);
  });

  it("fails after the retry budget if the connection keeps breaking", async () => {
    const { api, sandbox, clock } = await startBench({}, { budgetMs: 5_000 });
    const startedAt = clock.now();
    sandbox.fail({ times: 100, fault: { kind: "reset" } });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "NetworkError", errorClass: "unreachable" });
    expect(clock.now() - startedAt).toBeGreaterThan(2_000);
    expect(clock.now() - startedAt).toBeLessThan(5_000);
  });

  it("fails after the retry budget if the service keeps failing", async () => {
    const { api, sandbox, clock } = await startBench({}, { budgetMs: 5_000 });
    const startedAt = clock.now();
    sandbox.fail({ times: 100, fault: { kind: "status", status: 503 } });
    expect(await failureOf(api.get("a"))).toMatchObject({
      errorClass: "service",
      response: { httpStatus: 503 },
    });
    expect(clock.now() - startedAt).toBeLessThan(5_000);
  });

  it("is not retried after a permanent error", async () => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ times: 100, fault: { kind: "huge" } });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "NetworkError", errorClass: "service" });
    expect(sandbox.requests).toHaveLength(1);
  });

  it("is not retried beyond the deadline", async () => {
    const { api, sandbox, clock } = await startBench({}, { remainingMs: 3_000 });
    const deadlineAt = clock.now() + 3_000;
    sandbox.fail({ times: 100, fault: { kind: "reset" } });
    await failureOf(api.get("a"));
    expect(clock.now()).toBeLessThan(deadlineAt);
  });

  it("is not sent after the deadline", async () => {
    const { api, sandbox } = await startBench({}, { remainingMs: 0 });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "OutOfTimeError", errorClass: "timeout" });
    expect(sandbox.requests).toEqual([]);
  });

  it("times out at the deadline", async () => {
    const { api, sandbox } = await startBench({}, { remainingMs: 100 });
    sandbox.fail({ fault: { kind: "hang" } });
    expect(await failureOf(api.get("a"))).toMatchObject({ name: "NetworkError", errorClass: "timeout" });
  });
});

describe("a redirect", () => {
  it("counts for the rate limit of its host", async () => {
    const times: number[] = [];
    const restEndpoint = await serve(({ url = "" }, response) => {
      times.push(client.clock.now());
      if (url.endsWith("/moved")) response.end(SHOWN);
      else response.writeHead(307, { location: `${url}/moved` }).end();
    });
    const client = clientOf({ restEndpoint });
    await Promise.all(Array.from({ length: 40 }, () => client.api.get("a")));
    expect(times).toHaveLength(80);
    expect(mostWithin(1_000, times)).toBeLessThanOrEqual(50);
  });

  it("is retried after a 429 from its target and delays no other request", async () => {
    const target = await inTurn([{ status: 429, headers: { "retry-after": "7" } }]);
    const restEndpoint = await serve(({ url = "" }, response) => {
      if (url.endsWith("/b")) response.end(SHOWN);
      else response.writeHead(307, { location: `${target.restEndpoint}${url}` }).end();
    });
    const { api, clock } = clientOf({ restEndpoint, clock: target.clock });
    const startedAt = clock.now();
    const redirected = failureOf(api.get("a"));
    await clock.sleep(1_000);
    await expect(api.get("b")).resolves.toMatchObject({ name: "a" });
    expect(clock.now() - startedAt).toBe(1_000);
    expect((await redirected).message).toContain("is not a Confluent host");
    expect(target.sentAt()).toEqual([0, 7_000]);
  });

  it("shares the timeout of its request", async () => {
    let requests = 0;
    const restEndpoint = await serve(async (_request, response) => {
      requests += 1;
      await client.clock.serverSide.sleep(3_000);
      response.writeHead(307, { location: "/next" }).end();
    });
    const client = clientOf({ restEndpoint, budgetMs: 0 });
    expect(await failureOf(client.api.get("a"))).toMatchObject({ errorClass: "timeout" });
    expect(requests).toBe(4);
  });
});
