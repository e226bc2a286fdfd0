import { describe, expect, it } from "vitest";
import { COLLECTION, call, connection, get, sandboxWith, shown } from "./client.ts";

describe("rate limits of the Confluent stand-in", () => {
  it("admit a number of requests per second and return Retry-After", async () => {
    const { sandbox, clock } = await sandboxWith({ limits: { perSecond: 2 } }, connection());
    expect((await get(sandbox)).headers).toMatchObject({
      "x-ratelimit-limit": "2",
      "x-ratelimit-remaining": "1",
      "x-ratelimit-reset": "1",
    });
    clock.advance(600);
    expect((await get(sandbox)).status).toBe(200);
    clock.advance(399);
    const refused = await get(sandbox);
    expect(refused).toMatchObject({
      status: 429,
      headers: { "retry-after": "1", "x-ratelimit-remaining": "0" },
    });
    expect(refused.headers["x-request-id"]).toBe("request-3");
    clock.advance(1);
    expect((await get(sandbox)).status).toBe(200);
    expect((await get(sandbox)).status).toBe(429);
  });

  it("admit a number of requests per minute", async () => {
    const { sandbox, clock } = await sandboxWith({ limits: { perSecond: 9, perMinute: 2 } }, connection());
    await get(sandbox);
    clock.advance(10_000);
    await get(sandbox);
    expect(await get(sandbox)).toMatchObject({ status: 429, headers: { "retry-after": "50" } });
    clock.advance(50_000);
    expect((await get(sandbox)).status).toBe(200);
  });

  it("admit a number of concurrent requests", async () => {
    const { sandbox } = await sandboxWith({ limits: { concurrent: 1 } }, connection({ hang: true }));
    const giveUp = new AbortController();
    const hanging = call(sandbox, `${COLLECTION}/openai`, { signal: giveUp.signal });
    const ended = expect(hanging).rejects.toThrow();
    while (sandbox.requests.length === 0) await new Promise(setImmediate);
    expect(await call(sandbox, COLLECTION)).toMatchObject({ status: 429, headers: { "retry-after": "1" } });
    giveUp.abort();
    await ended;
    let status = 429;
    while (status === 429) status = (await call(sandbox, COLLECTION)).status;
    expect(status).toBe(200);
  });

  it("can be enforced without X-RateLimit headers", async () => {
    const { sandbox } = await sandboxWith({ limits: { perSecond: 0, rateLimitHeaders: false } });
    const { headers } = await call(sandbox, COLLECTION);
    expect([headers["retry-after"], headers["x-ratelimit-limit"]]).toEqual(["0", undefined]);
  });

  it("are off by default, and so are their headers", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    await shown(sandbox);
    expect(Object.keys((await get(sandbox)).headers).filter((name) => name.includes("rate"))).toEqual([]);
  });
});
