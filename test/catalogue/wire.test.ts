import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { type Handle, startGateway } from "../support/gateway.ts";
import { mostWithin } from "../support/rate-limiter.ts";
import { startWorld, type World, type WorldOptions } from "../support/world.ts";

const SCHEDULE = { trigger: "schedule" };
const WITHOUT_CANARY = { rollout: { canary: false } };

const connectionsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, secret: "openai" }));

/** A world whose function reaches Confluent through a gateway, with the time of each request. */
async function startBehind(
  handle: Handle,
  options: WorldOptions,
): Promise<{ world: World; times: readonly number[] }> {
  const times: number[] = [];
  const restEndpoint = await startGateway(
    () => world.confluent.url,
    (request, forward) => {
      times.push(world.clock.now());
      return handle(request, forward);
    },
  );
  const world: World = await startWorld({ ...options, restEndpoint });
  world.aws.putSecret("openai", "new");
  return { world, times };
}

const list = z.looseObject({ data: z.array(z.looseObject({})), metadata: z.looseObject({}) });

describe("over HTTP", () => {
  it("row 39: redirects count as requests, in the report and for the rate limit", async () => {
    const { world, times } = await startBehind(
      ({ path }, forward) => {
        const url = new URL(path, "http://gateway");
        if (url.pathname.startsWith("/moved")) return forward(path.replace("/moved", ""));
        return { status: 307, headers: { location: `/moved${path}` }, body: "" };
      },
      { connections: connectionsOf(60), config: WITHOUT_CANARY },
    );
    const report = await world.invoke(SCHEDULE);
    expect(report).toMatchObject({ outcome: "succeeded", counts: { ready: 60 }, requests: times.length });
    expect(times.length).toBeGreaterThan(120);
    expect(mostWithin(1_000, times)).toBeLessThanOrEqual(50);
  });

  it("row 39: a list whose next page is itself does not loop", async () => {
    const requests: string[] = [];
    const { world } = await startBehind(
      async ({ method, path }, forward) => {
        const url = new URL(path, "https://flink.example.com");
        const isList = url.search !== "";
        requests.push(isList ? "LIST" : method);
        url.searchParams.delete("page_token");
        const response = await forward(`${url.pathname}${url.search}`);
        if (!isList) return response;
        const { data, metadata } = list.parse(JSON.parse(String(response.body)));
        url.searchParams.set("page_token", "same");
        return { ...response, body: JSON.stringify({ data, metadata: { ...metadata, next: url.href } }) };
      },
      { connections: connectionsOf(120), config: WITHOUT_CANARY },
    );
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 120 } });
    const beforePuts = requests.slice(0, requests.indexOf("PUT"));
    expect(beforePuts.filter((request) => request === "LIST")).toHaveLength(2);
  });

  it.each([403, 500])(
    "row 39: a LIST that is always answered with %i is replaced by GETs",
    async (status) => {
      const world = await startWorld({ connections: connectionsOf(3) });
      world.aws.putSecret("openai", "new");
      world.confluent.fail({ method: "LIST", times: 1_000, fault: { kind: "status", status } });
      expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 3 } });
    },
  );

  it("row 39: a LIST without status is replaced by GETs", async () => {
    const { world } = await startBehind(
      async ({ method, path }, forward) => {
        const response = await forward();
        if (method !== "GET" || !path.includes("?")) return response;
        const { data, metadata } = list.parse(JSON.parse(String(response.body)));
        const withoutStatus = data.map(({ status: _status, ...rest }) => rest);
        return { ...response, body: JSON.stringify({ data: withoutStatus, metadata }) };
      },
      { connections: connectionsOf(5), config: WITHOUT_CANARY },
    );
    expect(await world.invoke(SCHEDULE)).toMatchObject({ outcome: "succeeded", counts: { ready: 5 } });
  });

  it("row 9: a 200 that announces an exhausted quota for ten minutes does not end the run", async () => {
    const { world } = await startBehind(
      async (_request, forward) => {
        const headers = {
          "x-ratelimit-limit": "50",
          "x-ratelimit-remaining": "0",
          "x-ratelimit-reset": "600",
        };
        return { ...(await forward()), headers };
      },
      { connections: connectionsOf(3) },
    );
    const startedAt = world.clock.now();
    expect(await world.invoke(SCHEDULE, 300_000)).toMatchObject({
      outcome: "succeeded",
      counts: { ready: 3 },
    });
    expect(world.clock.now() - startedAt).toBeLessThan(60_000);
  });

  it("row 11: a compressed error body without Content-Encoding is read", async () => {
    const error = { errors: [{ status: "400", detail: "The endpoint is not allowed." }] };
    const { world } = await startBehind(
      ({ method }, forward) =>
        method === "PUT" ? { status: 400, headers: {}, body: gzipSync(JSON.stringify(error)) } : forward(),
      { connections: connectionsOf(1) },
    );
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(rejected)");
    expect(world.aws.published()[0]?.message).toContain("The endpoint is not allowed.");
  });

  it("row 11: a compressed body of 160 MB is not decompressed", async () => {
    const { world } = await startBehind(
      () => ({ status: 200, headers: {}, body: gzipSync(Buffer.alloc(160_000_000, " ")) }),
      { connections: connectionsOf(1) },
    );
    await expect(world.invoke(SCHEDULE)).rejects.toThrow("(service)");
    expect(world.aws.published()[0]?.message).toContain("larger than 8 MiB");
  });
});
