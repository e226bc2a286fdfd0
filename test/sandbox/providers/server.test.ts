import { describe, expect, it, onTestFinished } from "vitest";
import { startProviders } from "../../../src/sandbox/providers/server.ts";

async function start() {
  const sandbox = await startProviders({ accepts: (key) => key === "good" });
  onTestFinished(() => sandbox.close());
  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${sandbox.url}${path}`, { headers });
  const order = (fault: unknown) =>
    fetch(`${sandbox.url}/_sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
  return { ...sandbox, get, order };
}

describe("the stand-in for the providers", () => {
  it("distinguishes providers by path and headers", async () => {
    const { get, calls } = await start();
    expect((await get("/v1/models", { authorization: "Bearer good" })).status).toBe(200);
    expect((await get("/v1/models", { "x-api-key": "bad" })).status).toBe(401);
    expect((await get("/v1/models")).status).toBe(401);
    expect((await get("/elsewhere")).status).toBe(404);
    expect(calls.map(({ provider, key }) => [provider, key])).toEqual([
      ["OPENAI", "good"],
      ["ANTHROPIC", "bad"],
      ["OPENAI", ""],
      [undefined, undefined],
    ]);
  });

  it("returns a configured response to the provider's next requests", async () => {
    const { get, order } = await start();
    expect((await order({ provider: "OPENAI", status: 429, body: "{}", times: 2 })).status).toBe(200);
    expect((await get("/v1/models", { "x-api-key": "good" })).status).toBe(200);
    const statuses = [];
    for (let count = 0; count < 3; count += 1)
      statuses.push((await get("/v1/models", { authorization: "Bearer good" })).status);
    expect(statuses).toEqual([429, 429, 200]);
  });

  it("clears the configured responses on a DELETE", async () => {
    const { url, get, order } = await start();
    await order({ status: 429 });
    expect((await fetch(`${url}/_sandbox/faults`, { method: "DELETE" })).status).toBe(200);
    expect((await get("/v1/models", { authorization: "Bearer good" })).status).toBe(200);
  });

  it("rejects an invalid configuration of a response", async () => {
    const { order } = await start();
    const response = await order({ provider: "OPENAI", statuss: 429 });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("statuss");
  });
});
