import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createAgent,
  type HttpRequest,
  type HttpResponse,
  isTransient,
  sendRequest,
} from "../../src/adapters/http.ts";
import { RotationError } from "../../src/rotation/errors.ts";
import { serve } from "../support/server.ts";

const EIGHT_MIB = 8 * 1024 * 1024;

async function sendOverHttp(url: string, changes: Partial<HttpRequest> = {}): Promise<HttpResponse> {
  const agent = createAgent();
  onTestFinished(() => agent.destroy());
  return sendRequest(agent, { method: "GET", url, timeoutMs: 5_000, ...changes });
}

async function failure(response: Promise<HttpResponse>): Promise<RotationError> {
  const error: unknown = await response.catch((reason: unknown) => reason);
  if (error instanceof RotationError) return error;
  throw new Error("There is a response, or an error of another class.", { cause: error });
}

describe("a transient status", () => {
  it.each([408, 425, 500, 501, 502, 503, 504, 520, 522, 529])("may be %i", (status) => {
    expect(isTransient(status)).toBe(true);
  });

  it.each([200, 301, 400, 401, 403, 404, 409, 412, 422, 429, 499])("is not %i", (status) => {
    expect(isTransient(status)).toBe(false);
  });
});

describe("an HTTP response", () => {
  it("has lower-case header names and joins repeated headers", async () => {
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
    expect(error.message).toContain("larger than 8 MiB");
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
    ["never arrives", () => undefined],
    ["stops after its headers", (response: { write: (text: string) => void }) => response.write("{")],
    [
      "arrives a byte at a time",
      (response: { write: (text: string) => void; once: (event: "close", end: () => void) => void }) => {
        const writing = setInterval(() => response.write(" "), 10);
        response.once("close", () => clearInterval(writing));
      },
    ],
  ])("that %s causes a timeout", async (_what, respond) => {
    const url = await serve((_request, response) => {
      respond(response);
    });
    const error = await failure(sendOverHttp(url, { timeoutMs: 100 }));
    expect(error).toMatchObject({ name: "NetworkError", errorClass: "timeout", isTransient: true });
    expect(error.message).toBe(`${new URL(url).host} did not send a complete response in time.`);
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

describe("an HTTP request", () => {
  it("names the rotator and its version, and asks for an uncompressed response", async () => {
    const url = await serve(({ headers }, response) => {
      response.end(JSON.stringify(headers));
    });
    const headers = JSON.parse((await sendOverHttp(url)).body);
    expect(headers).toMatchObject({ accept: "application/json", "accept-encoding": "identity" });
    expect(headers["user-agent"]).toMatch(/^flink-connection-rotator\/\d+\.\d+\.\d+/);
  });
});

describe("a compressed HTTP response", () => {
  const compressed = (content: string | Buffer, status = 200) =>
    serve((_request, response) => response.writeHead(status).end(content));

  it.each([gzipSync, zstdCompressSync, deflateSync])(
    "is decompressed even if no header says that it is compressed",
    async (compress) => {
      const url = await compressed(compress('{"message":"ü"}'), 500);
      await expect(sendOverHttp(url)).resolves.toMatchObject({ status: 500, body: '{"message":"ü"}' });
    },
  );

  it.each([
    ["gzip", gzipSync],
    ["X-Gzip", gzipSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br, gzip", (text: string) => gzipSync(brotliCompressSync(text))],
    ["gzip", Buffer.from],
    ["unknown", Buffer.from],
  ] as const)("is decompressed as its header says: %s", async (encoding, compress) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(compress('{"message":"ü"}'));
    });
    await expect(sendOverHttp(url)).resolves.toMatchObject({ status: 200, body: '{"message":"ü"}' });
  });

  it.each(["br", "zstd", "deflate"])(
    "is unreadable for now if it is not in the encoding %s",
    async (encoding) => {
      const url = await serve((_request, response) => {
        response.writeHead(200, { "content-encoding": encoding }).end('{"message":"ü"}');
      });
      const error = await failure(sendOverHttp(url));
      expect(error).toMatchObject({ name: "NetworkError", errorClass: "service", isTransient: true });
      expect(error.message).toContain("cannot be decompressed");
    },
  );

  it("of eight MiB is decompressed completely", async () => {
    const { body } = await sendOverHttp(await compressed(gzipSync(Buffer.alloc(EIGHT_MIB, " "))));
    expect(body).toHaveLength(EIGHT_MIB);
  });

  it("is not decompressed beyond the size limit", async () => {
    const error = await failure(sendOverHttp(await compressed(gzipSync(Buffer.alloc(20 * EIGHT_MIB, " ")))));
    expect(error).toMatchObject({ name: "NetworkError", errorClass: "service", isTransient: false });
    expect(error.message).toContain("larger than 8 MiB");
  });

  it.each([
    ["is cut off", gzipSync("{}".repeat(100)).subarray(0, 20)],
    ["is broken", Buffer.from([0x1f, 0x8b, 1, 2, 3])],
  ])("that %s is a transient error of the service", async (_case, content) => {
    const error = await failure(sendOverHttp(await compressed(content)));
    expect(error).toMatchObject({ name: "NetworkError", errorClass: "service", isTransient: true });
    expect(error.message).toContain("cannot be decompressed");
  });
});
