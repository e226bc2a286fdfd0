import { describe, expect, it } from "vitest";
import { mostWithin } from "../support/rate-limiter.ts";
import { serve } from "../support/server.ts";
import { clientOf, failureOf } from "./client.ts";
import { inTurn, SHOWN } from "./replies-in-turn.ts";

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
