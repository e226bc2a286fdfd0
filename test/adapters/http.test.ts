import type { LookupFunction } from "node:net";
import { Agent, errors, MockAgent } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createAgent,
  type HttpRequest,
  type HttpResponse,
  NetworkError,
  sendRequest,
} from "../../src/adapters/http.ts";
import { RotationError } from "../../src/rotation/errors.ts";
import { selfSigned } from "../support/certificate.ts";
import { serve, serveTls } from "../support/server.ts";

const AUTHORIZATION = "Basic Zmxpbms6c2VjcmV0";
const ORIGIN = "https://flink.us-west-2.aws.confluent.cloud";
const PUT = { method: "PUT", body: '{"data":"sk-pushed"}' } as const;
const EIGHT_MIB = 8 * 1024 * 1024;

function send(dispatcher: Agent | MockAgent, url: string, changes: Partial<HttpRequest> = {}) {
  return sendRequest(dispatcher, {
    method: "GET",
    url,
    authorization: AUTHORIZATION,
    timeoutMs: 5_000,
    ...changes,
  });
}

async function sendOverHttp(url: string, changes: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  const agent = createAgent();
  onTestFinished(() => agent.destroy());
  return send(agent, url, changes);
}

async function failure(response: Promise<HttpResponse>): Promise<RotationError> {
  const error: unknown = await response.catch((reason: unknown) => reason);
  if (error instanceof RotationError) return error;
  throw new Error("There is a response, or an error of another class.", { cause: error });
}

interface Arrival {
  readonly url: string;
  readonly method: string;
  readonly authorization: string | undefined;
  readonly body: string | undefined;
}

type Reply = readonly [status: number, location?: string | undefined];

/** Hosts that do not exist: what each address responds, and what arrived there. */
function internet(replies: Readonly<Record<string, Reply>>): { agent: MockAgent; arrivals: Arrival[] } {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const arrivals: Arrival[] = [];
  for (const [address, [status, location]] of Object.entries(replies)) {
    const { origin, pathname } = new URL(address);
    for (const method of ["GET", "PUT"]) {
      agent
        .get(origin)
        .intercept({ path: pathname, method })
        .reply(({ headers, body }) => {
          const sent = new Headers(headers as Record<string, string>);
          const authorization = sent.get("authorization") ?? undefined;
          arrivals.push({ url: address, method, authorization, body: body ? String(body) : undefined });
          const responseOptions = location === undefined ? {} : { headers: { location } };
          return { statusCode: status, data: `from ${address}`, responseOptions };
        })
        .persist();
    }
  }
  return { agent, arrivals };
}

