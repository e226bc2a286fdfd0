import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ConfluentClient } from "../../src/adapters/confluent.ts";
import { Secret } from "../../src/rotation/secret.ts";
import { everythingOf } from "../support/leaks.ts";
import { serve } from "../support/server.ts";
import { shown } from "../support/untrusted.ts";
import {
  API_KEY,
  addConnection,
  type Bench,
  clientOf,
  failureOf,
  PUSHED_KEY,
  startBench,
  update,
} from "./client.ts";

const COLLECTION = "/sql/v1/organizations/org-1/environments/env-1/connections";

interface Arrival {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The real client with a server that always sends the same reply and records its requests. */
async function answeredBy({
  status = 200,
  headers = {},
  body,
}: Reply): Promise<Bench & { arrivals: Arrival[] }> {
  const arrivals: Arrival[] = [];
  const restEndpoint = await serve((request, response) => {
    text(request).then(
      (sent) => {
        arrivals.push({ method: request.method, url: request.url, headers: request.headers, body: sent });
        response.writeHead(status, headers).end(typeof body === "string" ? body : JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  return { arrivals, ...clientOf({ restEndpoint, budgetMs: 0 }) };
}

const SHOWN = {
  name: "a",
  metadata: { resource_version: "v1", updated_at: "2026-03-21T09:00:00+01:00" },
  spec: { connection_type: "OPENAI", endpoint: "https://api.openai.com", auth_data: { data: "<REDACTED>" } },
  status: { phase: "READY", detail: "" },
};

describe("a request of the Confluent client", () => {
  it("has the API key as Basic credentials and asks for JSON", async () => {
    const { api, arrivals } = await answeredBy({ body: SHOWN });
    await api.get("a");
    const basic = Buffer.from(`${API_KEY.key}:${API_KEY.secret}`).toString("base64");
    expect(arrivals[0]?.headers).toMatchObject({
      authorization: `Basic ${basic}`,
      accept: "application/json",
    });
    expect(arrivals[0]?.headers).not.toHaveProperty("content-type");
  });

  it.each([
    ["a b", "a%20b"],
    ["a/b", "a%2Fb"],
    ["my_connection", "my_connection"],
    ["größe", "gr%C3%B6%C3%9Fe"],
    ["a?b=c&d#e", "a%3Fb%3Dc%26d%23e"],
    ["50%", "50%25"],
    ["%2e%2e", "%252e%252e"],
  ])("encodes the name %j as %s in its path", async (name, segment) => {
    const { api, arrivals } = await answeredBy({ body: SHOWN });
    await api.get(name);
    await api.put(update({ name }));
    expect(arrivals.map(({ url }) => url)).toEqual([`${COLLECTION}/${segment}`, `${COLLECTION}/${segment}`]);
  });

  it("encodes organization and environment in its path, below the path of the endpoint", async () => {
    const arrivals: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      arrivals.push(request.url);
      response.end(JSON.stringify(SHOWN));
    });
    const { connect } = clientOf({ restEndpoint: `${url}/proxy` });
    await connect({ environmentId: "env/1" }).get("a");
    expect(arrivals).toEqual(["/proxy/sql/v1/organizations/org-1/environments/env%2F1/connections/a"]);
  });

  it("reaches a connection whose name must be encoded", async () => {
    const { api, sandbox } = await startBench();
    addConnection(sandbox, "a b/ü?#%");
    await expect(api.get("a b/ü?#%")).resolves.toMatchObject({ name: "a b/ü?#%" });
  });
});

describe("a GET of one connection", () => {
  it("returns the connection as the API shows it", async () => {
    const { api } = await answeredBy({ headers: { "X-Request-Id": "r-1" }, body: SHOWN });
    expect(shown(await api.get("a"))).toEqual({
      name: "a",
      connectionType: "OPENAI",
      endpoint: "https://api.openai.com",
      resourceVersion: "v1",
      updatedAt: Date.parse("2026-03-21T08:00:00Z"),
      phase: "READY",
      httpStatus: 200,
      requestId: "r-1",
    });
  });

  it("returns undefined for a missing connection", async () => {
    const { api } = await startBench();
    await expect(api.get("b")).resolves.toBeUndefined();
  });

  it.each([
    ["no metadata", { metadata: undefined }],
    ["metadata that is null", { metadata: null }],
    ["empty metadata", { metadata: {} }],
    ["metadata of other types", { metadata: { resource_version: 7, updated_at: 7 } }],
    ["an empty version and an invalid date", { metadata: { resource_version: "", updated_at: "today" } }],
  ])("returns no version for %s", async (_what, changes) => {
    const { api } = await answeredBy({ body: { ...SHOWN, ...changes } });
    const seen = await api.get("a");
    expect(seen).toMatchObject({ phase: "READY" });
    expect(seen).not.toHaveProperty("resourceVersion");
    expect(seen).not.toHaveProperty("updatedAt");
  });

  it.each([
    [undefined, { phase: "" }],
    [null, { phase: "" }],
    ["READY", { phase: "" }],
    [{}, { phase: "" }],
    [{ phase: null, detail: null }, { phase: "" }],
    [
      { phase: 1, detail: "d" },
      { phase: "", detail: "d" },
    ],
    [
      { phase: " ready\n", detail: "Lookup failed" },
      { phase: "READY", detail: "Lookup failed" },
    ],
    [{ phase: "Updating", more: true }, { phase: "UPDATING" }],
  ])("reads the status %j as %j", async (status, expected) => {
    const { api } = await answeredBy({ body: { ...SHOWN, status, unknown: [1] } });
    const seen = shown(await api.get("a"));
    expect(seen).toMatchObject(expected);
    if (!("detail" in expected)) expect(seen).not.toHaveProperty("detail");
  });

  it("returns an empty endpoint if the API shows none", async () => {
    const { api } = await answeredBy({ body: { ...SHOWN, spec: { connection_type: "BEDROCK" } } });
    await expect(api.get("a")).resolves.toMatchObject({ endpoint: "" });
  });

  it.each([
    "a word of more than forty characters, which no phase has",
    API_KEY.key,
    "sk-previous-0d4f6a8c",
    "It says\nREADY",
    "READY (FLINKAPIKEY)",
  ])("hides an unknown phase that may quote a secret: %j", async (phase) => {
    const { api } = await answeredBy({ body: { ...SHOWN, status: { phase } } });
    await expect(api.get("a")).resolves.toMatchObject({ phase: "[unknown phase]" });
  });

  it.each([
    ["In progress", "IN PROGRESS"],
    ["step_2", "STEP_2"],
    ["degraded", "DEGRADED"],
  ])("shows an unknown phase in the format of a phase: %s", async (phase, expected) => {
    const { api } = await answeredBy({ body: { ...SHOWN, status: { phase } } });
    await expect(api.get("a")).resolves.toMatchObject({ phase: expected });
  });

  it("redacts texts from outside before it returns them", async () => {
    const headers = { "x-request-id": `quoted-${PUSHED_KEY}` };
    const { api } = await answeredBy({
      headers,
      body: { ...SHOWN, status: { detail: `refused ${PUSHED_KEY}` } },
    });
    const seen = await api.get("a");
    expect(everythingOf(seen)).not.toContain(PUSHED_KEY);
    expect(`${seen?.detail} ${seen?.requestId}`).toBe("[withheld] [withheld]");
    expect(shown(seen)).toMatchObject({ detail: `refused ${PUSHED_KEY}`, requestId: `quoted-${PUSHED_KEY}` });
  });
});

describe("a page of connections", () => {
  it("has at most a hundred connections and the token of the next page", async () => {
    const { api, sandbox } = await startBench();
    for (let index = 0; index < 204; index += 1) addConnection(sandbox, `more-${index}`);
    const sizes: number[] = [];
    let token: string | undefined;
    do {
      const page = await api.list(token);
      sizes.push(page.connections.length);
      token = page.nextToken;
    } while (token !== undefined);
    expect(sizes).toEqual([100, 100, 5]);
  });

  it("is never requested at the URL in metadata.next", async () => {
    const { api, sandbox } = await startBench({ advertisedUrl: "https://printed.example.com/elsewhere" });
    for (let index = 0; index < 100; index += 1) addConnection(sandbox, `more-${index}`);
    const { nextToken } = await api.list();
    const { connections } = await api.list(nextToken);
    expect(connections).toHaveLength(1);
    expect(sandbox.requests.every(({ path }) => path.startsWith(`${COLLECTION}?page_size=100`))).toBe(true);
  });

  it.each([
    ["https://flink.example.com/x?page_size=100&page_token=abc", "abc"],
    ["/x?page_token=a%2Bb%2F%3D%26c", "a+b/=&c"],
    ["?page_token=abc", "abc"],
    ["https://flink.example.com/x?page_token=", undefined],
    ["https://flink.example.com/x", undefined],
    ["https://[", undefined],
    ["", undefined],
    [null, undefined],
    [undefined, undefined],
    [7, undefined],
  ])("with metadata.next %j has the next token %j", async (next, expected) => {
    const { api, arrivals } = await answeredBy({ body: { data: [SHOWN], metadata: { next } } });
    const { nextToken } = await api.list("a+b/=&c");
    expect(nextToken).toBe(expected);
    expect(new URL(arrivals[0]?.url ?? "", "http://localhost").searchParams.get("page_token")).toBe(
      "a+b/=&c",
    );
  });

  it("may come without metadata", async () => {
    const { api } = await answeredBy({ body: { data: [SHOWN] } });
    await expect(api.list()).resolves.toMatchObject({ connections: [{ name: "a" }] });
  });

  it("does not include items that are not connections", async () => {
    const { api } = await answeredBy({
      body: { data: [null, 7, [], {}, { name: "x" }, SHOWN], metadata: null },
    });
    const { connections } = await api.list();
    expect(connections.map(({ name }) => name)).toEqual(["a"]);
  });
});

describe("an unreadable response", () => {
  const WAYS = [
    ["GET", ({ api }: Bench) => api.get("a")],
    ["LIST", ({ api }: Bench) => api.list()],
  ] as const;
  const BODIES = ["empty", "html", "truncated", "array", "null"] as const;

  const CASES = WAYS.flatMap(([method, look]) => BODIES.map((body) => [body, method, look] as const));

  it.each(CASES)("(%s) to a %s is retried", async (body, method, look) => {
    const bench = await startBench();
    bench.sandbox.fail({ method, fault: { kind: "body", body } });
    await look(bench);
    expect(bench.sandbox.requests).toHaveLength(2);
  });

  it.each(CASES)("(%s) to a %s fails with class service if it persists", async (body, method, look) => {
    const bench = await startBench({}, { budgetMs: 0 });
    bench.sandbox.fail({ method, fault: { kind: "body", body } });
    expect(await failureOf(look(bench))).toMatchObject({
      errorClass: "service",
      message: "Confluent's response could not be read.",
      response: { httpStatus: 200, requestId: "request-1" },
    });
  });

  it.each(["empty", "null"] as const)("(%s) with 200 accepts a PUT", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "body", body } });
    expect(shown(await api.put(update()))).toEqual({ httpStatus: 200, requestId: "request-1" });
  });

  it.each(["html", "truncated", "array"] as const)("(%s) with 200 does not accept a PUT", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "body", body } });
    expect(await failureOf(api.put(update()))).toMatchObject({
      name: "UnknownResultError",
      errorClass: "service",
      message: expect.stringContaining("not from Confluent's API"),
    });
  });

  it("(html) with 400 to a PUT does not count as a refused key", async () => {
    const { api } = await answeredBy({ status: 400, body: "<html>Bad Request</html>" });
    expect(await failureOf(api.put(update()))).toMatchObject({ errorClass: "service" });
  });
});

