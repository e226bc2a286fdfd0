import { describe, expect, it } from "vitest";
import { call, connection, put, sandboxWith } from "./client.ts";

const COLLECTION = "/sql/v1/organizations/org-1/environments/env-1/statements";
const SPEC = { statement: "SELECT ML_PREDICT('openai', 'ping')", properties: { "sql.snapshot.mode": "now" } };
const PATCH = { "content-type": "application/json-patch+json" };

const open = () =>
  sandboxWith({ accepts: ({ API_KEY }) => API_KEY !== "bad" }, connection({ data: { API_KEY: "good" } }));

type Sandbox = Awaited<ReturnType<typeof open>>["sandbox"];

function send(sandbox: Sandbox, method: string, path: string, body?: object, headers = {}) {
  const authorization = `Basic ${Buffer.from("flink-key:flink-secret").toString("base64")}`;
  return call(sandbox, `${COLLECTION}${path}`, {
    method: method as "POST",
    headers: { authorization, "content-type": "application/json", ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
}

describe("a statement in the sandbox", () => {
  it("uses the key of its connection at the time of its submission", async () => {
    const { sandbox, clock } = await open();
    sandbox.configureStatements({ pendingMs: 100, runMs: 100 });
    expect((await send(sandbox, "POST", "", { name: "first", spec: SPEC })).status).toBe(201);
    await put(sandbox, "bad");
    await send(sandbox, "POST", "", { name: "second", spec: SPEC });
    clock.advance(150);
    expect(sandbox.statement("first").phase).toBe("RUNNING");
    clock.advance(50);
    expect(["first", "second"].map((name) => sandbox.statement(name).phase)).toEqual(["COMPLETED", "FAILED"]);
    sandbox.configure("openai", { accepts: [] });
    expect(sandbox.statement("first").phase).toBe("COMPLETED");
  });

  it("keeps running with the key that it started with until the provider refuses it", async () => {
    const { sandbox } = await open();
    sandbox.addStatement({ name: "orders", sql: "INSERT INTO a SELECT ML_PREDICT('openai', b) FROM c" });
    await put(sandbox, "bad");
    expect(sandbox.statement("orders")).toMatchObject({
      phase: "RUNNING",
      uses: [{ data: { API_KEY: "good" } }],
    });
    sandbox.configure("openai", { accepts: ["newer"] });
    expect(sandbox.statement("orders")).toMatchObject({
      phase: "FAILED",
      phases: ["PENDING", "RUNNING", "FAILED"],
    });
  });

  it.each([
    ["GET", "/missing", undefined, {}, 404],
    ["DELETE", "/missing", undefined, {}, 404],
    ["DELETE", "", undefined, {}, 405],
    ["POST", "/orders", { name: "orders", spec: SPEC }, {}, 405],
    ["POST", "", { name: "Not a name", spec: SPEC }, {}, 400],
    ["POST", "", { name: "orders", spec: SPEC }, {}, 409],
    ["POST", "", { name: "new", spec: SPEC }, PATCH, 415],
    ["PATCH", "/orders", [{ op: "replace", path: "/spec/stopped", value: false }], PATCH, 422],
    ["PATCH", "/orders", [{ op: "replace", path: "/spec/other", value: true }], PATCH, 400],
    ["PUT", "/orders", { metadata: { resource_version: "old" }, spec: { ...SPEC, stopped: true } }, {}, 409],
    [
      "PUT",
      "/orders",
      { metadata: { resource_version: "s1" }, spec: { statement: "SELECT 2", stopped: true } },
      {},
      400,
    ],
  ])("rejects %s %s with body %o and headers %o", async (method, path, body, headers, status) => {
    const { sandbox } = await open();
    sandbox.addStatement({ name: "orders", sql: SPEC.statement });
    expect((await send(sandbox, method, path, body, headers)).status).toBe(status);
    expect(sandbox.statement("orders").phases).toEqual(["PENDING", "RUNNING"]);
  });

  it("cannot be resumed while it is being stopped", async () => {
    const { sandbox } = await open();
    sandbox.configureStatements({ stopMs: 1_000 });
    sandbox.addStatement({ name: "orders", sql: "INSERT INTO a SELECT 1" });
    sandbox.setStopped("orders", true);
    const resume = [{ op: "replace", path: "/spec/stopped", value: false }];
    expect((await send(sandbox, "PATCH", "/orders", resume, PATCH)).status).toBe(409);
  });

  it("follows the settings of the control path", async () => {
    const { sandbox } = await open();
    const order = (environment: string) =>
      call(sandbox, "/_sandbox/statements", {
        method: "POST",
        body: JSON.stringify({ environment, settings: { forbidden: true } }),
      });
    expect((await order("env-2")).status).toBe(404);
    expect((await order("env-1")).status).toBe(200);
    expect((await send(sandbox, "GET", "")).status).toBe(403);
  });
});