describe("a redirect", () => {
  it.each([301, 302, 307, 308])(
    "with %i keeps method, body and credentials on the way to a Confluent host",
    async (status) => {
      const target = "https://flink-n1.us-west-2.aws.glb.confluent.cloud/b";
      const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [status, target], [target]: [200] });
      const response = await send(agent, `${ORIGIN}/a`, PUT);
      expect(response).toMatchObject({ status: 200, body: `from ${target}` });
      expect(arrivals).toHaveLength(2);
      expect(arrivals[1]).toEqual({
        url: target,
        method: "PUT",
        authorization: AUTHORIZATION,
        body: PUT.body,
      });
    },
  );

  it.each(["https://flink.us-gov-west-1.aws.confluentgov.com/b", `${ORIGIN}/b`])(
    "keeps the credentials on the way to %s",
    async (target) => {
      const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [307, target], [target]: [200] });
      await send(agent, `${ORIGIN}/a`);
      expect(arrivals[1]?.authorization).toBe(AUTHORIZATION);
    },
  );

  it("may be relative", async () => {
    const { agent } = internet({ [`${ORIGIN}/a`]: [308, "../b"], [`${ORIGIN}/b`]: [200] });
    await expect(send(agent, `${ORIGIN}/a`)).resolves.toMatchObject({ body: `from ${ORIGIN}/b` });
  });

  it("keeps the credentials on the way to another path of the same origin", async () => {
    const url = await serve((request, response) => {
      if (request.url === "/a") response.writeHead(302, { location: "/b" });
      response.end(request.headers.authorization);
    });
    await expect(sendOverHttp(`${url}/a`)).resolves.toMatchObject({ body: AUTHORIZATION });
  });

  const ELSEWHERE = [
    "https://login.example.com/b",
    "http://flink.us-west-2.aws.confluent.cloud/b",
    "https://notconfluent.cloud/b",
    "https://confluent.cloud/b",
    "https://flink.confluent.cloud.example.com/b",
    "https://flink.confluent.cloud@example.com/b",
  ];

  it.each(ELSEWHERE)("to %s carries no credentials, and its response is not used", async (target) => {
    const { origin, pathname } = new URL(target);
    const address = `${origin}${pathname}`;
    const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [302, target], [address]: [200] });
    await expect(send(agent, `${ORIGIN}/a`)).rejects.toMatchObject({ errorClass: "service" });
    expect(arrivals.map(({ url, authorization }) => [url, authorization])).toEqual([
      [`${ORIGIN}/a`, AUTHORIZATION],
      [address, undefined],
    ]);
  });

  it.each(ELSEWHERE)("to %s is not followed by a PUT, whose body holds a key", async (target) => {
    const { agent, arrivals } = internet({
      [`${ORIGIN}/a`]: [307, target],
      [`${new URL(target).origin}/b`]: [200],
    });
    const error = await failure(send(agent, `${ORIGIN}/a`, PUT));
    expect(error).toMatchObject({ name: "RotationError", errorClass: "service" });
    expect(error.message).toContain(`redirects to ${new URL(target).host}, which is not a Confluent host`);
    expect(arrivals).toHaveLength(1);
  });

  it.each([401, 403])(
    "to a host that asks for credentials (%i) is reported as a redirect to another host",
    async (status) => {
      const { agent } = internet({
        [`${ORIGIN}/a`]: [302, "https://login.example.com/b"],
        "https://login.example.com/b": [status],
      });
      const error = await failure(send(agent, `${ORIGIN}/a`));
      expect(error.message).toContain("login.example.com, which is not a Confluent host");
    },
  );

  it("carries the credentials again if it leads back to Confluent", async () => {
    const { agent, arrivals } = internet({
      [`${ORIGIN}/a`]: [302, "https://proxy.example.com/b"],
      "https://proxy.example.com/b": [302, `${ORIGIN}/c`],
      [`${ORIGIN}/c`]: [200],
    });
    await send(agent, `${ORIGIN}/a`);
    expect(arrivals.map(({ authorization }) => authorization)).toEqual([
      AUTHORIZATION,
      undefined,
      AUTHORIZATION,
    ]);
  });

  it("is followed five times", async () => {
    const hops = Object.fromEntries(
      Array.from({ length: 5 }, (_, hop): [string, Reply] => [`${ORIGIN}/${hop}`, [302, `/${hop + 1}`]]),
    );
    const { agent } = internet({ ...hops, [`${ORIGIN}/5`]: [200] });
    await expect(send(agent, `${ORIGIN}/0`)).resolves.toMatchObject({ status: 200 });
  });

  it("is not followed a sixth time, so a loop ends", async () => {
    const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [301, "/a"] });
    await expect(send(agent, `${ORIGIN}/a`, PUT)).resolves.toMatchObject({ status: 301 });
    expect(arrivals).toHaveLength(6);
  });

  it.each([
    ["without a location", 302, undefined],
    ["with an invalid location", 302, "https://["],
    ["that would turn a PUT into a GET", 303, "/b"],
  ])("%s is a response like any other", async (_what, status, location) => {
    const { agent, arrivals } = internet({ [`${ORIGIN}/a`]: [status, location], [`${ORIGIN}/b`]: [200] });
    await expect(send(agent, `${ORIGIN}/a`)).resolves.toMatchObject({ status });
    expect(arrivals).toHaveLength(1);
  });
});

