import { describe, expect, it } from "vitest";
import { ConfluentSandbox, startConfluent } from "../../../src/sandbox/confluent/server.ts";
import { COLLECTION, call, connection, put, START, sandboxWith } from "./client.ts";

describe("settings of the Confluent stand-in", () => {
  it("accepts a PUT without metadata if metadata is refused", async () => {
    const { sandbox } = await sandboxWith({ refusesMetadata: 412 }, connection());
    expect(await put(sandbox, "new", { metadata: {} })).toMatchObject({ status: 412 });
    expect(sandbox.connection("openai").puts).toEqual([]);
    expect(await put(sandbox, "new")).toMatchObject({ status: 200 });
    expect(sandbox.connection("openai").data).toEqual({ API_KEY: "new" });
  });

  it("answers a PUT with 200 and an HTML page", async () => {
    const { sandbox } = await sandboxWith({ htmlOnPut: true }, connection());
    const { status, headers, text } = await put(sandbox, "new");
    expect([status, headers["content-type"], text]).toEqual([
      200,
      "text/html",
      expect.stringMatching(/^<html>/),
    ]);
    expect(sandbox.connection("openai").puts).toEqual([]);
  });

  it("of a connection override those of its environment, which override the server's", async () => {
    const { sandbox } = await sandboxWith({ world: "silent" }, connection(), connection({ name: "b" }));
    sandbox.configureEnvironment("env-1", { world: "credulous" });
    sandbox.configure("b", { world: "silent" });
    expect([sandbox.connection("openai").phase, sandbox.connection("b").phase]).toEqual(["READY", ""]);
  });
});

describe("the Confluent stand-in", () => {
  it("records every request with its status and its request id", async () => {
    const { sandbox, clock } = await sandboxWith({ latencyMs: 40 }, connection());
    const { headers } = await put(sandbox, "new", { metadata: { resource_version: "a1v" } });
    expect(clock.now()).toBe(START + 40);
    const [record] = sandbox.requests;
    expect(record).toEqual({
      at: START,
      method: "PUT",
      path: `${COLLECTION}/openai`,
      environmentId: "env-1",
      connection: "openai",
      hadAuthorization: true,
      requestId: headers["x-request-id"],
      resourceVersion: "a1v",
      status: 200,
    });
  });

  it("lists its connections without data under /_sandbox/connections", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    const { text } = await call(sandbox, "/_sandbox/connections", { headers: {} });
    const expected = { environmentId: "env-1", name: "openai", phase: "READY", readyAt: START, puts: 0 };
    expect(JSON.parse(text)).toEqual({ connections: [expected] });
  });

  it("throws an error that names an unknown connection or environment", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    expect(() => sandbox.connection("other")).toThrow("no connection other");
    expect(() => sandbox.touch("openai", "env-9")).toThrow("no environment env-9");
    sandbox.addEnvironment({ organizationId: "org-1", environmentId: "env-2", apiKeys: [] });
    expect(() => sandbox.connection("openai")).toThrow("which environment");
    expect(sandbox.connection("openai", "env-1").name).toBe("openai");
  });

  it("fails if the port is taken", async () => {
    const { sandbox } = await sandboxWith();
    const port = Number(new URL(sandbox.url).port);
    await expect(startConfluent({ port })).rejects.toThrow("EADDRINUSE");
    expect(() => new ConfluentSandbox({}).url).toThrow("is not listening");
  });
});
