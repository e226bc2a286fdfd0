import { describe, expect, it } from "vitest";
import { API_KEY, basic, COLLECTION, call, connection, put, putBody, START, sandboxWith } from "./client.ts";

describe("PUT in the Confluent stand-in", () => {
  it("replaces the data, changes the version and returns the connection", async () => {
    const { sandbox, clock } = await sandboxWith({}, connection());
    clock.advance(5_000);
    const { status, text } = await put(sandbox, "new", { metadata: { resource_version: "a1v" } });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      metadata: { resource_version: "a2v", updated_at: "2026-01-01T00:00:05.000Z" },
      spec: { auth_data: { data: "<REDACTED>" } },
    });
    const puts = [{ at: START + 5_000, data: { API_KEY: "new" } }];
    expect(sandbox.connection("openai")).toMatchObject({ data: { API_KEY: "new" }, puts });
  });

  it.each([
    ["a text that is not JSON", "{"],
    ["another name", putBody("k", { name: "other" })],
    ["no spec", putBody("k", { spec: undefined })],
    ["another type", putBody("k").replace("OPENAI", "REST")],
    ["another endpoint", putBody("k").replace("openai.com", "example.com")],
    ["another provider", putBody("k").replace("PlaintextProvider", "Other")],
    ["data that is an object", putBody("k").replace('"{\\"API_KEY\\":\\"k\\"}"', '{"API_KEY":"k"}')],
    ["data that is no JSON", putBody("k").replace('"{\\"API_KEY\\":\\"k\\"}"', '"k"')],
    ["a value that is a number", putBody("k").replace('\\"k\\"', "1")],
    ["more than 4,000 bytes", putBody("ü".repeat(2_000))],
  ])("refuses %s and changes nothing", async (_, body) => {
    const { sandbox } = await sandboxWith({}, connection());
    expect(await call(sandbox, `${COLLECTION}/openai`, { method: "PUT", body })).toMatchObject({
      status: 400,
    });
    expect(sandbox.connection("openai")).toMatchObject({ puts: [], data: { API_KEY: "old" } });
  });

  it("accepts data of 4,000 bytes", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    expect(await put(sandbox, "x".repeat(4_000 - '{"API_KEY":""}'.length))).toMatchObject({ status: 200 });
  });

  it("refuses a body without the JSON content type", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    const sent = { method: "PUT", body: putBody("k"), headers: { authorization: basic(API_KEY) } } as const;
    expect(await call(sandbox, `${COLLECTION}/openai`, sent)).toMatchObject({ status: 415 });
  });

  it("refuses a stale resource version", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    sandbox.touch("openai");
    expect(await put(sandbox, "new", { metadata: { resource_version: "a1v" } })).toMatchObject({
      status: 409,
    });
    expect(await put(sandbox, "new", { metadata: {} })).toMatchObject({ status: 200 });
  });
});
