import { request } from "undici";
import { describe, expect, it } from "vitest";
import { API_KEY, basic, COLLECTION, call, connection, get, put, sandboxWith } from "./client.ts";

describe("a fault of the Confluent stand-in", () => {
  it.each([400, 401, 403, 404, 408, 409, 412, 425, 429, 500, 502, 503, 504, 599])(
    "answers a PUT with %i once and does not apply it",
    async (status) => {
      const { sandbox } = await sandboxWith({}, connection());
      sandbox.fail({ method: "PUT", fault: { kind: "status", status } });
      expect(await put(sandbox, "new")).toMatchObject({ status });
      expect(sandbox.connection("openai").puts).toEqual([]);
      expect(await put(sandbox, "new")).toMatchObject({ status: 200 });
      expect(sandbox.requests.map((record) => record.status)).toEqual([status, 200]);
    },
  );

  it.each([
    ["errors", '"detail":"The request was refused: {\\"name\\"'],
    ["error_code", '"message":"The request was refused: {\\"name\\"'],
    ["error", '{"error":{"code":500,"message":"The request was refused: {\\"name\\"'],
    ["html", '<body>The request was refused: {"name"'],
  ] as const)("echoes the request in an error body of the shape %s", async (body, expected) => {
    const { sandbox } = await sandboxWith({}, connection());
    sandbox.fail({ fault: { kind: "status", status: 500, body, echo: true } });
    expect((await put(sandbox, "sk-123")).text).toContain(expected);
  });

  it("can have headers and an empty body", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    const fault = { kind: "status", status: 503, body: "empty", headers: { "retry-after": "7" } } as const;
    sandbox.fail({ fault });
    expect(await get(sandbox)).toMatchObject({ status: 503, text: "", headers: { "retry-after": "7" } });
  });

  it("applies only to requests that match its rule", async () => {
    const { sandbox } = await sandboxWith({}, connection(), connection({ name: "b" }));
    const fault = { kind: "status", status: 500 } as const;
    sandbox.fail({ connection: "b", afterTimes: 1, times: 2, fault });
    sandbox.fail({ method: "LIST", fault });
    sandbox.fail({ environment: "env-2", fault });
    const statuses: number[] = [];
    for (const name of ["openai", "b", "b", "b", "b"]) statuses.push((await get(sandbox, name)).status);
    expect(statuses).toEqual([200, 200, 500, 500, 200]);
    expect([await call(sandbox, COLLECTION), await call(sandbox, COLLECTION)]).toMatchObject([
      { status: 500 },
      { status: 200 },
    ]);
  });

  it("for GET includes LIST", async () => {
    const { sandbox } = await sandboxWith();
    sandbox.fail({ method: "GET", fault: { kind: "status", status: 500 } });
    expect(await call(sandbox, COLLECTION)).toMatchObject({ status: 500 });
  });

  it.each([true, false])("resets the TCP connection, with the PUT applied: %s", async (applied) => {
    const { sandbox } = await sandboxWith({}, connection());
    sandbox.fail({ fault: { kind: "reset", applied } });
    await expect(put(sandbox, "new")).rejects.toThrow();
    expect(sandbox.connection("openai").puts).toHaveLength(applied ? 1 : 0);
    expect(sandbox.requests[0]).toMatchObject({ method: "PUT", status: undefined });
  });

  it.each([
    ["empty", /^$/],
    ["html", /^<html>/],
    ["truncated", /^\{"api_version":.*[^}]$/],
    ["array", /^\[\]$/],
    ["null", /^null$/],
  ] as const)("answers 200 with the body %s and applies the PUT", async (body, expected) => {
    const { sandbox } = await sandboxWith({}, connection());
    sandbox.fail({ fault: { kind: "body", body } });
    const { status, text } = await put(sandbox, "new");
    expect(status).toBe(200);
    expect(text).toMatch(expected);
    expect(sandbox.connection("openai").puts).toHaveLength(1);
  });

  it("sends the right response at one byte per second", async () => {
    const { sandbox, clock } = await sandboxWith({}, connection());
    const whole = (await get(sandbox)).text;
    const startedAt = clock.now();
    sandbox.fail({ fault: { kind: "drip" } });
    expect((await get(sandbox)).text).toBe(whole);
    expect(clock.now() - startedAt).toBe(whole.length * 1_000);
  });

  it("sends the given number of bytes, 100 MB by default", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    sandbox.fail({ fault: { kind: "huge", bytes: 100_000 } });
    expect((await get(sandbox)).text).toHaveLength(100_000);
    sandbox.fail({ fault: { kind: "huge" } });
    const headers = { authorization: basic(API_KEY) };
    const { body } = await request(`${sandbox.url}${COLLECTION}`, { headers });
    let bytes = 0;
    for await (const chunk of body) bytes += Buffer.byteLength(chunk);
    expect(bytes).toBe(100_000_000);
  });

  it.each([{ kind: "stall" }, { kind: "huge", bytes: Number.POSITIVE_INFINITY }] as const)(
    "starts a response that never ends: $kind",
    async (fault) => {
      const { sandbox } = await sandboxWith({}, connection());
      sandbox.fail({ fault });
      const headers = { authorization: basic(API_KEY) };
      const { statusCode, body } = await request(`${sandbox.url}${COLLECTION}`, { headers });
      const reader = body[Symbol.asyncIterator]();
      expect((await reader.next()).done).toBe(false);
      expect(statusCode).toBe(200);
      body.on("error", () => undefined).destroy();
    },
  );

  it("hangs until the sandbox is closed", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    sandbox.fail({ fault: { kind: "hang" } });
    const hanging = expect(get(sandbox)).rejects.toThrow();
    while (sandbox.requests.length === 0) await new Promise(setImmediate);
    await sandbox.close();
    await hanging;
    expect(sandbox.requests[0]?.status).toBeUndefined();
  });

  it.each([301, 302, 307, 308] as const)("redirects a PUT with %i and does not apply it", async (status) => {
    const { sandbox } = await sandboxWith({}, connection());
    const location = "https://flink.eu-west-1.aws.confluent.cloud/x";
    sandbox.fail({ fault: { kind: "redirect", status, location } });
    expect(await put(sandbox, "new")).toMatchObject({ status, headers: { location } });
    expect(sandbox.connection("openai").puts).toEqual([]);
  });

  it("changes the connection just before the PUT, whose version is then stale", async () => {
    const { sandbox } = await sandboxWith({}, connection());
    sandbox.fail({ method: "PUT", fault: { kind: "touch" } });
    const stale = { metadata: { resource_version: "a1v" } };
    expect(await put(sandbox, "new", stale)).toMatchObject({ status: 409 });
    expect(await put(sandbox, "new", { metadata: { resource_version: "a2v" } })).toMatchObject({
      status: 200,
    });
  });
});