describe("an error response", () => {
  const SHAPES = ["errors", "error_code", "error"] as const;

  it.each(SHAPES)("in the shape %s is quoted", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ fault: { kind: "status", status: 400, body } });
    expect(await failureOf(api.list())).toMatchObject({
      errorClass: "service",
      message: "Confluent answered 400.",
      response: { httpStatus: 400, requestId: "request-1", detail: "A fault was configured." },
    });
  });

  it.each(["html", "empty"] as const)("in the shape %s has no detail", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ fault: { kind: "status", status: 400, body } });
    expect((await failureOf(api.list())).response).toEqual({ httpStatus: 400, requestId: "request-1" });
  });

  it("without a request id is reported without one", async () => {
    const { api } = await answeredBy({ status: 400 });
    expect((await failureOf(api.list())).response).toEqual({ httpStatus: 400 });
  });

  it.each(SHAPES)("in the shape %s that echoes the PUT shows no key", async (body) => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "status", status: 400, echo: true, body } });
    const error: unknown = await api.put(update()).catch((reason: unknown) => reason);
    expect(everythingOf(error)).toContain("[withheld]");
    expect(everythingOf(error)).not.toContain(PUSHED_KEY);
  });

  it.each([
    [401, "UnauthorizedError", "unauthorized", "the rotator's Confluent API key (401)"],
    [403, "UnauthorizedError", "unauthorized", "FlinkAdmin, EnvironmentAdmin or OrganizationAdmin"],
    [404, "RotationError", "not-found", "no such connection, environment or organization (404)"],
    [302, "RotationError", "service", "Confluent answered 302."],
    [400, "RotationError", "service", "Confluent answered 400."],
  ])("with status %i to a LIST is a %s of class %s", async (status, name, errorClass, words) => {
    const { api } = await answeredBy({ status, body: { errors: [] } });
    const error = await failureOf(api.list());
    expect(error).toMatchObject({ name, errorClass, response: { httpStatus: status } });
    expect(error.message).toContain(words);
  });

  it.each([
    [302, "RotationError", "service"],
    [400, "RotationError", "rejected"],
    [422, "RotationError", "rejected"],
    [401, "UnauthorizedError", "unauthorized"],
    [403, "UnauthorizedError", "unauthorized"],
    [404, "RotationError", "not-found"],
    [409, "ConflictError", "service"],
    [412, "ConflictError", "service"],
    [408, "UnknownResultError", "service"],
    [500, "UnknownResultError", "service"],
    [504, "UnknownResultError", "service"],
    [413, "RotationError", "service"],
  ])(
    "with status %i to a PUT is a %s of class %s, and the PUT is not repeated",
    async (status, name, errorClass) => {
      const { api, arrivals } = await answeredBy({ status });
      expect(await failureOf(api.put(update()))).toMatchObject({
        name,
        errorClass,
        response: { httpStatus: status },
      });
      expect(arrivals).toHaveLength(1);
    },
  );
});

