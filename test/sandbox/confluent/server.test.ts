import { describe, expect, it } from "vitest";
import { ConfluentSandbox, startConfluent } from "../../../src/sandbox/confluent/server.ts";
import {
  API_KEY,
  basic,
  COLLECTION,
  call,
  connection,
  get,
  listed,
  put,
  START,
  sandboxWith,
  shown,
} from "./client.ts";

const names = (count: number) => Array.from({ length: count }, (_, at) => `c-${String(at).padStart(3, "0")}`);
const many = (count: number) =>
  names(count)
    .toReversed()
    .map((name) => connection({ name }));

describe("LIST in the Confluent stand-in", () => {
  it("returns ten connections per page, in the order in which they were added", async () => {
    const { sandbox } = await sandboxWith({}, ...many(25));
    const seen: string[][] = [];
    for (let query: string | undefined = ""; query !== undefined; ) {
      const { data, metadata } = await listed(sandbox, query);
      seen.push(data.map(({ name }) => name));
      query = metadata.next ? new URL(metadata.next).search : undefined;
    }
    expect(seen.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(seen.flat()).toEqual(names(25).toReversed());
  });

  it("accepts a page size from 1 to 100", async () => {
    const { sandbox } = await sandboxWith({}, ...many(100));
    expect((await listed(sandbox, "?page_size=100")).data).toHaveLength(100);
    for (const size of ["101", "0", "many"]) {
      expect(await call(sandbox, `${COLLECTION}?page_size=${size}`)).toMatchObject({ status: 400 });
    }
  });

  it("refuses an unknown page token", async () => {
    const { sandbox } = await sandboxWith();
    expect(await call(sandbox, `${COLLECTION}?page_token=2`)).toMatchObject({ status: 400 });
  });

  it("shows the advertised base in the address of the next page", async () => {
    const { sandbox } = await sandboxWith({ advertisedUrl: "https://elsewhere.invalid" }, ...many(11));
    const { next } = (await listed(sandbox)).metadata;
    expect(next).toMatch(/^https:\/\/elsewhere\.invalid\/sql\/v1\/.*page_token=/);
    expect((await listed(sandbox, new URL(String(next)).search)).metadata.next).toBeUndefined();
  });
});

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

describe("authorization in the Confluent stand-in", () => {
  it("refuses a missing API key, a wrong secret and another environment's API key", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    const other = { key: "other-key", secret: "other-secret" };
    sandbox.addEnvironment({ organizationId: "org-1", environmentId: "env-2", apiKeys: [other] });
    for (const headers of [{}, ...[{ ...API_KEY, secret: "x" }, other].map(authorization)]) {
      expect(await call(sandbox, COLLECTION, { headers })).toMatchObject({
        status: 401,
        headers: { "www-authenticate": 'Basic error="invalid_key"' },
      });
    }
  });

  it("accepts a new API key from its validFrom on, but not a removed one", async () => {
    const { sandbox, clock } = await sandboxWith({}, connection());
    sandbox.setApiKeys("env-1", [{ key: "fresh", secret: "s", validFrom: START + 1_000 }]);
    const headers = authorization({ key: "fresh", secret: "s" });
    expect(await call(sandbox, COLLECTION, { headers })).toMatchObject({ status: 401 });
    clock.advance(1_000);
    expect(await call(sandbox, COLLECTION, { headers })).toMatchObject({ status: 200 });
    expect(await call(sandbox, COLLECTION)).toMatchObject({ status: 401 });
  });

  it("answers 403 for a forbidden environment or connection", async () => {
    const { sandbox } = await sandboxWith({}, connection(), connection({ name: "closed", forbidden: true }));
    expect([(await get(sandbox, "closed")).status, (await get(sandbox)).status]).toEqual([403, 200]);
    const forbidding = await sandboxWith({ forbidden: true }, connection());
    expect(await call(forbidding.sandbox, COLLECTION)).toMatchObject({ status: 403 });
  });
});

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

function authorization(pair: { key: string; secret: string }): { authorization: string } {
  return { authorization: basic(pair) };
}
