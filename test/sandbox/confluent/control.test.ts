import { describe, expect, it } from "vitest";
import type { ConfluentSandbox } from "../../../src/sandbox/confluent/server.ts";
import { call, connection, get, sandboxWith, shown } from "./client.ts";

const post = (sandbox: ConfluentSandbox, path: string, body: unknown) =>
  call(sandbox, path, { method: "POST", headers: {}, body: JSON.stringify(body) });

describe("POST /_sandbox/faults", () => {
  it("adds a fault for later requests", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    const rule = { method: "GET", times: 2, fault: { kind: "status", status: 503 } };
    expect(JSON.parse((await post(sandbox, "/_sandbox/faults", rule)).text)).toEqual(rule);
    const statuses = [await get(sandbox), await get(sandbox), await get(sandbox)].map(({ status }) => status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  it.each([
    { fault: { kind: "explosion" } },
    { fault: { kind: "hang" }, time: 2 },
    { fault: { kind: "status" } },
    undefined,
  ])("refuses %j with 400 and names the problem", async (rule) => {
    const { sandbox } = await sandboxWith({}, connection());
    const refused = await post(sandbox, "/_sandbox/faults", rule);
    expect(refused).toMatchObject({ status: 400, text: expect.stringContaining("✖") });
    expect((await get(sandbox)).status).toBe(200);
  });
});

describe("DELETE /_sandbox/faults", () => {
  it("clears the faults that no request has met", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    const rule = { method: "GET", times: 2, fault: { kind: "status", status: 503 } };
    await post(sandbox, "/_sandbox/faults", rule);
    expect((await get(sandbox)).status).toBe(503);
    expect((await call(sandbox, "/_sandbox/faults", { method: "DELETE", headers: {} })).status).toBe(200);
    expect((await get(sandbox)).status).toBe(200);
  });
});

describe("POST /_sandbox/settings", () => {
  it("changes an environment, or one connection in it", async () => {
    const { sandbox } = await sandboxWith({}, connection(), connection({ name: "b" }));
    const environment = "env-1";
    await post(sandbox, "/_sandbox/settings", { environment, settings: { world: "silent" } });
    await post(sandbox, "/_sandbox/settings", {
      environment,
      connection: "b",
      settings: { world: "prompt" },
    });
    expect((await shown(sandbox)).status?.phase).toBe("");
    expect((await shown(sandbox, "b")).status?.phase).toBe("READY");
  });

  it.each([
    { change: { environment: "env-9", settings: {} }, status: 404 },
    { change: { environment: "env-1", connection: "other", settings: {} }, status: 404 },
    { change: { environment: "env-1", settings: { world: "flat" } }, status: 400 },
    { change: { environment: "env-1", settings: { refusesMetadata: 200 } }, status: 400 },
  ])("refuses $change with $status", async ({ change, status }) => {
    const { sandbox } = await sandboxWith({}, connection());
    expect(await post(sandbox, "/_sandbox/settings", change)).toMatchObject({ status });
  });
});