describe("a PUT of the Confluent client", () => {
  it("carries name, type, endpoint, version and the data as a JSON text", async () => {
    const { api, arrivals } = await answeredBy({ status: 204 });
    await expect(api.put(update({ resourceVersion: "v1" }))).resolves.toEqual({ httpStatus: 204 });
    expect(arrivals[0]).toMatchObject({ method: "PUT", headers: { "content-type": "application/json" } });
    expect(JSON.parse(arrivals[0]?.body ?? "")).toEqual({
      name: "a",
      metadata: { resource_version: "v1" },
      spec: {
        connection_type: "OPENAI",
        endpoint: "https://api.openai.com/v1/chat/completions",
        auth_data: {
          kind: "PlaintextProvider",
          data: `{"API_KEY":"${PUSHED_KEY}","AUTH_TYPE":"API_KEY"}`,
        },
      },
    });
  });

  it("has no metadata if no version is known", async () => {
    const { api, arrivals } = await answeredBy({});
    await api.put(update());
    expect(JSON.parse(arrivals[0]?.body ?? "")).not.toHaveProperty("metadata");
  });

  it.each([false, true])(
    "whose TCP connection breaks (applied: %s) is sent once and has an unknown result",
    async (applied) => {
      const { api, sandbox } = await startBench();
      sandbox.fail({ method: "PUT", fault: { kind: "reset", applied } });
      const error = await failureOf(api.put(update()));
      expect(error).toMatchObject({ name: "UnknownResultError", errorClass: "unreachable" });
      expect(error.message).toMatch(/could not be reached .*Whether the PUT was applied is not known\.$/);
      expect(sandbox.requests).toHaveLength(1);
      expect(sandbox.connection("a").data).toMatchObject({ API_KEY: applied ? PUSHED_KEY : "old" });
    },
  );

  it("whose response is too large has an unknown result", async () => {
    const { api, sandbox } = await startBench();
    sandbox.fail({ method: "PUT", fault: { kind: "huge" } });
    expect(await failureOf(api.put(update()))).toMatchObject({
      name: "UnknownResultError",
      errorClass: "service",
    });
  });

  it("that is redirected to a foreign host is not sent there and counts as not applied", async () => {
    const { api, sandbox } = await startBench();
    const location = "https://login.example.com/";
    sandbox.fail({ method: "PUT", fault: { kind: "redirect", status: 307, location } });
    expect(await failureOf(api.put(update()))).toMatchObject({
      name: "RotationError",
      errorClass: "service",
    });
  });
});

describe("the Confluent client", () => {
  it("does not show its API key if it is printed", () => {
    const { api } = clientOf({ restEndpoint: "http://127.0.0.1:1" });
    expect(api).toBeInstanceOf(ConfluentClient);
    expect(JSON.stringify(api)).toBe("{}");
    expect(String(new Secret(API_KEY.secret))).toBe("[redacted]");
  });
});
