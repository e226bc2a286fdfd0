import type { LookupFunction } from "node:net";
import { Agent, errors, MockAgent } from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import { createAgent, type HttpResponse, sendRequest } from "../../src/adapters/http.ts";
import { NetworkError } from "../../src/adapters/network-error.ts";
import { selfSigned } from "../support/certificate.ts";
import { serve, serveTls } from "../support/server.ts";

const ORIGIN = "https://flink.us-west-2.aws.confluent.cloud";

function send(dispatcher: Agent | MockAgent, url: string): Promise<HttpResponse> {
  return sendRequest(dispatcher, { method: "GET", url, timeoutMs: 5_000 });
}

async function sendOverHttp(url: string): Promise<HttpResponse> {
  const agent = createAgent();
  onTestFinished(() => agent.destroy());
  return sendRequest(agent, { method: "GET", url, timeoutMs: 5_000 });
}

async function failure(response: Promise<HttpResponse>): Promise<NetworkError> {
  const error: unknown = await response.catch((reason: unknown) => reason);
  if (error instanceof NetworkError) return error;
  throw new Error("There is a response, or an error of another class.", { cause: error });
}

describe("a network error", () => {
  it.each([
    ["with a reset", (socket: { resetAndDestroy: () => unknown } | null) => socket?.resetAndDestroy()],
    ["at once", (socket: { destroy: () => unknown } | null) => socket?.destroy()],
  ])("is transient if the host closes the connection %s", async (_what, close) => {
    const url = await serve((_request, response) => {
      close(response.socket);
    });
    const error = await failure(sendOverHttp(url));
    expect(error).toMatchObject({ name: "NetworkError", errorClass: "unreachable", isTransient: true });
  });

  it("is transient if the host closes the connection in the middle of the body", async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write('{"data":[', () => response.destroy());
    });
    await expect(failure(sendOverHttp(url))).resolves.toMatchObject({
      errorClass: "unreachable",
      isTransient: true,
    });
  });

  it("is transient if the host refuses the connection", async () => {
    const error = await failure(sendOverHttp("http://127.0.0.1:1"));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: true });
    expect(error.message).toBe("127.0.0.1:1 could not be reached (ECONNREFUSED): it accepts no connection.");
  });

  it("is transient if the host's name does not resolve", async () => {
    const lookup: LookupFunction = (host, _options, callback) => {
      callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), "", 4);
    };
    const agent = new Agent({ connect: { lookup } });
    onTestFinished(() => agent.destroy());
    const error = await failure(send(agent, "http://flink.invalid"));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: true });
    expect(error.message).toBe("flink.invalid could not be reached (ENOTFOUND): its name does not resolve.");
    expect(error.response.nextStep).toContain("Check the name flink.invalid");
  });

  it("is transient if the host does not speak HTTP", async () => {
    const url = await serve((_request, response) => response.socket?.end("SSH-2.0-OpenSSH_9.6\r\n"));
    const error = await failure(sendOverHttp(url));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: true });
    expect(error.message).toMatch(/: its response is not valid HTTP\.$/);
    expect(error.response.nextStep).toContain("something else may answer there");
  });

  it("is permanent if the host's certificate is invalid", async () => {
    const error = await failure(sendOverHttp(await serveTls(selfSigned())));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: false });
    expect(error.message).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(error.response.nextStep).toContain("NODE_EXTRA_CA_CERTS");
  });

  it("is permanent if the host does not speak TLS", async () => {
    const url = await serve((_request, response) => response.end());
    const error = await failure(sendOverHttp(url.replace("http:", "https:")));
    expect(error).toMatchObject({ errorClass: "unreachable", isTransient: false });
    expect(error.message).toMatch(/: no TLS connection could be set up\.$/);
    expect(error.response.nextStep).not.toContain("NODE_EXTRA_CA_CERTS");
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
  ])("is described by its code only: %s", async (reason, errorClass, words) => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get(ORIGIN)
      .intercept({ path: "/a" })
      .replyWithError(reason as Error);
    const error = await failure(send(agent, `${ORIGIN}/a`));
    expect(error.errorClass).toBe(errorClass);
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("sk-secret");
    expect(error.cause).toBeUndefined();
  });
});