describe("a response", () => {
  it("has its headers in lower case, with repeated ones joined", async () => {
    const url = await serve((_request, response) => {
      response.setHeader("X-Request-Id", "r-1");
      response.setHeader("Set-Cookie", ["a", "b"]);
      response.end("ok");
    });
    const { headers } = await sendOverHttp(url);
    expect(headers).toMatchObject({ "x-request-id": "r-1", "set-cookie": "a,b" });
  });

  it("of eight MiB is read completely", async () => {
    const url = await serve((_request, response) => response.end(Buffer.alloc(EIGHT_MIB, " ")));
    expect((await sendOverHttp(url)).body).toHaveLength(EIGHT_MIB);
  });

  it.each([
    ["a byte more than eight MiB", EIGHT_MIB + 1],
    ["100 MB", 100_000_000],
  ])("of %s is not read to its end", async (_what, bytes) => {
    let isAborted: Promise<unknown> = Promise.reject(new Error("No request came."));
    isAborted.catch(() => undefined);
    const url = await serve((_request, response) => {
      isAborted = new Promise((resolve) => response.once("close", resolve));
      response.end(Buffer.alloc(bytes, " "));
    });
    const error = await failure(sendOverHttp(url));
    expect(error).toMatchObject({ name: "NetworkError", errorClass: "service", isTransient: false });
    expect(error.message).toContain("larger than 8388608 bytes");
    await isAborted;
  });

  it("that never ends is not read beyond the size limit", async () => {
    const url = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, " ")));
      };
      response.on("drain", more);
      more();
    });
    await expect(failure(sendOverHttp(url))).resolves.toMatchObject({ errorClass: "service" });
  });

  it.each([
    ["does not come", () => undefined],
    ["stops after its headers", (response: { write: (text: string) => void }) => response.write("{")],
    [
      "comes a byte at a time",
      (response: { write: (text: string) => void; once: (event: "close", end: () => void) => void }) => {
        const writing = setInterval(() => response.write(" "), 10);
        response.once("close", () => clearInterval(writing));
      },
    ],
  ])("that %s is a timeout", async (_what, respond) => {
    const url = await serve((_request, response) => {
      respond(response);
    });
    const error = await failure(sendOverHttp(url, { timeoutMs: 100 }));
    expect(error).toMatchObject({ name: "NetworkError", errorClass: "timeout", isTransient: true });
    expect(error.message).toBe(`${new URL(url).host} did not send a complete response in time.`);
  });

  it("shares its timeout with the redirects before it", async () => {
    let hops = 0;
    const url = await serve((_request, response) => {
      hops += 1;
      if (hops === 1) response.writeHead(307, { location: "/b" }).end();
    });
    await expect(failure(sendOverHttp(url, { timeoutMs: 100 }))).resolves.toMatchObject({
      errorClass: "timeout",
    });
    expect(hops).toBe(2);
  });

  it("has a timeout of at least a millisecond", async () => {
    const url = await serve(() => undefined);
    for (const timeoutMs of [-5, 0, 0.5]) {
      await expect(failure(sendOverHttp(url, { timeoutMs }))).resolves.toMatchObject({
        errorClass: "timeout",
      });
    }
  });
});

describe("a host that cannot be reached", () => {
  it.each([
    ["with a reset", (socket: { resetAndDestroy: () => unknown } | null) => socket?.resetAndDestroy()],
    ["at once", (socket: { destroy: () => unknown } | null) => socket?.destroy()],
  ])("is a transient error if it closes the connection %s", async (_what, close) => {
    const url = await serve((_request, response) => {
      close(response.socket);
    });
    const error = await failure(sendOverHttp(url));
    expect(error).toMatchObject({ name: "NetworkError", errorClass: "unreachable", isTransient: true });
  });

  it("is a transient error if it closes the connection in the middle of the body", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write('{"data":[', () => response.destroy());
    });
    await expect(failure(sendOverHttp(url))).resolves.toMatchObject({
      errorClass: "unreachable",
      isTransient: true,
    });
  });

  it("is a transient error if it refuses the connection", async () => {
    const error = await failure(sendOverHttp("http://127.0.0.1:1"));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: true });
    expect(error.message).toBe("127.0.0.1:1 could not be reached (ECONNREFUSED).");
  });

  it("is a transient error if its name does not resolve", async () => {
    const lookup: LookupFunction = (host, _options, callback) => {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), "", 4);
    };
    const agent = new Agent({ connect: { lookup } });
    onTestFinished(() => agent.destroy());
    const error = await failure(send(agent, "http://flink.invalid"));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: true });
    expect(error.message).toBe("flink.invalid could not be reached (ENOTFOUND).");
  });

  it("is a permanent error if its certificate is invalid", async () => {
    const error = await failure(sendOverHttp(await serveTls(selfSigned())));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: false });
    expect(error.message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
  });

  it("is a permanent error if it does not speak TLS", async () => {
    const url = await serve((_request, response) => response.end());
    await expect(failure(sendOverHttp(url.replace("http:", "https:")))).resolves.toMatchObject({
      errorClass: "unreachable",
      isTransient: false,
    });
  });

  it.each([
    [new errors.ConnectTimeoutError(), "unreachable", "UND_ERR_CONNECT_TIMEOUT"],
    [new errors.HeadersTimeoutError(), "timeout", "complete response in time"],
    [new errors.BodyTimeoutError(), "timeout", "complete response in time"],
    [
      new Error("wrapped", { cause: new errors.HeadersTimeoutError() }),
      "timeout",
      "complete response in time",
    ],
    [new TypeError("sk-secret"), "unreachable", "(TypeError)"],
    ["sk-secret", "unreachable", "(unknown error)"],
  ])("is described by error codes alone: %s", async (reason, errorClass, words) => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get(ORIGIN)
      .intercept({ path: "/a" })
      .replyWithError(reason as Error);
    const error = await failure(send(agent, `${ORIGIN}/a`));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error.errorClass).toBe(errorClass);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("sk-secret");
    expect(error.cause).toBeUndefined();
  });
});
