import { describe, expect, it } from "vitest";
import { COLLECTION, call, connection, get, sandboxWith, shown } from "./client.ts";

describe("GET in the Confluent stand-in", () => {
  it("returns the connection without its data", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    expect(JSON.parse((await get(sandbox)).text)).toEqual({
      api_version: "sql/v1",
      kind: "Connection",
      metadata: {
        self: `${sandbox.url}${COLLECTION}/openai`,
        created_at: "2026-01-01T00:00:00.000Z",
        updated_at: "2026-01-01T00:00:00.000Z",
        resource_version: "a1v",
        resource_name: "",
      },
      name: "openai",
      spec: {
        connection_type: "OPENAI",
        endpoint: "https://api.openai.com/v1/chat/completions",
        auth_data: { kind: "PlaintextProvider", data: "<REDACTED>" },
      },
      status: { phase: "READY", detail: "" },
    });
  });

  it("finds a percent-encoded name", async () => {
    const { sandbox } = await sandboxWith({}, connection({ name: "a/b ü_%" }), connection({ name: ".." }));
    expect((await shown(sandbox, "a/b ü_%")).name).toBe("a/b ü_%");
  });

  it.each([
    ["connection", `${COLLECTION}/other`, 404],
    ["environment", COLLECTION.replace("env-1", "env-2"), 404],
    ["organization", COLLECTION.replace("org-1", "org-2"), 404],
    ["path", "/sql/v1/statements", 404],
    ["encoding", `${COLLECTION}/%zz`, 404],
  ])("answers a path with an unknown %s (%s) with %i", async (_, path, status) => {
    const { sandbox } = await sandboxWith({}, connection());
    expect(await call(sandbox, path)).toMatchObject({ status });
  });

  it("refuses other methods with 405", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    expect(await call(sandbox, COLLECTION, { method: "POST" })).toMatchObject({ status: 405 });
    expect(await call(sandbox, `${COLLECTION}/openai`, { method: "DELETE" })).toMatchObject({ status: 405 });
  });
});
